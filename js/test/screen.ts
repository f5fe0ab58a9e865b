import { act } from "preact/test-utils";
import { expect, vi } from "vitest";
import type { Charts } from "../src/charts/charts";
import { mount } from "../src/mount";
import type { Request } from "../src/protocol/kernel";
import { SessionStore } from "../src/store/session";
import { type Played, RecordedHost } from "./recorded";
import { settled } from "./timers";

export const NO_CHARTS: Charts = {
  Picture: () => null,
  Progress: () => null,
  View: () => null,
} as unknown as Charts;

/** Does something, and waits until what follows at once is drawn. */
export const drawn = (gesture: () => void = () => {}) =>
  act(async () => {
    gesture();
    await settled();
  });

/** Looks again until it is so: what follows a pause of the hand, or an answer that takes its time. */
export const soon = (look: () => unknown) => vi.waitFor(look, { timeout: 4000, interval: 10 });

/** A dashboard in the page, with a recorded kernel behind it. */
export class Screen {
  readonly el = document.createElement("div");
  readonly host: RecordedHost;
  readonly store: SessionStore;
  private readonly unmount: () => void;

  private constructor(tab: string, played: Played, charts: Charts) {
    document.body.append(this.el);
    this.host = new RecordedHost(played);
    this.store = new SessionStore(this.host, (run) => run());
    this.unmount = mount(this.el, this.store, tab, charts);
  }

  static async show(tab = "overview", played: Played = {}, charts: Charts = NO_CHARTS): Promise<Screen> {
    let screen: Screen | undefined;
    await drawn(() => {
      screen = new Screen(tab, played, charts);
    });
    if (screen === undefined) throw new Error("nothing was shown");
    const shown = screen;
    await soon(() => expect(shown.all(".bar")).toHaveLength(1));
    return shown;
  }

  close(): void {
    this.unmount();
    this.store.dispose();
    this.el.remove();
  }

  readonly all = (selector: string) => [
    ...(this.el.shadowRoot?.querySelectorAll<HTMLElement>(selector) ?? []),
  ];

  readonly one = (selector: string) => {
    const [found] = this.all(selector);
    if (found === undefined) throw new Error(`there is no ${selector}`);
    return found;
  };

  readonly text = (selector = ".hitl") => this.all(selector)[0]?.textContent ?? "";

  /** The commands that were sent. */
  readonly sent = () =>
    this.host.sent.filter((message) => message.type === "command").map(({ command }) => command);

  readonly asked = (type: Request["type"]) => this.host.sent.filter((message) => message.type === type);

  readonly says = (words: string) => soon(() => expect(this.text()).toContain(words));

  readonly saysNo = (words: string) => soon(() => expect(this.text()).not.toContain(words));

  readonly lastSent = (command: object) => soon(() => expect(this.sent().at(-1)).toMatchObject(command));

  readonly labelled = (words: string) => {
    const found = this.all("[aria-label]").find((one) => one.getAttribute("aria-label")?.startsWith(words));
    if (found === undefined) throw new Error(`nothing is labelled ${words}`);
    return found;
  };

  readonly button = (words: string, within = ".hitl") => {
    const found = this.all(`${within} button`).find((one) => one.textContent?.trim().startsWith(words));
    if (found === undefined) throw new Error(`no button says ${words}`);
    return found as HTMLButtonElement;
  };

  readonly press = async (words: string, within?: string) => {
    await soon(() => expect(this.button(words, within).disabled).toBe(false));
    await drawn(() => this.button(words, within).click());
  };

  readonly click = (element: HTMLElement | undefined) => drawn(() => element?.click());

  readonly key = (target: HTMLElement, name: string, more: KeyboardEventInit = {}) =>
    drawn(() => {
      target.dispatchEvent(
        new KeyboardEvent("keydown", { key: name, bubbles: true, composed: true, cancelable: true, ...more }),
      );
    });

  readonly fill = (field: HTMLElement, value: string, event = "input") =>
    drawn(() => {
      (field as HTMLInputElement).value = value;
      field.dispatchEvent(new Event(event, { bubbles: true }));
    });
}

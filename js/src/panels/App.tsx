import "../components/elements/index.css";

import { useEffect, useRef, useState } from "preact/hooks";
import { CodeLine } from "../components/Copy";
import { Python, usePython } from "../components/python";
import { Strip } from "../components/Strip";
import { Connecting, Gone, Mismatch } from "../components/states";
import { Tabs } from "../components/Tabs";
import { TopBar } from "../components/TopBar";
import type { Command } from "../protocol/commands";
import type { SessionInfo, Status } from "../protocol/messages";
import { undoKey } from "../words/keys";
import { loadCode } from "../words/python";
import type { PanelProps } from "./context";
import { PANELS } from "./registry";
import { FormDrawer } from "./trials/FormDrawer";
import { GridDrawer } from "./trials/GridDrawer";
import { TrialDrawer } from "./trials/TrialDrawer";
import { useNow } from "./useNow";
import { usePreferences } from "./usePreferences";
import { useQuietHeadline } from "./useQuietHeadline";
import "./App.css";

type Props = Pick<PanelProps, "store" | "ui" | "dark">;

export function App(props: Props) {
  const { store } = props;
  const connection = store.connection.value;
  const session = store.session.value;
  const status = store.status.value;
  if (connection.is === "mismatch") return <Mismatch problem={connection.problem} />;
  if (session === null || status === null) {
    if (connection.is === "connecting" || connection.is === "live") return <Connecting />;
    return <Gone journal={store.journal} closed={connection.is === "closed"} onRetry={() => store.retry()} />;
  }
  return <Loaded {...props} reachable={connection.is === "live"} session={session} status={status} />;
}

interface LoadedProps extends Omit<PanelProps, "act" | "attempt"> {
  session: SessionInfo;
  status: Status;
}

interface Refusal {
  message: string;
  remedy?: string;
}

function Loaded(props: LoadedProps) {
  const { store, ui, session, status, reachable } = props;
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const now = useNow(status.budget.ticking && reachable);
  const since = Math.max(0, (now - store.statusAt.value) / 1000);
  const quiet = useQuietHeadline(`${status.headline} ${status.aside}`, status.phase);
  const attempt: PanelProps["attempt"] = async (change) => {
    setRefusal(null);
    try {
      return await change();
    } catch (reason) {
      setRefusal(reason as Refusal);
      return null;
    }
  };
  const act = (command: Command) => attempt(() => store.act(command));
  usePreferences(store, status, reachable, ui.tab.value === "preferences");
  const panelProps = { ...props, act, attempt };
  const panel = PANELS.find((one) => one.id === ui.tab.value) ?? PANELS[0];
  const drawer = ui.drawer.value;
  const tabs = PANELS.map(({ id, label, title, note, says, grave, dot, yours = false }) => ({
    id,
    label,
    title,
    yours,
    note: note?.(panelProps) ?? "",
    says: says?.(panelProps) ?? "",
    grave: grave?.(panelProps) ?? false,
    dot: dot?.(panelProps) ?? "",
  }));
  const python = usePython(store, session, reachable);
  const body = useRef<HTMLDivElement>(null);
  const whole = useRef<HTMLDivElement>(null);
  const opened = drawer !== null;
  useEffect(() => {
    if (opened && isHidden(body.current)) whole.current?.scrollIntoView?.({ block: "nearest" });
  }, [opened]);
  const keys = (event: KeyboardEvent) => {
    const way = undoKey(event);
    if (event.key === "Escape" && !event.defaultPrevented && ui.drawer.value !== null) {
      event.preventDefault();
      ui.drawer.value = null;
      return;
    }
    if (way === null && ui.panelKeys?.(event)) event.preventDefault();
    if (way === null || !reachable) return;
    event.preventDefault();
    if (way === "undo" ? ui.draft.back() : ui.draft.forth()) return;
    const { undo = null, redo = null } = store.steering.peek() ?? {};
    if (way === "undo" && undo !== null) act({ type: "undo", act: null });
    if (way === "redo" && redo !== null) act({ type: "redo" });
  };
  return (
    <Python.Provider value={python}>
      <div
        ref={whole}
        class="whole"
        role="group"
        aria-label={`AutoML session ${session.name}`}
        onKeyDown={keys}
      >
        <TopBar
          session={session}
          status={status}
          since={since}
          reachable={reachable}
          onAct={act}
          onOpen={(number) => {
            ui.drawer.value = { show: "trial", number };
          }}
          onBudget={(seconds, trials) => store.act({ type: "set_budget", seconds, trials })}
        />
        <Tabs
          tabs={tabs}
          selected={panel?.id ?? ""}
          onSelect={(id) => {
            if (isHidden(body.current)) ui.drawer.value = null;
            ui.tab.value = id;
          }}
        />
        <p class="sr" aria-live="polite">
          {quiet}
        </p>
        <div class={drawer === null ? "main" : "main with-drawer"}>
          <div
            ref={body}
            class="body"
            role="tabpanel"
            id="hitl-panel"
            aria-labelledby={`hitl-tab-${panel?.id}`}
          >
            {!reachable && <Unreached {...props} />}
            {refusal !== null && (
              <Strip
                tone="error"
                acts={
                  <button type="button" class="btn quiet small" onClick={() => setRefusal(null)}>
                    Dismiss
                  </button>
                }
              >
                <b>{refusal.message}</b> {refusal.remedy ?? ""}
              </Strip>
            )}
            {panel !== undefined && <panel.component {...panelProps} />}
            {store.lastAct.value !== null && <CodeLine code={store.lastAct.value} />}
          </div>
          {drawer?.show === "trial" && (
            <TrialDrawer key={drawer.number} {...panelProps} number={drawer.number} />
          )}
          {drawer?.show === "form" && (
            <FormDrawer
              {...panelProps}
              parent={drawer.parent}
              family={drawer.family}
              config={drawer.config ?? null}
            />
          )}
          {drawer?.show === "grid" && (
            <GridDrawer key={drawer.number} {...panelProps} number={drawer.number} />
          )}
        </div>
      </div>
    </Python.Provider>
  );
}

/** True if the panel is hidden: where space is short, the drawer takes its place. */
function isHidden(panel: HTMLElement | null): boolean {
  return panel !== null && getComputedStyle(panel).display === "none";
}

function Unreached({ store, session }: LoadedProps) {
  const closed = store.connection.value.is === "closed";
  return (
    <Strip
      tone="warn"
      acts={
        <button type="button" class="btn quiet small" onClick={() => store.retry()}>
          Try again
        </button>
      }
    >
      <b>
        {closed
          ? "The kernel of this session is no longer running."
          : "The kernel is not responding. It may be busy with a cell."}
      </b>{" "}
      Nothing is lost. Below is the last known state.{" "}
      {closed ? "To continue, run this in a cell:" : "If it was restarted, run this in a cell:"}
      <CodeLine code={loadCode(session.journal)} label="Copy" />
    </Strip>
  );
}

import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Place } from "../src/lab/follow";
import { KernelLink, TARGET } from "../src/lab/link";
import { quickstart } from "../src/lab/quickstart";
import { type Acts, sidebarView, when } from "../src/lab/Sidebar";
import { beginSource, DEFAULTS, defaultsOf } from "../src/lab/source";
import { type Phase, type SessionHead, VERSION } from "../src/protocol/messages";
import { SessionStore } from "../src/store/session";
import { mountView } from "../src/view";
import { loadCode } from "../src/words/python";
import { recordedSnapshot } from "./recorded";
import { drawn } from "./screen";
import { ManualTimers, settled } from "./timers";

const EVIL = '<img src=x onerror="window.hacked=1">';

// biome-ignore lint/suspicious/noExplicitAny: the fake stands for a part of JupyterLab
type Any = any;

class Signal {
  private readonly slots = new Set<(sender: unknown, args: unknown) => void>();
  connect(slot: (sender: unknown, args: unknown) => void) {
    this.slots.add(slot);
  }
  disconnect(slot: (sender: unknown, args: unknown) => void) {
    this.slots.delete(slot);
  }
  emit(args: unknown) {
    for (const slot of [...this.slots]) slot(this, args);
  }
  get size() {
    return this.slots.size;
  }
}

/** A kernel connection of JupyterLab. */
class FakeKernel {
  readonly statusChanged = new Signal();
  readonly connectionStatusChanged = new Signal();
  readonly iopubMessage = new Signal();
  readonly disposed = new Signal();
  info: Promise<unknown> = Promise.resolve({});
  readonly handleComms = true;
  readonly supportsSubshells = false;
  readonly sent: Any[] = [];
  status = "idle";
  connectionStatus = "connected";
  /** What is asked beside the cells waits here while this is a list. */
  held: (() => void)[] | null = null;
  isDisposed = false;
  comms: Record<string, { target_name: string }> = {};
  comm: Any = null;
  opened = 0;

  hasComm = () => this.comm !== null;
  requestCommInfo = async () => ({ content: { comms: this.comms } });
  createComm = (_target: string, id: string) => {
    this.opened += 1;
    this.comm = {
      id,
      isDisposed: false,
      send: (data: unknown) => this.sent.push(data),
      dispose: () => {
        this.comm.isDisposed = true;
        this.comm = null;
      },
    };
    return this.comm;
  };
  sendControlMessage = (message: Any) => {
    const future: Any = { dispose: () => {} };
    const content = message.msgType === "comm_info_request" ? { comms: this.comms } : { subshell_id: "s1" };
    const reply = () => future.onReply({ content });
    if (message.msgType !== "comm_info_request" && this.held !== null) this.held.push(reply);
    else queueMicrotask(reply);
    return future;
  };
  sendShellMessage = (message: Any) => this.sent.push({ ...message.content.data, shell: message.subshellId });
  requestExecute = vi.fn(() => ({ done: Promise.resolve({ content: { status: "ok" } }) }));

  async says(data: unknown, id = this.comm?.id) {
    this.comm?.onMsg({ content: { data } });
    this.iopubMessage.emit({
      header: { msg_type: "comm_msg" },
      parent_header: {},
      content: { comm_id: id, data },
    });
    await settled();
  }
  async answers(result: unknown) {
    await this.says({ type: "reply", id: this.last().id, ok: true, result });
  }
  async goes(status: string) {
    this.status = status;
    this.statusChanged.emit(status);
    await settled();
  }
  async cellEnds() {
    this.iopubMessage.emit({
      header: { msg_type: "status" },
      parent_header: { msg_type: "execute_request" },
      content: { execution_state: "idle" },
    });
    await settled();
  }
  last = () => this.sent.at(-1).message ?? this.sent.at(-1);
}

const head = (change: Partial<SessionHead> = {}, phase: Phase = "running"): SessionHead => ({
  id: "abc",
  name: "churn",
  started: "14:03",
  target: "churn",
  kind: "binary",
  metric: recordedSnapshot().session.metric,
  sentence: "Binary classification.",
  status: { ...recordedSnapshot().status, phase, nudges: [] },
  best: "LightGBM",
  caution: "",
  warnings: [],
  more_warnings: 0,
  journal: "/tmp/j.sqlite",
  cell: "cell-1",
  ...change,
});
const sessions = (...heads: SessionHead[]) => ({
  type: "sessions",
  target: TARGET,
  version: VERSION,
  sessions: heads,
});
const asKernel = (kernel: FakeKernel) => kernel as unknown as ConstructorParameters<typeof KernelLink>[0];

describe("the way to a kernel", () => {
  let kernel: FakeKernel;
  let timers: ManualTimers;
  let link: KernelLink;

  async function linked(comms: FakeKernel["comms"] = { c1: { target_name: TARGET } }) {
    kernel = new FakeKernel();
    kernel.comms = comms;
    timers = new ManualTimers();
    link = new KernelLink(asKernel(kernel), timers);
    await settled();
  }
  afterEach(() => link.dispose());

  it("finds the comm, lists the sessions, and opens nothing in a kernel without them", async () => {
    await linked({ other: { target_name: "jupyter.widget" } });
    expect([link.state.value.is, kernel.opened, kernel.sent]).toEqual(["none", 0, []]);
    kernel.comms = { c1: { target_name: TARGET } };
    await kernel.cellEnds();
    expect(kernel.last().type).toBe("list");
    await kernel.answers(sessions(head()));
    expect(link.state.value.is).toBe("live");
    expect(link.sessions.value.map((one) => one.target)).toEqual(["churn"]);
  });

  it("hears of a session that begins while a cell runs", async () => {
    await linked({});
    await kernel.goes("busy");
    await kernel.says({ type: "here", target: "somebody.else" }, "c2");
    expect(kernel.opened).toBe(0);
    await kernel.says({ type: "here", target: TARGET }, "c2");
    expect([kernel.opened, kernel.last().type]).toEqual([1, "list"]);
  });

  it("asks beside the cell that runs, and for a shell of its own, when the page was loaded meanwhile", async () => {
    kernel = new FakeKernel();
    kernel.comms = { c1: { target_name: TARGET } };
    kernel.info = new Promise(() => {});
    kernel.status = "unknown";
    timers = new ManualTimers();
    link = new KernelLink(asKernel(kernel), timers);
    await timers.pass(50);
    await settled();
    expect(kernel.sent).toMatchObject([{ type: "list", shell: "s1" }]);
  });

  it("keeps a pause back until the kernel has a shell for it, however long that takes", async () => {
    kernel = new FakeKernel();
    kernel.comms = { c1: { target_name: TARGET } };
    kernel.info = new Promise(() => {});
    kernel.held = [];
    timers = new ManualTimers();
    link = new KernelLink(asKernel(kernel), timers);
    await timers.pass(50);
    await kernel.says(sessions(head()));
    link.command("abc", { type: "pause" }).catch(() => {});
    await timers.pass(5_000);
    expect([link.state.value.is, kernel.sent]).toEqual(["live", []]);
    for (const reply of kernel.held) reply();
    await settled();
    const went = kernel.sent.map((one) => [one.shell, one.message?.command?.type ?? one.type]);
    expect(went).toEqual([
      ["s1", "list"],
      ["s1", "pause"],
    ]);
  });

  it("goes the ordinary way when the cell ends before there is a shell", async () => {
    kernel = new FakeKernel();
    kernel.comms = { c1: { target_name: TARGET } };
    let ends = (_info: unknown) => {};
    kernel.info = new Promise((resolve) => {
      ends = resolve;
    });
    kernel.held = [];
    timers = new ManualTimers();
    link = new KernelLink(asKernel(kernel), timers);
    await timers.pass(50);
    expect(kernel.sent).toEqual([]);
    ends({});
    await settled();
    expect(kernel.sent).toMatchObject([{ type: "list" }]);
  });

  it("asks nothing before the page is connected", async () => {
    kernel = new FakeKernel();
    kernel.comms = { c1: { target_name: TARGET } };
    kernel.connectionStatus = "connecting";
    timers = new ManualTimers();
    link = new KernelLink(asKernel(kernel), timers);
    await settled();
    expect([link.state.value.is, kernel.opened]).toEqual(["looking", 0]);
    kernel.connectionStatus = "connected";
    kernel.connectionStatusChanged.emit("connected");
    await settled();
    expect(kernel.opened).toBe(1);
  });

  it("lets go of a kernel that is restarted, and of what it says late", async () => {
    await linked();
    await kernel.answers(sessions(head()));
    kernel.comms = {};
    await kernel.goes("restarting");
    expect([link.state.value.is, link.sessions.value]).toEqual(["gone", []]);
    await kernel.says(sessions(head()), "c1");
    expect(kernel.opened).toBe(1);
    await kernel.goes("idle");
    expect(link.state.value.is).toBe("none");
    kernel.comms = { c9: { target_name: TARGET } };
    await kernel.cellEnds();
    expect(kernel.opened).toBe(2);
  });

  it("asks a restarted kernel anew, also when the restart swallows a question", async () => {
    await linked();
    await kernel.answers(sessions(head()));
    kernel.comms = {};
    kernel.requestCommInfo = () => new Promise(() => {});
    await kernel.goes("restarting");
    await kernel.goes("idle");
    await kernel.goes("autorestarting");
    kernel.requestCommInfo = async () => {
      throw new Error("Canceled future");
    };
    await kernel.goes("idle");
    expect(link.state.value.is).toBe("gone");
    kernel.requestCommInfo = async () => ({ content: { comms: kernel.comms } });
    await timers.pass(1_000);
    expect(link.state.value.is).toBe("none");
  });

  it("asks a restarted kernel anew when the old one took the question along", async () => {
    await linked();
    await kernel.answers(sessions(head()));
    kernel.comms = {};
    kernel.requestCommInfo = () => new Promise(() => {});
    await kernel.goes("restarting");
    await kernel.goes("idle");
    kernel.connectionStatusChanged.emit("connecting");
    kernel.requestCommInfo = async () => ({ content: { comms: kernel.comms } });
    kernel.connectionStatusChanged.emit("connected");
    await settled();
    expect(link.state.value.is).toBe("none");
  });

  it("says when the kernel does not answer, and goes on when it does", async () => {
    await linked();
    await timers.pass(6_000);
    expect(link.state.value.is).toBe("silent");
    await kernel.says(sessions(head()));
    expect(link.state.value.is).toBe("live");
  });

  it("refuses another version, and drops a head that is broken", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await linked();
    await kernel.answers({ ...sessions(head()), version: VERSION + 1 });
    expect(link.state.value.is).toBe("mismatch");
    const broken = { ...head(), status: { phase: "on fire" } } as unknown as SessionHead;
    await kernel.says(sessions(broken, head()));
    expect(link.sessions.value.length).toBe(1);
  });

  it("sends a command to its session and gives the kernel's reason", async () => {
    await linked();
    const done = link.command("abc", { type: "pause" });
    await settled();
    const { session, message } = kernel.sent.at(-1);
    expect([session, message.type, message.command]).toEqual(["abc", "command", { type: "pause" }]);
    const error = { message: "It is paused.", remedy: "" };
    await kernel.says({ type: "of", session, message: { type: "reply", id: message.id, ok: false, error } });
    await expect(done).rejects.toThrow("It is paused.");
  });

  it("carries the dashboard of one session, and tells the kernel when it is closed", async () => {
    await linked();
    await kernel.answers(sessions(head()));
    const host = link.host("abc", "/tmp/j.sqlite");
    const store = new SessionStore(host, (run) => run(), timers);
    await settled();
    expect(kernel.sent.at(-1)).toMatchObject({ type: "of", session: "abc", message: { type: "hello" } });
    await kernel.says(sessions());
    expect([host.isLive(), store.connection.value.is]).toEqual([false, "closed"]);
    await kernel.says(sessions(head()));
    expect(kernel.last().type).toBe("hello");
    link.refresh();
    await timers.pass(6_000);
    await timers.pass(6_000);
    expect([link.state.value.is, host.isLive()]).toEqual(["silent", true]);
    const asked = kernel.sent.filter((one) => one.message?.type === "hello").length;
    await kernel.says(sessions(head()));
    expect(kernel.sent.filter((one) => one.message?.type === "hello").length).toBeGreaterThan(asked);
    store.dispose();
    host.dispose();
    await settled();
    expect(kernel.last().type).toBe("leave");
  });

  it("leaves nothing behind", async () => {
    await linked();
    link.dispose();
    expect([kernel.iopubMessage.size, kernel.statusChanged.size, kernel.comm]).toEqual([0, 0, null]);
  });

  it("loads the package to list what is on disk, only when asked", async () => {
    await linked({});
    expect(kernel.requestExecute).not.toHaveBeenCalled();
    const asked = link.recent();
    kernel.comms = { c1: { target_name: TARGET } };
    await settled();
    await settled();
    const row = { journal: "/j", target: "churn", time: 1, trials: 3, seconds: 9, ended: true };
    const request = kernel.sent.find((one) => one.type === "recent");
    await kernel.says({ type: "reply", id: request.id, ok: true, result: [row, { journal: 3 }] });
    expect(await asked).toEqual([row]);
  });
});

describe("the sidebar", () => {
  let el: HTMLElement;
  let dispose: () => void;
  let acts: { [K in keyof Acts]: ReturnType<typeof vi.fn> };
  const link = {
    state: signal({ is: "live" } as KernelLink["state"]["value"]),
    sessions: signal<readonly SessionHead[]>([]),
    at: signal(0),
    command: vi.fn(async (_session: string, _command: unknown): Promise<unknown> => ({})),
    refresh: vi.fn(),
    recent: vi.fn(),
  };
  const place = signal<Place | null>(null);
  const rest = () => drawn();
  const root = () => el.shadowRoot?.querySelector(".side") as HTMLElement;
  const button = (words: string) =>
    [...root().querySelectorAll("button")].find(
      (one) => one.textContent?.trim() === words,
    ) as HTMLButtonElement;

  beforeEach(() => {
    el = document.createElement("div");
    document.body.append(el);
    acts = {
      source: vi.fn(() => "session = AutoMLSession(df)"),
      begin: vi.fn(),
      resume: vi.fn(),
      open: vi.fn(),
      jump: vi.fn(),
      quickstart: vi.fn(),
    };
    link.state.value = { is: "live" };
    link.sessions.value = [];
    link.command.mockReset().mockResolvedValue({});
    const panel = { id: "p1", context: { path: "work/churn.ipynb" } };
    place.value = { panel, link } as unknown as Place;
    dispose = mountView(el, "", () => sidebarView({ place, acts: acts as unknown as Acts }));
  });
  afterEach(() => {
    dispose();
    el.remove();
  });

  it("says how to begin, with and without a notebook", async () => {
    expect(root().textContent).toContain("This notebook has no session yet.");
    button("Insert cell").click();
    expect(acts.begin).toHaveBeenCalledWith(place.value);
    place.value = null;
    await rest();
    button("Open the quickstart").click();
    expect(acts.quickstart).toHaveBeenCalled();
  });

  it("shows a session with what can be done", async () => {
    link.sessions.value = [head()];
    await rest();
    expect(root().textContent).toContain("LightGBM");
    expect(root().textContent).toContain("compared with");
    button("Pause").click();
    expect(link.command).toHaveBeenCalledWith("abc", { type: "pause" });
    button("Jump to cell").click();
    expect(acts.jump).toHaveBeenCalledWith(place.value, "cell-1");
    button("Open dashboard").click();
    expect(acts.open.mock.calls[0]?.[1].id).toBe("abc");
    button("Stop").click();
    await rest();
    expect(root().textContent).toContain("Stop the search? Everything found is kept.");
    button("Stop search").click();
    expect(link.command).toHaveBeenLastCalledWith("abc", { type: "stop" });
  });

  it("keeps the focus where the person works", async () => {
    const focused = () => el.shadowRoot?.activeElement?.textContent?.trim();
    link.sessions.value = [head()];
    await rest();
    button("Pause").focus();
    button("Pause").click();
    link.sessions.value = [head({}, "paused")];
    await rest();
    expect(focused()).toBe("Resume");
    button("Stop").click();
    await rest();
    expect([focused(), root().textContent]).toEqual(["Stop search", expect.stringContaining("is kept.")]);
    button("Keep searching").focus();
    link.sessions.value = [head({}, "paused")];
    await rest();
    expect(focused()).toBe("Keep searching");
    button("Keep searching").click();
    await rest();
    expect([focused(), root().textContent]).toEqual(["Stop", expect.not.stringContaining("is kept.")]);
  });

  it("shows the kernel's reason when it refuses", async () => {
    link.command.mockRejectedValue({ message: "Nothing runs.", remedy: "Start it." });
    link.sessions.value = [head()];
    await rest();
    button("Pause").click();
    await rest();
    expect(root().querySelector("[role=alert]")?.textContent).toContain("Nothing runs. Start it.");
  });

  it("answers a warning with one command, as the data panel does", async () => {
    const answers = [{ id: "out", label: "Leave it out", python: 'session.drop("a")', acts: true }];
    const warning = {
      key: "copy:a",
      severity: "high" as const,
      sentence: EVIL,
      evidence: "",
      remedy: "Leave it out.",
      columns: ["a"],
      answers,
      answer: "",
      holds: true,
      drawn: true,
    };
    const caution = `Scores may be misleading. ${EVIL}`;
    link.sessions.value = [head({ caution, warnings: [warning], more_warnings: 2 })];
    await rest();
    expect(root().textContent).toContain(caution);
    expect(button("Show all 3 warnings")).toBeDefined();
    button("Leave it out").click();
    await rest();
    expect(link.command.mock.calls.map(([, one]) => one)).toEqual([
      { type: "answer_warning", key: "copy:a", answer: "Leave it out" },
    ]);
  });

  it("shows text as text, whatever it says", async () => {
    const evil = head({ target: EVIL, best: EVIL, sentence: EVIL, journal: EVIL });
    evil.status.notices = [{ level: "warn", text: EVIL, remedy: EVIL }];
    evil.status.nudges = [
      {
        key: "k",
        question: EVIL,
        evidence: EVIL,
        effect: EVIL,
        answers: [{ id: "a", label: EVIL, python: EVIL }],
        trial: 1,
      },
    ];
    link.sessions.value = [evil];
    await rest();
    expect(root().querySelector("img")).toBeNull();
    expect(root().textContent).toContain(EVIL);
  });

  it("keeps what was last heard while the kernel is silent", async () => {
    link.sessions.value = [head()];
    link.state.value = { is: "silent" };
    await rest();
    expect(root().textContent).toContain("It may be busy with a cell");
    expect(button("Pause").disabled).toBe(true);
    button("Try again").click();
    expect(link.refresh).toHaveBeenCalled();
  });

  it("resumes a session from disk", async () => {
    const time = Date.now() / 1000;
    link.recent.mockResolvedValue([
      { journal: "/j", target: EVIL, time, trials: 3, seconds: 9, ended: false },
    ]);
    const details = root().querySelector("details") as HTMLDetailsElement;
    details.open = true;
    details.dispatchEvent(new Event("toggle"));
    await rest();
    expect(root().textContent).toContain("3 trials · not finished");
    button("Resume").click();
    expect(acts.resume).toHaveBeenCalledWith(place.value, "/j");
  });
});

describe("the cells", () => {
  it("write out what differs from the defaults", () => {
    expect(beginSource(DEFAULTS)).toContain('session = AutoMLSession(df, "target")\nsession.show()');
    const given = defaultsOf({ autonomy: "user", budget: null, workers: 3 });
    expect(beginSource(given)).toContain('(df, "target", budget=None, workers=3, autonomy="user")');
    expect(defaultsOf({ autonomy: EVIL, budget: "x", workers: 1.5 })).toEqual(DEFAULTS);
  });

  it("of the quickstart obey the settings, but somebody must drive", () => {
    const begun = (wishes: typeof DEFAULTS) =>
      quickstart(wishes)
        .cells.find((cell) => cell.id === "session")
        ?.source.split("\n")[0];
    expect(begun(DEFAULTS)).toBe('session = AutoMLSession(table, "benign", budget=120)');
    const wishes = defaultsOf({ autonomy: "autopilot", budget: 60, workers: 1 });
    expect(begun(wishes)).toBe(
      'session = AutoMLSession(table, "benign", budget=60, workers=1, autonomy="autopilot")',
    );
    expect(begun({ ...DEFAULTS, autonomy: "user" })).toBe(begun(DEFAULTS));
  });

  it("quote a path as Python does", () => {
    expect(loadCode('C:\\a "b"')).toContain('AutoMLSession.load("C:\\\\a \\"b\\"")');
  });

  it("say when as people do", () => {
    const now = new Date(2026, 10, 21, 9, 0).getTime();
    const at = (...parts: [number, number, number, number, number]) => new Date(...parts).getTime() / 1000;
    expect(when(at(2026, 10, 21, 8, 5), now)).toBe("today 08:05");
    expect(when(at(2026, 10, 20, 23, 5), now)).toBe("yesterday 23:05");
    expect(when(at(2026, 9, 2, 10, 0), now)).toBe("2 Oct 10:00");
  });
});

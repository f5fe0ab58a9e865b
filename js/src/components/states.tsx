import type { ComponentChildren } from "preact";
import type { SessionInfo } from "../protocol/messages";
import { loadCode } from "../words/python";
import { CodeLine } from "./Copy";
import "./states.css";

interface NoteProps {
  title: string;
  children: ComponentChildren;
  bare?: boolean;
}

/** An empty state: a title, a sentence and one next step. */
export function Note({ title, children, bare = false }: NoteProps) {
  return (
    <div class={bare ? "state bare" : "state"}>
      <p class="lead" style={{ color: "var(--ink)" }}>
        {title}
      </p>
      {children}
    </div>
  );
}

export function Connecting() {
  return (
    <Note title="Loading the session…" bare>
      <p>Connecting to the kernel.</p>
      <div class="skeleton" aria-hidden="true">
        <i style={{ width: "70%" }} />
        <i style={{ width: "52%" }} />
        <i style={{ width: "61%" }} />
      </div>
    </Note>
  );
}

interface GoneProps {
  journal: string | null;
  closed: boolean;
  onRetry(): void;
}

/** Shown if nothing was received: the page was opened without its kernel, or the kernel was restarted. */
export function Gone({ journal, closed, onRetry }: GoneProps) {
  return (
    <Note
      title={closed ? "The kernel of this session is no longer running." : "The kernel is not responding."}
      bare
    >
      <p>
        {closed
          ? "Nothing is lost: every trial is saved in the journal. To continue, run this in a cell:"
          : "It may be busy with a cell. If it was restarted, nothing is lost: every trial is saved in the journal. To continue, run this in a cell:"}
      </p>
      <CodeLine code={loadCode(journal ?? "path of the journal")} label="Copy" />
      <button type="button" class="btn" onClick={onRetry}>
        Try again
      </button>
    </Note>
  );
}

export function Mismatch({ problem }: { problem: string }) {
  return (
    <Note title="The page and the kernel run different versions of hitl_widget." bare>
      <p>{problem}. Restart the kernel, then reload this page.</p>
    </Note>
  );
}

interface ReadyProps {
  session: SessionInfo;
  reachable: boolean;
  onStart(): void;
  onOwn(): void;
}

export function Ready({ session, reachable, onStart, onOwn }: ReadyProps) {
  return (
    <Note title="No trials yet.">
      <p>
        Start the search: baselines run first, then well-known starting points, and the first score appears
        within seconds. Or queue your own configuration.
      </p>
      <p>
        The buttons above set who decides what runs: under Cruise the search asks before it changes the search
        space, under Autopilot it does not ask, and under You drive only the trials that you queue run.
      </p>
      <div class="foot">
        <button type="button" class="btn you" disabled={!reachable} onClick={onStart}>
          Start the search
        </button>
        <button type="button" class="btn" disabled={!reachable} onClick={onOwn}>
          Queue a configuration…
        </button>
        <span class="faint">{session.split}</span>
      </div>
    </Note>
  );
}

export function Waiting({ text, busy }: { text: string; busy: boolean }) {
  return (
    <div class="state" aria-busy={busy}>
      <p>{text}</p>
      {busy && (
        <div class="skeleton" aria-hidden="true">
          <i style={{ width: "64%" }} />
          <i style={{ width: "48%" }} />
        </div>
      )}
    </div>
  );
}

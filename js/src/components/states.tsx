import type { ComponentChildren } from "preact";
import type { SessionInfo } from "../protocol/messages";
import { CodeLine } from "./Copy";
import "./states.css";

interface NoteProps {
  title: string;
  children: ComponentChildren;
  bare?: boolean;
}

/** A designed state: what it is, a sentence, one next step. */
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

/** The Python line that brings a session back. */
export function loadLine(journal: string): string {
  return `session = AutoMLSession.load(${JSON.stringify(journal)})`;
}

export function Connecting() {
  return (
    <Note title="Reaching the kernel…" bare>
      <p>The search lives in the kernel; its state will stand here in a moment.</p>
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

/** Nothing was ever received: the page was opened without its kernel, or the kernel was restarted. */
export function Gone({ journal, closed, onRetry }: GoneProps) {
  return (
    <Note title={closed ? "The kernel of this session is gone." : "The kernel does not answer."} bare>
      <p>
        {closed
          ? "Nothing is lost: every trial is in the journal. Run this in a cell to go on where it stood."
          : "It may be busy with a cell, or it was restarted. Nothing is lost: every trial is in the journal, and this brings it back."}
      </p>
      <CodeLine code={loadLine(journal ?? "path of the journal")} label="copy" />
      <button type="button" class="btn" onClick={onRetry}>
        Try again
      </button>
    </Note>
  );
}

export function Mismatch({ problem }: { problem: string }) {
  return (
    <Note title="The page and the kernel do not understand each other." bare>
      <p>
        They come from different versions of hitl_widget ({problem}). Restart the kernel, then reload this
        page.
      </p>
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
    <Note title="Nothing has been tried yet.">
      <p>
        Start the search and the first score stands here within seconds: the baselines first, then good
        starting points. Or queue a configuration of your own.
      </p>
      <div class="foot">
        <button type="button" class="btn you" disabled={!reachable} onClick={onStart}>
          Start
        </button>
        <button type="button" class="btn" disabled={!reachable} onClick={onOwn}>
          Queue my own…
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

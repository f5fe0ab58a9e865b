import "../components/elements/index.css";

import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { CodeLine } from "../components/Copy";
import { Strip } from "../components/Strip";
import { Mismatch, Note } from "../components/states";
import type { RecentSession, SessionHead } from "../protocol/messages";
import { formatCount } from "../words/numbers";
import type { Place } from "./follow";
import type { KernelLink } from "./link";
import { SessionCard } from "./SessionCard";
import "./Sidebar.css";

/** Actions of the sidebar in the notebook and its page. */
export interface Acts {
  /** The cell that begins a session. */
  source(): string;
  begin(place: Place): void;
  resume(place: Place, journal: string): void;
  open(place: Place, head: SessionHead, tab?: string): void;
  jump(place: Place, cell: string): boolean;
  quickstart(): void;
}

interface Props {
  place: ReadonlySignal<Place | null>;
  acts: Acts;
}

export function Sidebar({ place, acts }: Props) {
  const here = place.value;
  const name = here?.panel.context.path.split("/").at(-1) ?? "";
  return (
    <div class="side" role="group" aria-label="AutoML sessions">
      <div class="side-head">
        <h2>AutoML sessions</h2>
        {here !== null && (
          <p class="mute" title={here.panel.context.path}>
            {name}
          </p>
        )}
      </div>
      {here === null ? <NoNotebook acts={acts} /> : <Here key={here.panel.id} place={here} acts={acts} />}
    </div>
  );
}

export const sidebarView = (props: Props) => <Sidebar {...props} />;

function Here({ place, acts }: { place: Place; acts: Acts }) {
  const { link } = place;
  if (link === null) {
    return (
      <Begin place={place} acts={acts}>
        This notebook has no kernel yet.
      </Begin>
    );
  }
  const state = link.state.value;
  const sessions = link.sessions.value;
  if (state.is === "mismatch") return <Mismatch problem={state.problem} />;
  if (state.is === "looking") return <Note title="Connecting to the kernel…" bare children={null} />;
  if (state.is === "gone" && sessions.length === 0) {
    return <Note title="The kernel is restarting." bare children={<p>Its sessions are saved on disk.</p>} />;
  }
  const reachable = state.is === "live";
  return (
    <>
      {state.is === "silent" && (
        <Strip
          tone="warn"
          acts={
            <button type="button" class="btn small" onClick={() => link.refresh()}>
              Try again
            </button>
          }
        >
          <b>The kernel is not responding.</b> It may be busy with a cell. Below is the last known state.
        </Strip>
      )}
      {sessions.map((head) => (
        <SessionCard
          key={head.id}
          head={head}
          at={link.at.value}
          reachable={reachable}
          onAct={(command) => link.command(head.id, command)}
          onOpen={(tab) => acts.open(place, head, tab)}
          onJump={head.cell === null ? null : () => acts.jump(place, head.cell as string)}
        />
      ))}
      {sessions.length === 0 && state.is !== "silent" && (
        <Begin place={place} acts={acts}>
          This notebook has no session yet.
        </Begin>
      )}
      <Recent key={place.panel.id} link={link} onResume={(journal) => acts.resume(place, journal)} />
    </>
  );
}

interface BeginProps {
  place: Place;
  acts: Acts;
  children: ComponentChildren;
}

function Begin({ place, acts, children }: BeginProps) {
  return (
    <div class="state">
      <p>{children} To start one, insert this cell and fill in your table and the column to predict.</p>
      <CodeLine code={acts.source()} label="Copy" />
      <button type="button" class="btn you" onClick={() => acts.begin(place)}>
        Insert cell
      </button>
    </div>
  );
}

function NoNotebook({ acts }: { acts: Acts }) {
  return (
    <div class="state">
      <p>Open a notebook to see its AutoML sessions here.</p>
      <button type="button" class="btn you" onClick={() => acts.quickstart()}>
        Open the quickstart
      </button>
    </div>
  );
}

interface RecentProps {
  link: KernelLink;
  onResume(journal: string): void;
}

type Found =
  | { is: "asking" }
  | { is: "here"; rows: readonly RecentSession[] }
  | { is: "failed"; text: string };

/** The journals in the user's data folder, loaded on request. */
function Recent({ link, onResume }: RecentProps) {
  const [found, setFound] = useState<Found | null>(null);
  const ask = async () => {
    setFound({ is: "asking" });
    try {
      setFound({ is: "here", rows: await link.recent() });
    } catch (reason) {
      const { message, remedy = "" } = reason as { message: string; remedy?: string };
      setFound({ is: "failed", text: `${message} ${remedy}` });
    }
  };
  return (
    <details
      class="side-recent"
      onToggle={(event) => {
        if (event.currentTarget.open && found === null) ask();
      }}
    >
      <summary>Recent sessions on disk</summary>
      {found?.is === "asking" && <p class="mute">Loading…</p>}
      {found?.is === "failed" && <p class="oops">{found.text}</p>}
      {found?.is === "here" && found.rows.length === 0 && <p class="mute">No sessions on disk.</p>}
      {found?.is === "here" && (
        <ul>
          {found.rows.map((row) => (
            <li key={row.journal}>
              <span class="side-what">
                <b title={row.journal}>{row.target}</b>
                <span class="mute">
                  {when(row.time)} · {formatCount(row.trials)} {row.trials === 1 ? "trial" : "trials"}
                  {row.ended ? "" : " · not finished"}
                </span>
              </span>
              <button
                type="button"
                class="btn small"
                aria-label={`Resume ${row.target}, ${when(row.time)}`}
                onClick={() => onResume(row.journal)}
              >
                Resume
              </button>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}

export function when(seconds: number, now = Date.now()): string {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const days = Math.floor(new Date(now).setHours(0, 0, 0, 0) / 864e5 - then.setHours(0, 0, 0, 0) / 864e5);
  if (days <= 0) return `today ${time}`;
  if (days === 1) return `yesterday ${time}`;
  const day = new Date(seconds * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  return `${day} ${time}`;
}

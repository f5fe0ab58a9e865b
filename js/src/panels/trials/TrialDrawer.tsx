import { useMemo, useState } from "preact/hooks";
import { CopyButton } from "../../components/Copy";
import { Fits } from "../../components/Fits";
import { By, Dot, From, Score } from "../../components/marks";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { TrialFacts } from "../../components/TrialFacts";
import type { Command } from "../../protocol/commands";
import type { SessionInfo, Status } from "../../protocol/messages";
import { configOf } from "../../words/family";
import { longFits } from "../../words/fit";
import { mayQueue } from "../../words/phase";
import { byName, familyColour, familyLabel, stateWords } from "../../words/trial";
import type { PanelProps } from "../context";
import { useElapsed } from "../useElapsed";
import { Annotation } from "./Annotation";
import { DrawerFrame } from "./DrawerFrame";
import { useDetail } from "./useDetail";
import "./TrialDrawer.css";

interface Props extends PanelProps {
  number: number;
  session: SessionInfo;
  status: Status;
}

export function TrialDrawer({ store, ui, reachable, number, session, status }: Props) {
  store.version.value;
  const row = store.rows.get(number);
  const { value: detail, error } = useDetail(store, number);
  const [refused, setRefused] = useState("");
  const families = useMemo(() => byName(session.families), [session]);
  const elapsed = useElapsed(store, status, row?.state === "running" && reachable);
  const close = () => {
    ui.drawer.value = null;
  };
  if (row === undefined) {
    return (
      <DrawerFrame title={`Trial ${number}`} label={`Trial ${number}`} onClose={close}>
        {error === "" ? <Waiting text="Loading the trial…" busy /> : <p class="mute">{error}</p>}
      </DrawerFrame>
    );
  }
  const steering = store.steering.value;
  const discarded = steering?.discarded.includes(number) ?? false;
  const grey = store.grey.value.has(number);
  const excluded = steering !== null && !steering.families.includes(row.family);
  const family = families.get(row.family);
  const mayRun = reachable && mayQueue(status) && family !== undefined && !excluded;
  const run = async (command: Command) => {
    setRefused("");
    try {
      return await store.act(command);
    } catch (reason) {
      const { message, remedy = "" } = reason as { message: string; remedy?: string };
      setRefused(`${message} ${remedy}`);
      return null;
    }
  };
  const duplicate = async () => {
    if (family === undefined) return;
    const done = await run({ type: "propose", config: configOf(family, row.values), parent: number });
    if (done?.number != null) ui.drawer.value = { show: "trial", number: done.number };
  };
  const colour = familyColour(families, row.family);
  const pending = row.state === "queued" || row.state === "running";
  const title = (
    <>
      <Dot colour={colour} />
      <span class="ellipsis">
        #{number} {familyLabel(families, row.family)}
      </span>
    </>
  );
  const why = mayRun ? "" : whyNot(status, reachable, excluded);
  const foot = (
    <>
      {why !== "" && <p class="mute">{why}</p>}
      <div class="foot">
        <button
          type="button"
          class="btn you"
          disabled={!mayRun}
          title={why || undefined}
          onClick={() => {
            ui.drawer.value = { show: "form", parent: number, family: row.family };
          }}
        >
          Edit and queue…
        </button>
        {pending ? (
          <button
            type="button"
            class="btn"
            disabled={!reachable}
            title={
              row.state === "running"
                ? "Its fit ends at once. The trial stays in the record, and the search goes on."
                : undefined
            }
            onClick={() => run({ type: "cancel", number })}
          >
            {row.state === "running" ? "End" : "Cancel"} this trial
          </button>
        ) : (
          <button type="button" class="btn" disabled={!mayRun} title={why || undefined} onClick={duplicate}>
            Run again
          </button>
        )}
        {row.state === "complete" && (
          <button
            type="button"
            class="btn"
            onClick={() => {
              ui.explained.value = number;
              ui.question.value = "";
              ui.tab.value = "explain";
              close();
            }}
          >
            Explain this model
          </button>
        )}
        {family !== undefined && family.parameters.length > 0 && (
          <button
            type="button"
            class="btn"
            disabled={!mayRun}
            title={why || undefined}
            onClick={() => {
              ui.drawer.value = { show: "grid", number };
            }}
          >
            Vary one setting…
          </button>
        )}
        {!pending && (
          <button
            type="button"
            class="btn quiet"
            disabled={!reachable}
            title={
              discarded
                ? "The search takes it into account again."
                : "Keeps the trial in the record; the search ignores it."
            }
            onClick={() => run({ type: discarded ? "restore" : "discard", number })}
          >
            {discarded ? "Restore trial" : "Discard trial"}
          </button>
        )}
        <span class="grow" />
        {detail !== null && detail.python !== "" && (
          <CopyButton text={detail.python} label="Copy as Python" />
        )}
      </div>
    </>
  );
  return (
    <DrawerFrame title={title} label={`Trial ${number}`} foot={foot} onClose={close}>
      <p>
        {row.score !== null && (
          <>
            {session.metric.label} <Score score={row.score} std={row.std} metric={session.metric} />{" "}
            {row.std !== null && <span class="mute">SD over folds, </span>}
          </>
        )}
        <span class={`state-${row.state}`}>{stateWords(row.state)}</span>
        {row.folds > 0 && row.folds < session.folds && (
          <span class="mute">
            {" "}
            after {row.folds} of {session.folds} folds
          </span>
        )}
      </p>
      {grey && (
        <Strip
          tone="plain"
          acts={
            discarded && (
              <button
                type="button"
                class="btn small"
                disabled={!reachable}
                onClick={() => run({ type: "restore", number })}
              >
                Undo
              </button>
            )
          }
        >
          {detail?.standing ||
            (discarded
              ? "Discarded: kept in the record, ignored by the search."
              : "Outside the search space.")}
        </Strip>
      )}
      {detail?.error != null && (
        <Strip tone={detail.error.level}>
          <b>{detail.error.text}</b> {detail.error.remedy}
        </Strip>
      )}
      {detail?.warnings.map((warning) => (
        <Strip key={warning} tone="warn">
          {warning}
        </Strip>
      ))}
      {refused !== "" && <Strip tone="error">{refused}</Strip>}
      {detail === null && error === "" && <Waiting text="Loading the trial…" busy />}
      {error !== "" && (
        <Strip tone="plain">
          {detail === null ? "The details could not be loaded. " : "These details may be out of date. "}
          {error}
        </Strip>
      )}
      {detail !== null && detail.verdict !== "" && <p class="verdict">{detail.verdict}</p>}
      {row.state === "running" && (
        <Fits fits={longFits(status.fits, number, elapsed)} folds={session.folds} elapsed={elapsed} />
      )}
      <Annotation
        key={number}
        annotation={store.annotations.value.get(number) ?? null}
        disabled={!reachable}
        onSave={async (tags, note) => (await run({ type: "annotate", number, tags, note })) !== null}
      />
      <section>
        <h4>Why was this trial run?</h4>
        <p>
          {detail?.why ? (
            <>
              <By author={row.author} /> {detail.why}
            </>
          ) : (
            <From row={row} />
          )}
        </p>
        {detail !== null && detail.generation !== "" && <p class="mute">{detail.generation}</p>}
        {detail !== null && detail.near.length > 0 && (
          <p class="mute near">
            Similar good trials:
            {detail.near.map((one) => (
              <button
                key={one}
                type="button"
                class="btn link"
                onClick={() => {
                  ui.drawer.value = { show: "trial", number: one };
                }}
              >
                #{one}
              </button>
            ))}
          </p>
        )}
      </section>
      {detail !== null && <TrialFacts detail={detail} metric={session.metric} colour={colour} />}
    </DrawerFrame>
  );
}

/** The reason why no trial can be queued from this one. */
function whyNot(status: Status, reachable: boolean, excluded: boolean): string {
  if (!reachable) return "The kernel is not responding, so no trial can be queued.";
  if (!mayQueue(status))
    return status.phase === "finished"
      ? "The search has finished. Extend the search to queue trials."
      : "No trial can be queued in this phase of the search.";
  return excluded ? "This model is excluded. Include it in the Space tab to queue trials." : "";
}

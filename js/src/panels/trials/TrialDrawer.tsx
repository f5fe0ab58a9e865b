import { useMemo, useState } from "preact/hooks";
import { CopyButton } from "../../components/Copy";
import { By, Dot, Score } from "../../components/marks";
import { Strip } from "../../components/Strip";
import { Waiting } from "../../components/states";
import { TrialFacts } from "../../components/TrialFacts";
import type { SessionInfo, Status } from "../../protocol/messages";
import { mayQueue } from "../../words/phase";
import { byName, familyColour, familyLabel, originWords, stateWords } from "../../words/trial";
import type { PanelProps } from "../context";
import { DrawerFrame } from "./DrawerFrame";
import { useDetail } from "./useDetail";

interface Props extends PanelProps {
  number: number;
  session: SessionInfo;
  status: Status;
}

export function TrialDrawer({ store, ui, reachable, number, session, status }: Props) {
  store.version.value;
  const row = store.rows.get(number);
  const { detail, error } = useDetail(store, number);
  const [refused, setRefused] = useState("");
  const families = useMemo(() => byName(session.families), [session]);
  const close = () => {
    ui.drawer.value = null;
  };
  if (row === undefined) {
    return (
      <DrawerFrame title={`Trial ${number}`} label={`Trial ${number}`} onClose={close}>
        {error === "" ? (
          <Waiting text="Asking the kernel about this trial…" busy />
        ) : (
          <p class="mute">{error}</p>
        )}
      </DrawerFrame>
    );
  }
  const colour = familyColour(families, row.family);
  const pending = row.state === "queued" || row.state === "running";
  const cancel = () => {
    store.act({ type: "cancel", number }).then(
      () => setRefused(""),
      (reason: Error) => setRefused(reason.message),
    );
  };
  const title = (
    <>
      <Dot colour={colour} />
      <span class="ellipsis">
        #{number} {familyLabel(families, row.family)}
      </span>
    </>
  );
  return (
    <DrawerFrame title={title} label={`Trial ${number}`} onClose={close}>
      <p>
        {row.score !== null && (
          <>
            {session.metric.label} <Score score={row.score} std={row.std} metric={session.metric} />{" "}
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
      {detail === null && error === "" && <Waiting text="Asking the kernel about this trial…" busy />}
      {error !== "" && (
        <Strip tone="plain">
          {detail === null ? "The details could not be had. " : "These details may be old. "}
          {error}
        </Strip>
      )}
      {detail !== null && detail.verdict !== "" && <p class="verdict">{detail.verdict}</p>}
      <section>
        <h4>Why was it tried?</h4>
        <p>
          <By author={row.author} /> {detail?.why || originWords(row)}
        </p>
      </section>
      {detail !== null && (
        <TrialFacts detail={detail} finishedAt={row.finishedAt} metric={session.metric} colour={colour} />
      )}
      <div class="foot">
        <button
          type="button"
          class="btn you"
          disabled={!reachable || !mayQueue(status) || !families.has(row.family)}
          onClick={() => {
            ui.drawer.value = { show: "form", parent: number, family: row.family };
          }}
        >
          Edit and queue
        </button>
        {pending && (
          <button type="button" class="btn" disabled={!reachable} onClick={cancel}>
            Cancel this trial
          </button>
        )}
        <span class="grow" />
        {detail !== null && detail.python !== "" && (
          <CopyButton text={detail.python} label="copy as Python" />
        )}
      </div>
    </DrawerFrame>
  );
}

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { CodeLine, CodeToggle } from "../../components/Copy";
import { emphasised } from "../../components/Figures";
import type { LabeledRow, LabelsInfo, SuspectInfo } from "../../protocol/messages";
import { labelKey } from "../../words/keys";
import {
  applyWords,
  draftWords,
  type Label,
  NO_LABELS,
  nextOpen,
  relabelCommand,
  withLabel,
} from "../../words/labels";
import { formatCount } from "../../words/numbers";
import type { PanelProps } from "../context";
import { useThrottled } from "../overview/useThrottled";
import { usePreview } from "../usePreview";
import { useResource } from "../useResource";
import { UndoLast } from "./UndoLast";
import "./Labels.css";

interface Props extends PanelProps {
  target: string;
}

/** The review of labels that the models contradict, row by row; it begins when the user asks for it. */
export function Labels(props: Props) {
  const { store, ui, reachable, target } = props;
  const { checks } = ui.data;
  const version = store.version.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are mutable, the version stands for them
  const judged = useMemo(
    () => [...store.today()].some((row) => row.state === "complete" && row.origin !== "baseline"),
    [store, version],
  );
  if (checks.value > 0) return <Checked {...props} judged={judged} />;
  if (!judged) return null;
  return (
    <section class="card labels" aria-labelledby="hitl-q-labels">
      <h3 id="hitl-q-labels">Which labels may be wrong?</h3>
      <p class="say">
        Compare each label of {target} with the predictions of models that were not fitted on its row.
      </p>
      <button
        type="button"
        class="btn"
        disabled={!reachable}
        onClick={() => {
          checks.value += 1;
        }}
      >
        Check the labels
      </button>
    </section>
  );
}

function Checked(props: Props & { judged: boolean }) {
  const { store, ui, reachable, judged } = props;
  const { checks, labels, labeled } = ui.data;
  const [code, setCode] = useState(false);
  const box = useRef<HTMLElement>(null);
  const times = checks.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the warning above may ask for it again
  useEffect(() => box.current?.scrollIntoView?.({ block: "nearest" }), [times]);
  const acts = (store.steering.value?.acts ?? []).filter((one) => one.kind === "labels");
  const done = acts.map((one) => `${one.number}${one.undone}`).join();
  const { value, error, current } = useResource(
    store.labels,
    `${times} ${done} ${judged}`,
    reachable && judged,
  );
  const info = error === "" && current ? value : null;
  const row = labeled.value;
  // A button that was pressed is gone with its row: the keys go to the card.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each row in sight may take the focus away
  useEffect(() => {
    const card = box.current;
    const root = card?.getRootNode() as Partial<DocumentOrShadowRoot> | undefined;
    if (info !== null && !card?.contains(root?.activeElement ?? null)) card?.focus({ preventScroll: true });
  }, [info, row, labels.value]);
  const close = () => {
    labels.value = NO_LABELS;
    labeled.value = null;
    checks.value = 0;
  };
  return (
    <section ref={box} class="card labels" tabIndex={-1} aria-labelledby="hitl-q-labels">
      <div class="card-head">
        <h3 id="hitl-q-labels">Which labels may be wrong?</h3>
        <span class="labels-tools">
          {info !== null && <CodeToggle shown={code} onToggle={setCode} />}
          <button type="button" class="btn quiet small" onClick={close}>
            {labels.value.size > 0 ? "Discard and close" : "Close"}
          </button>
        </span>
      </div>
      {code && info !== null && <CodeLine code={info.python} label="Copy" />}
      {!judged ? (
        <p class="say" role="status">
          The models run again on the changed rows. The labels can be checked when the first model is
          complete.
        </p>
      ) : info === null ? (
        <p class={error === "" ? "mute" : "oops"} role="status">
          {error === "" ? "Comparing each label with predictions…" : error}
        </p>
      ) : (
        <Review {...props} info={info} />
      )}
      <UndoLast {...props} kind="labels" titled />
    </section>
  );
}

function Review(props: Props & { info: LabelsInfo }) {
  const { store, ui, act, reachable, info } = props;
  const { labels, labeled } = ui.data;
  const { suspects } = info;
  const draft = labels.value;
  const place = Math.max(
    0,
    suspects.findIndex((one) => one.row === labeled.value),
  );
  const suspect = suspects[place];
  const [sending, setSending] = useState(false);
  const go = (to: number) => {
    labeled.value = suspects[to]?.row ?? null;
  };
  const answer = (label: Label | null) => {
    if (suspect === undefined) return;
    const next = withLabel(draft, suspect, label);
    labels.value = next;
    const open = label === null ? null : nextOpen(suspects, next, place);
    if (open !== null) go(open);
  };
  const undo = () => {
    const last = [...draft.keys()].at(-1);
    const of = suspects.find((one) => one.row === last);
    if (of === undefined) return;
    labels.value = withLabel(draft, of, null);
    labeled.value = of.row;
  };
  const command = useMemo(() => relabelCommand(draft), [draft]);
  const previewed = usePreview(store.labelPreviews, command, useThrottled(store.version.value, 2000));
  const apply = async () => {
    if (command === null) return;
    setSending(true);
    const receipt = await act(command);
    setSending(false);
    if (receipt !== null) labels.value = NO_LABELS;
  };
  return (
    <>
      <p class="say">{emphasised(info.sentence)}</p>
      {suspect !== undefined && (
        <Suspect
          key={suspect.row}
          {...props}
          suspect={suspect}
          next={suspects[place + 1]}
          given={draft.get(suspect.row)?.label ?? null}
          place={place}
          onGo={(by) => go((place + by + suspects.length) % suspects.length)}
          onAnswer={answer}
          onUndo={undo}
        />
      )}
      {command !== null && (
        <div class="data-draft labels-draft" aria-live="polite">
          <p class={previewed.busy ? "old" : ""}>
            {previewed.error !== "" ? (
              <span class="oops">{previewed.error}</span>
            ) : previewed.preview === null ? (
              "Previewing the change…"
            ) : (
              <>
                <b>{draftWords(draft)}</b> {emphasised(previewed.preview.sentence)}
              </>
            )}
          </p>
          <div class="foot">
            <button
              type="button"
              class="btn you"
              disabled={!reachable || sending || previewed.preview === null || previewed.error !== ""}
              onClick={apply}
            >
              {sending ? "Applying…" : applyWords(draft)}
            </button>
            <button type="button" class="btn quiet small" onClick={undo}>
              Undo the last answer <kbd>U</kbd>
            </button>
          </div>
          {previewed.preview !== null && <CodeLine code={previewed.preview.python} label="Copy" />}
        </div>
      )}
    </>
  );
}

interface SuspectProps extends Props {
  info: LabelsInfo;
  suspect: SuspectInfo;
  /** The row that is probably wanted next. */
  next: SuspectInfo | undefined;
  /** The user's label, if there is one. */
  given: Label | null;
  place: number;
  onGo(by: number): void;
  onAnswer(label: Label): void;
  onUndo(): void;
}

/** One row: its label, the prediction, its cells beside those of similar rows, and the answers. */
function Suspect(props: SuspectProps) {
  const { store, ui, reachable, info, suspect, next, given, place, onGo, onAnswer, onUndo } = props;
  const numbers = info.classes.length === 0;
  const [wanted, setWanted] = useState<Label>(
    given === null || given === suspect.own ? suspect.value : given,
  );
  const stamp = store.steering.value?.acts.length ?? 0;
  const { value: row, error } = useResource(store.labeledRows.of(suspect.row), stamp, reachable);
  useResource(next === undefined ? null : store.labeledRows.of(next.row), stamp, reachable && row !== null);
  const sure = typeof wanted === "string" || Number.isFinite(wanted);
  const change = () => {
    if (sure) onAnswer(wanted);
  };
  const taken = useRef({ change, onGo, onAnswer, onUndo });
  taken.current = { change, onGo, onAnswer, onUndo };
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const pressed = labelKey(event);
      if (pressed === null) return false;
      const { current } = taken;
      if (pressed === "keep") current.onAnswer(suspect.own);
      else if (pressed === "change") current.change();
      else if (pressed === "undo") current.onUndo();
      else current.onGo(pressed === "next" ? 1 : -1);
      return true;
    };
    ui.panelKeys = keys;
    return () => {
      if (ui.panelKeys === keys) ui.panelKeys = null;
    };
  }, [ui, suspect]);
  return (
    <article class="suspect" aria-label={`Row ${suspect.row}`}>
      <div class="suspect-head">
        <h4>
          Row {suspect.row}{" "}
          <span class="faint">{`${formatCount(place + 1)} of ${info.suspects.length}`}</span>
        </h4>
        {given !== null && (
          <span class="you-ink">
            {given === suspect.own ? "Kept" : "Changed to"} <b>{given}</b>
          </span>
        )}
      </div>
      <Versus {...props} numbers={numbers} />
      <p class="mute">{suspect.why}</p>
      {row === null ? (
        <p class="mute suspect-wait" role="status">
          {error === "" ? "Loading the row…" : error}
        </p>
      ) : (
        <Cells row={row} />
      )}
      <div class="answers suspect-answers" role="group" aria-label="Your answer">
        <button
          type="button"
          class="btn answer"
          aria-keyshortcuts="K"
          disabled={!reachable}
          onClick={() => onAnswer(suspect.own)}
        >
          Keep <b class="cut">{suspect.label}</b> <kbd>K</kbd>
        </button>
        <button
          type="button"
          class="btn answer"
          aria-keyshortcuts="Enter"
          disabled={!reachable || !sure}
          onClick={change}
        >
          Change to <b class="cut">{sure ? wanted : "…"}</b> <kbd>↵</kbd>
        </button>
        {numbers ? (
          <input
            class="field num"
            type="number"
            step="any"
            aria-label="The right value"
            value={wanted}
            onInput={({ currentTarget }) => setWanted(currentTarget.valueAsNumber)}
          />
        ) : (
          info.classes.length > 2 && (
            <select
              class="field"
              aria-label="The right label"
              value={wanted}
              onChange={({ currentTarget }) => setWanted(currentTarget.value)}
            >
              {info.classes
                .filter((one) => one !== suspect.own)
                .map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
            </select>
          )
        )}
        <button type="button" class="btn quiet" aria-keyshortcuts="S ArrowRight" onClick={() => onGo(1)}>
          Skip <kbd>S</kbd>
          <kbd>→</kbd>
        </button>
      </div>
    </article>
  );
}

/** The label in the table against the prediction: a bar for each class, or two numbers. */
function Versus({ suspect, numbers, target }: SuspectProps & { numbers: boolean }) {
  if (numbers) {
    return (
      <dl class="facts suspect-facts">
        <dt>{target} in the table</dt>
        <dd class="num">{suspect.label}</dd>
        <dt>Predicted without the row</dt>
        <dd class="num">{suspect.suggested}</dd>
      </dl>
    );
  }
  return (
    <ul class="suspect-shares" aria-label="Predicted without the row">
      {suspect.shares.map(({ label, share }) => (
        <li key={label} class={label === suspect.own ? "own" : ""}>
          <span class="cut" title={label}>
            {label}
          </span>
          <span class="suspect-bar">
            <i style={{ width: `${100 * share}%` }} />
          </span>
          <span class="num">{share.toFixed(2)}</span>
          <span class="faint">{label === suspect.own ? "in the table" : ""}</span>
        </li>
      ))}
    </ul>
  );
}

function Cells({ row }: { row: LabeledRow }) {
  return (
    <>
      <div class="view-scroll suspect-cells">
        <table>
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">row {row.row}</th>
              {row.alike.map((one) => (
                <th key={one.row} scope="col" class="alike">
                  <span class="faint">row {one.row}</span> {one.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {row.cells.map(({ name, text }, i) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {name}
                </th>
                <td title={text}>{text}</td>
                {row.alike.map((one) => (
                  <td
                    key={one.row}
                    class={one.cells[i] === text ? "alike same" : "alike"}
                    title={one.cells[i]}
                  >
                    {one.cells[i]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="mute">{row.sentence}</p>
    </>
  );
}

import { useCallback, useMemo } from "preact/hooks";
import { FrontPlot, type PlotMark, type Range } from "../../components/FrontPlot";
import { Dot } from "../../components/marks";
import { ParallelPlot } from "../../components/ParallelPlot";
import { Segmented } from "../../components/Segmented";
import type { Command } from "../../protocol/commands";
import type { ConstraintInfo, FamilyInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import type { Row } from "../../store/row";
import { cloudOf } from "../../words/front";
import { countWords, formatCount } from "../../words/numbers";
import {
  formatCell,
  formatMeasure,
  formatTick,
  formatWorth,
  headOf,
  reader,
  sideOf,
  whyBroken,
} from "../../words/objective";
import { isWithin, withRange } from "../../words/only";
import { type Saved, savedOn, savedSentence, savedWords } from "../../words/saved";
import { TERMS } from "../../words/terms";
import { byName, familyColour, familyLabel } from "../../words/trial";
import type { PanelProps } from "../context";
import { redrawEvery } from "../overview/progress";
import { useThrottled } from "../overview/useThrottled";
import { Folded } from "./Folded";
import { OnlyHere } from "./OnlyHere";
import "./Front.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
}

const OPEN: Range = [null, null];

/** Every complete trial in the active objectives, and the Pareto front among them. */
export function Front(props: Props) {
  const { store, ui, dark, reachable, attempt, info, session } = props;
  const status = store.status.value;
  const version = useThrottled(store.version.value, redrawEvery(store.rows.size));
  const measured = status?.measured;
  const read = useMemo(() => reader(session.metric, measured ?? []), [session.metric, measured]);
  const families = useMemo(() => byName(session.families), [session]);
  const { objectives } = info;
  const names = objectives.map((one) => one.name).join("\n");
  const parallel = ui.parallel.value && objectives.length > 2;
  const axes = ui.axes.value;
  const held = (name: string | undefined) => objectives.find((one) => one.name === name);
  const y = held(axes?.y) ?? objectives[0];
  const x = held(axes?.x) ?? objectives.find((one) => one !== y);
  const front = useMemo(() => new Set(info.front), [info.front]);
  const broken = store.broken.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: objectives are the same while their names are
  const drawn = useMemo(
    () => (x === undefined || y === undefined ? [] : parallel ? objectives : [x, y]),
    [names, parallel, x?.name, y?.name],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const cloud = useMemo(
    () => cloudOf(choices(store.today(), families), drawn, read, front, broken),
    [version, store.past.value, drawn, read, front, broken, families],
  );
  const only = ui.only.value;
  const inside = useMemo(
    () =>
      Uint8Array.from(cloud.numbers, (number) => {
        const row = store.rows.get(number);
        return row !== undefined && isWithin(row, only, read) ? 1 : 0;
      }),
    [cloud, only, read, store],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const saved = useMemo(() => {
    if (parallel || x === undefined || y === undefined) return new Map<number, Saved>();
    const eligible = [...choices(store.today(), families)].filter(({ number }) => !broken.has(number));
    return savedOn(eligible, info.front, objectives, [x, y], read);
  }, [version, store.past.value, parallel, x?.name, y?.name, names, info.front, broken, read, families]);
  const savedHere = savedSentence(saved);
  const hue = useCallback((name: string) => families.get(name)?.colour ?? "base", [families]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: objectives are the same while their names are
  const text = useCallback(
    (name: string, value: number) => {
      const one = objectives.find((objective) => objective.name === name);
      return formatCell(value, one ?? { unit: "", points: false });
    },
    [names],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: objectives are the same while their names are
  const tick = useCallback(
    (name: string, value: number) => {
      const one = objectives.find((objective) => objective.name === name);
      return formatTick(value, one ?? { unit: "", points: false });
    },
    [names],
  );
  const pair = ui.pair.value ?? info.question;
  const preferred = status?.preferred?.number ?? info.preferred;
  const marks = useMemo(
    () => marksOf(pair?.first ?? null, pair?.second ?? null, preferred),
    [pair?.first, pair?.second, preferred],
  );
  const folded = {
    ui,
    id: "front",
    title: "Trade-offs",
    help: TERMS["Pareto front"],
    begins: info.question === null,
    class: "front",
  };
  if (x === undefined || y === undefined) {
    return (
      <Folded {...folded} note="needs a second objective">
        <p class="say">Add another objective to see the trade-offs between models.</p>
      </Folded>
    );
  }
  const open = (number: number) => {
    ui.drawer.value = { show: "trial", number };
  };
  const range = (name: string): Range => only[name] ?? OPEN;
  const tip = (number: number) => {
    const row = store.rows.get(number);
    return row === undefined ? null : (
      <Tip {...props} row={row} read={read} broken={broken} saved={saved.get(number)} />
    );
  };
  const drawing = { cloud, hue, marks, inside, dark, tip, onOpen: open };
  const description = `${headOf(y)} against ${headOf(x)} of ${cloud.numbers.length} trials, ${info.front.length} of them on the Pareto front. Use the arrow keys to move along the front, Enter to open a trial. Constraint lines move with the arrow keys; ranges can be typed below.`;
  return (
    <Folded {...folded} note={noteOf(info, cloud.numbers.length)}>
      <p class="say">{said(info, cloud.numbers.length)}</p>
      <div class="plot-axes">
        {!parallel && <Axes props={props} x={x.name} y={y.name} />}
        {objectives.length > 2 && (
          <Segmented
            label="How many objectives at once"
            choices={[
              { value: false, label: "two" },
              { value: true, label: `all ${objectives.length}` },
            ]}
            value={parallel}
            onChoose={(all) => {
              ui.parallel.value = all;
            }}
          />
        )}
      </div>
      {savedHere !== "" && <p class="say">{savedHere}</p>}
      {cloud.numbers.length === 0 ? (
        <p class="enough">No finished trial has both values yet.</p>
      ) : parallel ? (
        <ParallelPlot
          {...drawing}
          objectives={drawn}
          text={tick}
          only={range}
          description={`Each trial is a line across ${objectives.length} objectives; higher is always better.`}
          onBrush={(name, [low, high]) => {
            ui.only.value = withRange(only, name, low, high);
          }}
        />
      ) : (
        <FrontPlot
          {...drawing}
          x={x}
          y={y}
          text={text}
          tick={tick}
          limits={info.constraints
            .filter((one) => one.limit !== null && (one.about === x.name || one.about === y.name))
            .map((one) => ({
              key: sideOf(one),
              along: one.about === x.name ? "x" : "y",
              value: one.limit ?? 0,
              label: `Constraint: ${one.label} ${one.op}`,
              hard: one.hard,
            }))}
          only={{ x: range(x.name), y: range(y.name) }}
          disabled={!reachable}
          description={description}
          say={(number) => {
            const row = store.rows.get(number);
            if (row === undefined) return "";
            const values = objectives.map((one) => {
              const value = read(row, one.name);
              return `${one.label} ${value === null ? "not measured" : formatMeasure(value, one)}`;
            });
            const held = saved.get(number);
            const why = held === undefined ? "" : ` ${savedWords(held)}`;
            return `#${number} ${familyLabel(families, row.family)}: ${values.join(", ")}.${why}`;
          }}
          onBrush={(across, along) => {
            ui.only.value = withRange(withRange(only, x.name, ...across), y.name, ...along);
          }}
          onLimit={async (side, value) => {
            const moved = (now: ConstraintInfo): Command => {
              return { type: "require", text: `${now.about} ${now.op} ${value}`, hard: now.hard };
            };
            return (await attempt(() => store.changeConstraint(side, moved))) !== null;
          }}
        />
      )}
      <ul class="legend" aria-label="Legend">
        {[...new Set(cloud.families)].map((name) => (
          <li key={name}>
            <Dot colour={familyColour(families, name)} />
            {familyLabel(families, name)}
          </li>
        ))}
        {info.front.length > 0 && (
          <li>
            <i class="on-front" aria-hidden="true" />
            Pareto front: no other model is better on every objective
          </li>
        )}
        {info.broken > 0 && (
          <li>
            <i class="is-broken" aria-hidden="true" />
            violates a constraint
          </li>
        )}
        {preferred !== null && (
          <li>
            <i class="ring" aria-hidden="true" />
            recommended
          </li>
        )}
      </ul>
      <OnlyHere {...props} read={read} drawn={drawn} />
    </Folded>
  );
}

/** A guess that never looks at a row is nothing to choose. */
function* choices(rows: Iterable<Row>, families: ReadonlyMap<string, FamilyInfo>) {
  for (const row of rows) if (!families.get(row.family)?.baseline) yield row;
}

function noteOf({ front }: PreferencesInfo, drawn: number): string {
  return front.length === 0
    ? countWords(drawn, "model")
    : `${formatCount(front.length)} of ${countWords(drawn, "model")} on the Pareto front (baselines not counted)`;
}

function said(info: PreferencesInfo, drawn: number): string {
  const front = info.front.length;
  const many = `${formatCount(drawn)} ${drawn === 1 ? "model" : "models"}`;
  if (front === 0) return `${many}. The Pareto front is not known yet.`;
  const best =
    front === 1
      ? "one is better than all others in every objective"
      : `${formatCount(front)} are on the Pareto front: improving one objective means giving up some of another`;
  const broken =
    info.broken > 0
      ? `; ${formatCount(info.broken)} ${info.broken === 1 ? "violates" : "violate"} a constraint`
      : "";
  return `Of ${many}, ${best}${broken}. Drag across the plot to focus on a region.`;
}

/** Marks for A and B of the pair and for the preferred trial; one mark per trial. */
function marksOf(first: number | null, second: number | null, preferred: number | null): PlotMark[] {
  const marks: PlotMark[] = [];
  if (preferred !== null) {
    const letter = preferred === first ? "A" : preferred === second ? "B" : "";
    marks.push({ number: preferred, text: letter || "recommended", yours: true });
  }
  if (first !== null && first !== preferred) marks.push({ number: first, text: "A", yours: false });
  if (second !== null && second !== preferred) marks.push({ number: second, text: "B", yours: false });
  return marks;
}

interface AxesProps {
  props: Props;
  x: string;
  y: string;
}

function Axes({ props: { ui, info }, x, y }: AxesProps) {
  const choose = (which: "x" | "y", name: string) => {
    const other = which === "x" ? y : x;
    const mine = which === "x" ? x : y;
    const swapped = name === other ? mine : other;
    ui.axes.value = which === "x" ? { x: name, y: swapped } : { x: swapped, y: name };
  };
  const select = (which: "x" | "y", chosen: string) => (
    <select
      class="field"
      aria-label={which === "x" ? "Horizontal axis" : "Vertical axis"}
      value={chosen}
      onChange={(event) => choose(which, event.currentTarget.value)}
    >
      {info.objectives.map((one) => (
        <option key={one.name} value={one.name}>
          {headOf(one)} {one.direction === "higher" ? "(higher is better)" : "(lower is better)"}
        </option>
      ))}
    </select>
  );
  return (
    <>
      <span>
        <span aria-hidden="true">↑</span> {select("y", y)}
      </span>
      <span>
        <span aria-hidden="true">→</span> {select("x", x)}
      </span>
    </>
  );
}

interface TipProps extends Props {
  row: Row;
  read: ReturnType<typeof reader>;
  broken: ReadonlySet<number>;
  saved: Saved | undefined;
}

function Tip({ store, info, session, row, read, broken, saved }: TipProps) {
  const families = byName(session.families);
  const worth = store.worth.value.value?.get(row.number);
  const rules = info.constraints.filter((one) => one.hard);
  const known = [...info.objectives, ...info.offered];
  const why = broken.has(row.number)
    ? whyBroken(
        row,
        rules,
        read,
        (name) => known.find((one) => one.name === name) ?? { unit: "", points: false },
      )
    : "";
  return (
    <>
      <b>
        #{row.number} {familyLabel(families, row.family)}
      </b>
      {info.objectives.map((one) => {
        const value = read(row, one.name);
        return (
          <span key={one.name}>
            {one.label} {value === null ? "not measured" : formatMeasure(value, one)}
          </span>
        );
      })}
      {worth !== undefined && (
        <span>
          utility {formatWorth(worth.worth)} ± {formatWorth(worth.spread)} SD
        </span>
      )}
      {saved !== undefined && <span class="tip-why">{savedWords(saved)}</span>}
      {why !== "" && <span class="tip-why">Not eligible: {why}.</span>}
    </>
  );
}

import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { DotStrip } from "../../components/DotStrip";
import { Handle } from "../../components/Handle";
import { PAD, xOf } from "../../components/paint";
import { Segmented } from "../../components/Segmented";
import { useWidth } from "../../components/useWidth";
import { commands } from "../../protocol/commands";
import type { ParameterInfo } from "../../protocol/messages";
import { type Bounds, readBounds, sameTarget, targetOf, whyNot, withEnd } from "../../words/draft";
import { formatSetting } from "../../words/numbers";
import { axisOf, place, type Scale, stepped, tidy, valueAt, widerAt } from "../../words/scale";
import { BeliefFoot, BeliefLine } from "./BeliefParts";
import { BellCurve, type BellDraft, BellHandles, beliefPlaces, lengthOn } from "./Bell";
import { Chosen, CodeName, RowHead, type RowProps, RowSide, valueWords } from "./RowParts";
import { extent } from "./table";
import "./NumberRow.css";
import "./row.css";

const HEIGHT = 46;
const SNAP = 4;

interface Ends {
  low: number;
  high: number;
}

const union = (one: Ends, other: Ends | null): Ends =>
  other === null ? one : { low: Math.min(one.low, other.low), high: Math.max(one.high, other.high) };

export function NumberRow(props: RowProps & { target: Bounds }) {
  const { parameter, range, target, table, column, belief } = props;
  const whole = parameter.kind === "int";
  const today = targetOf(range) as Bounds;
  const first = targetOf(parameter) as Bounds;
  const drafted = !sameTarget(target, today);
  const [room, setRoom] = useState<Ends | null>(null);
  const [why, setWhy] = useState("");
  const [bell, setBell] = useState<BellDraft | null>(null);
  const drag = useRef<{ scale: Scale; from: Bounds; gesture: string } | null>(null);
  const gestures = useRef(0);
  const id = useId();

  const tried = useMemo(() => extent(column), [column]);
  const parts = [first, today, target, ...(tried === null ? [] : [tried]), ...(room === null ? [] : [room])];
  const free = axisOf(parts, target.log);
  const scale = drag.current === null ? free : axisOf([drag.current.scale, target], target.log);
  const { low, high, log } = scale;
  const placed = useMemo(
    () => (width: number) => column.map((value) => xOf({ low, high, log }, value, width)),
    [column, low, high, log],
  );
  const dots = useMemo(
    () => ({ ...table, values: column, inside: props.inside }),
    [table, column, props.inside],
  );
  const was = useRef(drafted);
  useEffect(() => {
    if (was.current && !drafted) setWhy("");
    was.current = drafted;
  }, [drafted]);

  const move = (end: "low" | "high", value: number, gesture?: string) => {
    setWhy(whyNot(parameter, value));
    props.onTarget(withEnd(target, end, value, parameter), gesture);
  };
  const start = () => {
    gestures.current += 1;
    drag.current = { scale: free, from: target, gesture: `${parameter.name} ${gestures.current}` };
  };
  const dragged = (end: "low" | "high") => (share: number, pixels: number) => {
    const held = drag.current;
    if (held === null) return;
    let value = tidy(valueAt(held.scale, share), held.scale, whole);
    for (const mark of [first.low, first.high, today.low, today.high]) {
      if (Math.abs(place(held.scale, mark) - share) * pixels < SNAP) value = mark;
    }
    move(end, value, held.gesture);
  };
  const end = () => {
    drag.current = null;
    if (target.low < free.low || target.high > free.high || drafted) setRoom(union(free, target));
    setWhy("");
    props.onRest();
  };
  const cancel = () => {
    const held = drag.current;
    drag.current = null;
    setWhy("");
    if (held !== null) props.onTarget(held.from, held.gesture);
    props.onRest();
  };
  const step = (which: "low" | "high") => (steps: number) => {
    const now = target[which];
    if (Number.isFinite(steps)) return move(which, stepped(now, scale, whole, steps), `${id} ${which}`);
    const goal =
      steps > 0 ? (which === "low" ? target.high : scale.high) : which === "low" ? scale.low : target.low;
    return move(which, goal, `${id} ${which}`);
  };
  const fix = (value: number) => {
    const held = whyNot(parameter, value);
    setWhy(held);
    if (held === "") props.onTarget({ ...target, low: value, high: value });
  };
  const fixAt = (index: number) => {
    const value = column[index];
    if (value !== undefined && !Number.isNaN(value)) fix(value);
  };

  const at = { low: place(scale, target.low), high: place(scale, target.high) };
  const label = parameter.label || parameter.name;
  const index = props.chosen === null ? -1 : table.numbers.indexOf(props.chosen);
  const places = belief === null ? null : beliefPlaces(belief, scale);
  const believes = () => {
    if (bell !== null) return setBell(null);
    if (belief !== null && belief.around !== null && places !== null) {
      const length = lengthOn(scale, today.low, today.high);
      const spread = length > 0 ? Math.round((1000 * places.deviation) / length) / 1000 : 0.1;
      return setBell({
        around: belief.around,
        spread: Math.min(0.5, Math.max(0.01, spread)),
        strength: belief.strength,
      });
    }
    const best = table.best < 0 ? Number.NaN : (column[table.best] ?? Number.NaN);
    const middle = tidy(valueAt({ ...today, log: today.log }, 0.5), today, whole);
    const around = best >= today.low && best <= today.high ? tidy(best, scale, whole) : middle;
    return setBell({ around, spread: 0.1, strength: "fair" });
  };
  const legal = { low: parameter.legal_low, high: parameter.legal_high };
  const steered = drafted || !range.given;
  return (
    <div class={drafted ? "param drafted" : "param"}>
      <RowHead {...props} />
      <div class="param-strip">
        <DotStrip
          dots={dots}
          numbers={table.numbers}
          place={placed}
          hue={props.hue}
          dark={props.dark}
          height={HEIGHT}
          label={`${label}: ${table.scored} scores. Use the arrow keys to move between trials, Enter to fix the value.`}
          chosen={props.chosen}
          tip={(i) => valueWords(props, i, column[i])}
          onChoose={(i) => props.onChoose(i === null ? null : (table.numbers[i] ?? null))}
          onFix={fixAt}
        >
          <i
            class={steered ? "band steered" : "band"}
            aria-hidden="true"
            style={{
              left: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${clip(at.low)})`,
              right: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${1 - clip(at.high)})`,
            }}
          />
          {drafted && <Ghosts scale={scale} today={today} />}
          {bell !== null ? (
            <BellCurve
              centre={place(scale, bell.around)}
              deviation={bell.spread * lengthOn(scale, today.low, today.high)}
              height={HEIGHT}
              weight={1}
              drawing
            />
          ) : (
            places !== null &&
            belief !== null && (
              <BellCurve {...places} height={HEIGHT} weight={belief.weight} drawing={false} />
            )
          )}
          {(["low", "high"] as const).map((which) => (
            <Handle
              key={which}
              kind={which}
              label={`${label}, ${which === "low" ? "lower" : "upper"} bound`}
              at={at[which]}
              min={which === "low" ? (legal.low ?? scale.low) : target.low}
              max={which === "low" ? target.high : (legal.high ?? scale.high)}
              now={target[which]}
              text={`${formatSetting(target[which])}${drafted ? ", not applied" : ""}`}
              disabled={props.disabled || bell !== null}
              onStart={start}
              onDrag={dragged(which)}
              onEnd={end}
              onCancel={cancel}
              onStep={step(which)}
            />
          ))}
          {bell !== null && (
            <BellHandles
              label={label}
              bell={bell}
              scale={scale}
              low={today.low}
              high={today.high}
              whole={whole}
              height={HEIGHT}
              onBell={setBell}
            />
          )}
        </DotStrip>
        <Axis
          scale={scale}
          target={target}
          parameter={parameter}
          whole={whole}
          onRoom={(which) => {
            const to = widerAt(scale, which, legal[which], whole);
            setRoom(union(scale, which === "low" ? { low: to, high } : { low, high: to }));
          }}
        />
      </div>
      <RowSide {...props} onBelieve={believes} believing={bell !== null} />
      <div class="param-more">
        {why !== "" && (
          <p class="oops" role="alert">
            {why}
          </p>
        )}
        {props.chosenHere && index >= 0 && (
          <Chosen
            row={props}
            value={column[index]}
            index={index}
            fixed={target.low === column[index] && target.high === column[index]}
            onFix={() => fixAt(index)}
          />
        )}
        {belief !== null && (bell !== null || belief.verdict === "contradicted" || props.open) && (
          <BeliefLine belief={belief} />
        )}
        {bell !== null && (
          <div class="believing">
            <p>
              I believe the best “{label}” lies near <b class="you-ink">{formatSetting(bell.around)}</b>
              <span class="mute">
                , give or take {Math.round(100 * bell.spread)}% of its range. Drag the bell: the search
                prefers values under it until the evidence contradicts your belief.
              </span>
            </p>
            <BeliefFoot
              strength={bell.strength}
              ready={today.low < today.high}
              stated={belief !== null}
              disabled={props.disabled}
              onStrength={(strength) => setBell({ ...bell, strength })}
              onState={async () => {
                const { around, spread, strength } = bell;
                const done = await props.act(
                  commands.believe({ about: parameter.name, around, spread, strength }),
                );
                if (done !== null) setBell(null);
              }}
              onWithdraw={async () => {
                if ((await props.act({ type: "withdraw", about: parameter.name })) !== null) setBell(null);
              }}
              onCancel={() => setBell(null)}
            />
          </div>
        )}
        {props.open && <Details {...props} />}
      </div>
    </div>
  );
}

const clip = (share: number) => Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share));

/** Today's bounds, while the draft has others. */
function Ghosts({ scale, today }: { scale: Scale; today: Bounds }) {
  return (
    <>
      {[today.low, today.high].map((value, i) => (
        <i
          key={i === 0 ? "low" : "high"}
          class="ghost"
          aria-hidden="true"
          style={{ left: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${clip(place(scale, value))})` }}
        />
      ))}
    </>
  );
}

interface AxisProps {
  scale: Scale;
  target: Bounds;
  parameter: ParameterInfo;
  whole: boolean;
  onRoom(end: "low" | "high"): void;
}

/** Widths in CSS pixels that labels need. */
const LABEL = 46;

/** The ends of the axis, which widen it when pressed, and the current bounds. */
function Axis({ scale, target, parameter, whole, onRoom }: AxisProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = Math.max(80, useWidth(box, 400) - 2 * PAD);
  const near = LABEL / width;
  const low = clip(place(scale, target.low));
  const high = clip(place(scale, target.high));
  const apart = target.low < target.high;
  const marks: [string, number, number][] = [];
  if (low > 0) marks.push([low < near ? "low" : "", low, target.low]);
  if (high < 1 && apart && high - low > near) marks.push([high > 1 - near ? "high" : "", high, target.high]);
  const end = (which: "low" | "high") => {
    const legal = which === "low" ? parameter.legal_low : parameter.legal_high;
    const to = widerAt(scale, which, legal, whole);
    const room = which === "low" ? to < scale.low : to > scale.high;
    // A bound beside the end replaces its label; only the button that widens the axis stays.
    const covered = which === "low" ? low > 0 && low < 1.3 * near : high < 1 && high > 1 - 1.3 * near;
    const text = covered ? "" : formatSetting(scale[which]);
    const words = `Extend the axis ${which === "low" ? "below" : "above"} ${formatSetting(scale[which])}`;
    if (!room) return <span class={`axis-end ${which} last`}>{text}</span>;
    return (
      <button
        type="button"
        class={`axis-end ${which}`}
        aria-label={words}
        title={words}
        onClick={() => onRoom(which)}
      >
        {text}
      </button>
    );
  };
  return (
    <div ref={box} class="axis-row">
      {end("low")}
      {end("high")}
      {marks.map(([side, share, value]) => (
        <span
          key={`${value}`}
          class={`axis-mark ${side}`}
          style={{ left: `calc(${PAD}px + (100% - ${2 * PAD}px) * ${share})` }}
        >
          {formatSetting(value)}
        </span>
      ))}
    </div>
  );
}

const SCALES = [
  { value: false, label: "linear", title: "Linear scale: equal steps are equally far apart." },
  { value: true, label: "log", title: "Logarithmic scale: equal factors are equally far apart." },
];

/** Bounds to type, a value to fix, the scale, the way back, and the name in code. */
function Details(props: RowProps & { target: Bounds }) {
  const { parameter, target, range } = props;
  const [low, setLow] = useState(String(target.low));
  const [high, setHigh] = useState(String(target.high));
  const [only, setOnly] = useState(target.low === target.high ? String(target.low) : "");
  const [problem, setProblem] = useState("");
  useEffect(() => {
    setLow(String(target.low));
    setHigh(String(target.high));
    setOnly(target.low === target.high ? String(target.low) : "");
    setProblem("");
  }, [target.low, target.high]);
  const take = (from: string, to: string, log = target.log) => {
    const read = readBounds(parameter, from, to, log);
    setProblem(read.ok ? "" : read.message);
    if (read.ok) props.onTarget(read.target);
  };
  const enter = (run: () => void) => (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    run();
  };
  const first = targetOf(parameter);
  const { legal_low: from, legal_high: to } = parameter;
  const takes =
    from !== null && to !== null
      ? `allowed: ${formatSetting(from)} to ${formatSetting(to)}`
      : from !== null
        ? `allowed: ${formatSetting(from)} or more`
        : to !== null
          ? `allowed: ${formatSetting(to)} or less`
          : "allowed: any number";
  return (
    <div class="param-details">
      <div class="param-fields">
        <label>
          from{" "}
          <input
            class="field num-field"
            inputMode="decimal"
            value={low}
            onInput={(event) => setLow(event.currentTarget.value)}
            onBlur={() => low !== String(target.low) && take(low, high)}
            onKeyDown={enter(() => take(low, high))}
          />
        </label>
        <label>
          to{" "}
          <input
            class="field num-field"
            inputMode="decimal"
            value={high}
            onInput={(event) => setHigh(event.currentTarget.value)}
            onBlur={() => high !== String(target.high) && take(low, high)}
            onKeyDown={enter(() => take(low, high))}
          />
        </label>
        <label>
          or fix at{" "}
          <input
            class="field num-field"
            inputMode="decimal"
            placeholder="value"
            value={only}
            onInput={(event) => setOnly(event.currentTarget.value)}
            onBlur={() => only.trim() !== "" && only !== String(target.low) && take(only, only)}
            onKeyDown={enter(() => take(only, only))}
          />
        </label>
        <Segmented
          label="Scale"
          choices={SCALES}
          value={target.log}
          onChoose={(log) => take(String(target.low), String(target.high), log)}
        />
        {!(range.given && sameTarget(target, first)) && !sameTarget(target, first) && (
          <button type="button" class="btn small" onClick={() => props.onTarget(first)}>
            Reset to the original
          </button>
        )}
      </div>
      {problem !== "" && (
        <p class="oops" role="alert">
          {problem}
        </p>
      )}
      <CodeName parameter={parameter}> {takes}</CodeName>
    </div>
  );
}

import { useMemo, useState } from "preact/hooks";
import { DotStrip } from "../../components/DotStrip";
import { jitter, PAD } from "../../components/paint";
import { commands, type Strength, type Value } from "../../protocol/commands";
import type { RangeInfo } from "../../protocol/messages";
import { among, sameTarget, type Target, targetOf } from "../../words/draft";
import { formatSetting } from "../../words/numbers";
import { BeliefFoot, BeliefLine } from "./BeliefParts";
import { Chosen, CodeName, RowHead, type RowProps, RowSide, valueWords } from "./RowParts";
import { choicesOf } from "./table";
import "./ChoiceRow.css";
import "./row.css";

type Choices = Extract<Target, { choices: readonly Value[] }>;

const HEIGHT = 44;

interface Believing {
  likely: readonly Value[];
  strength: Strength;
}

/** A hyperparameter with choices: a small strip above each, the choice itself takes it in or out. */
export function ChoiceRow(props: RowProps & { target: Choices }) {
  const { parameter, range, target, table, column, belief } = props;
  const [believing, setBelieving] = useState<Believing | null>(null);
  const [why, setWhy] = useState("");
  const all = choicesOf(parameter, range);
  const drafted = !sameTarget(target, targetOf(range));
  const shown = all.filter(
    (choice) =>
      among(choice, target.choices) ||
      among(choice, range.choices ?? []) ||
      tried(column, all.indexOf(choice)),
  );
  const spare = all.filter((choice) => !among(choice, shown));
  const dots = useMemo(
    () => ({ ...table, values: column, inside: props.inside }),
    [table, column, props.inside],
  );
  const index = props.chosen === null ? -1 : table.numbers.indexOf(props.chosen);
  const label = parameter.label || parameter.name;

  const set = (choices: readonly Value[]) => {
    setWhy(choices.length === 0 ? `${label} needs at least one choice.` : "");
    if (choices.length > 0) props.onTarget({ choices: all.filter((one) => among(one, choices)) });
  };
  const toggle = (choice: Value) => {
    const held = among(choice, target.choices);
    set(held ? target.choices.filter((one) => one !== choice) : [...target.choices, choice]);
  };
  const value = index < 0 ? undefined : all[column[index] ?? -1];
  const likely = believing?.likely ?? belief?.likely ?? [];
  return (
    <div class={drafted ? "param drafted" : "param"}>
      <RowHead {...props} />
      <div class="param-strip choices" role="group" aria-label={label}>
        {shown.map((choice) => (
          <Cell
            key={JSON.stringify(choice)}
            {...props}
            place={all.indexOf(choice)}
            choice={choice}
            dots={dots}
            likely={among(choice, likely)}
            ticking={believing !== null}
            onToggle={() => toggle(choice)}
            onFix={() => set([choice])}
            onTick={() => {
              if (believing === null) return;
              const held = among(choice, believing.likely);
              const others = believing.likely.filter((one) => one !== choice);
              setBelieving({ ...believing, likely: held ? others : [...others, choice] });
            }}
          />
        ))}
        {spare.length > 0 && (
          <div class="spare">
            {spare.map((choice) => (
              <button
                key={JSON.stringify(choice)}
                type="button"
                class="chip add"
                disabled={props.disabled}
                title={`${formatSetting(choice)} is not in the search space. Click to add it.`}
                onClick={() => set([...target.choices, choice])}
              >
                + {formatSetting(choice)}
              </button>
            ))}
          </div>
        )}
      </div>
      <RowSide
        {...props}
        believing={believing !== null}
        onBelieve={() =>
          setBelieving(
            believing === null
              ? { likely: belief?.likely ?? [], strength: belief?.strength ?? "fair" }
              : null,
          )
        }
      />
      <div class="param-more">
        {why !== "" && (
          <p class="oops" role="alert">
            {why}
          </p>
        )}
        {props.chosenHere && index >= 0 && value !== undefined && (
          <Chosen
            row={props}
            value={value}
            index={index}
            fixed={target.choices.length === 1 && among(value, target.choices)}
            onFix={() => set([value])}
          />
        )}
        {belief !== null && (believing !== null || belief.verdict === "contradicted" || props.open) && (
          <BeliefLine belief={belief} />
        )}
        {believing !== null && (
          <div class="believing">
            <p>
              I believe the best “{label}” is among the ones I tick.{" "}
              <span class="mute">The search tries them more often until the evidence contradicts it.</span>
            </p>
            <BeliefFoot
              strength={believing.strength}
              ready={believing.likely.length > 0}
              stated={belief !== null}
              disabled={props.disabled}
              onStrength={(strength) => setBelieving({ ...believing, strength })}
              onState={async () => {
                const { likely: ticked, strength } = believing;
                const done = await props.act(
                  commands.believe({ about: parameter.name, likely: [...ticked], strength }),
                );
                if (done !== null) setBelieving(null);
              }}
              onWithdraw={async () => {
                if ((await props.act({ type: "withdraw", about: parameter.name })) !== null)
                  setBelieving(null);
              }}
              onCancel={() => setBelieving(null)}
            />
          </div>
        )}
        {props.open && <Details {...props} />}
      </div>
    </div>
  );
}

function tried(column: Float64Array, place: number): boolean {
  return column.includes(place);
}

interface CellProps extends RowProps {
  target: Choices;
  place: number;
  choice: Value;
  dots: Parameters<typeof DotStrip>[0]["dots"];
  likely: boolean;
  ticking: boolean;
  onToggle(): void;
  onFix(): void;
  onTick(): void;
}

function Cell(props: CellProps) {
  const { table, column, place, choice, target, range, likely, ticking } = props;
  const held = among(choice, target.choices);
  const changed = held !== among(choice, range.choices ?? []);
  const placed = useMemo(
    () => (width: number) =>
      column.map((value, i) =>
        value === place ? PAD + jitter(table.numbers[i] ?? 0) * Math.max(0, width - 2 * PAD) : Number.NaN,
      ),
    [column, table, place],
  );
  const words = formatSetting(choice);
  const count = useMemo(
    () => column.reduce((sum, value) => sum + (value === place ? 1 : 0), 0),
    [column, place],
  );
  return (
    <div class={`cell ${held ? "" : "off"} ${changed ? "changed" : ""}`}>
      <DotStrip
        dots={props.dots}
        numbers={table.numbers}
        place={placed}
        hue={props.hue}
        dark={props.dark}
        height={HEIGHT}
        label={`${words}: ${count} trials. Use the arrow keys to move between trials.`}
        chosen={
          props.chosen !== null && column[table.numbers.indexOf(props.chosen)] === place ? props.chosen : null
        }
        tip={(i) => valueWords(props, i, choice)}
        onChoose={(i) => props.onChoose(i === null ? null : (table.numbers[i] ?? null))}
        onFix={props.onFix}
      />
      {ticking ? (
        <label class="cell-word tick">
          <input type="checkbox" checked={likely} onChange={props.onTick} /> {words}
        </label>
      ) : (
        <button
          type="button"
          class="cell-word"
          aria-pressed={held}
          disabled={props.disabled}
          title={held ? `Exclude ${words}` : `Include ${words}`}
          onClick={props.onToggle}
        >
          {held ? "✓ " : ""}
          <span>{words}</span>
          {likely && (
            <i class="star" role="img" aria-label="likely, by your belief" title="likely, by your belief">
              ★
            </i>
          )}
        </button>
      )}
    </div>
  );
}

function Details(props: RowProps & { target: Choices; range: RangeInfo }) {
  const { parameter, target } = props;
  const first = targetOf(parameter);
  return (
    <div class="param-details">
      {!sameTarget(target, first) && (
        <div class="param-fields">
          <button type="button" class="btn small" onClick={() => props.onTarget(first)}>
            Reset to the original
          </button>
        </div>
      )}
      <CodeName parameter={parameter}> Double-click a dot to keep only its choice.</CodeName>
    </div>
  );
}

import { useMemo, useRef, useState } from "preact/hooks";
import { Dot } from "../../components/marks";
import type { Command } from "../../protocol/commands";
import type {
  FamilyInfo,
  ImportanceInfo,
  MetricInfo,
  ParameterInfo,
  RangeInfo,
  Steering,
} from "../../protocol/messages";
import type { DraftStore } from "../../store/draft";
import type { SessionStore } from "../../store/session";
import { isBounds, isEmpty, sameTarget, type Target, targetOf, withTarget } from "../../words/draft";
import { countWords } from "../../words/numbers";
import { ChoiceRow } from "./ChoiceRow";
import { NumberRow } from "./NumberRow";
import type { RowProps } from "./RowParts";
import { choicesOf, insideOf, tableOf } from "./table";
import { byShare, matterLittle } from "./useImportance";
import "./FamilyRows.css";

interface Props {
  store: SessionStore;
  draft: DraftStore;
  family: FamilyInfo;
  /** Those to show; all of the family when nothing is looked for. */
  wanted: readonly ParameterInfo[];
  steering: Steering;
  ranges: ReadonlyMap<string, RangeInfo>;
  importance: ImportanceInfo | undefined;
  metric: MetricInfo;
  dark: boolean;
  disabled: boolean;
  /** Rises when the trials changed. */
  version: number;
  /** Show the family's name above. */
  titled: boolean;
  /** Shown below the edited row: the effect of the edit. */
  below: preact.ComponentChildren;
  onTrial(number: number): void;
  act(command: Command): Promise<unknown>;
}

const FIRST = 6;

/** The hyperparameters of one family, important ones first. */
export function FamilyRows(props: Props) {
  const { store, draft, family, steering, ranges, importance, version } = props;
  const [chosen, setChosen] = useState<{ number: number; name: string } | null>(null);
  const [open, setOpen] = useState("");
  /** The rows behind the button while they are open: an edited one stays where it is until they are folded. */
  const [unfolded, setUnfolded] = useState<ReadonlySet<string> | null>(null);
  const now = draft.now.value;
  const touched = draft.touched.value;
  const grey = store.grey.value;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are one map whose version says that it changed
  const table = useMemo(() => tableOf(store.today(), family, ranges, grey), [version, family, ranges, grey]);
  const targets = family.parameters.map((parameter): Target => {
    const range = ranges.get(parameter.name) ?? { ...parameter, given: true };
    return now.targets[parameter.name] ?? targetOf(range);
  });
  const included = now.families[family.name] ?? steering.families.includes(family.name);
  const discarded = useMemo(() => new Set(steering.discarded), [steering.discarded]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the targets come of the draft and the ranges
  const inside = useMemo(() => {
    if (isEmpty(now)) return table.grey.map((one) => 1 - one);
    const choices = family.parameters.map((one) => choicesOf(one, ranges.get(one.name)));
    return insideOf(table, family, targets, choices, included, discarded);
  }, [table, now, ranges, discarded, included]);

  // The order stays fixed; only a family without known importance gets one later.
  const order = useRef<{ of: FamilyInfo; names: string[]; little: ReadonlySet<string> } | null>(null);
  const shares = importance?.shares ?? {};
  if (Object.keys(shares).length > 0 && order.current?.of !== family && isEmpty(now)) {
    const names = byShare(family.parameters, shares).map((one) => one.name);
    order.current = { of: family, names, little: matterLittle(shares) };
  }
  const known = order.current?.of === family ? order.current : null;
  const names = known?.names ?? family.parameters.map((one) => one.name);
  const sorted = [...props.wanted].sort((a, b) => names.indexOf(a.name) - names.indexOf(b.name));
  const narrowed = props.wanted.length < family.parameters.length;
  const held = (one: ParameterInfo, i: number) =>
    narrowed ||
    (known === null ? i < FIRST : !known.little.has(one.name)) ||
    now.targets[one.name] !== undefined ||
    ranges.get(one.name)?.given === false ||
    steering.beliefs.some((belief) => belief.about === one.name);
  const behind = unfolded ?? new Set(sorted.filter((one, i) => !held(one, i)).map((one) => one.name));
  const folded = sorted.filter((one) => behind.has(one.name));
  const shown = sorted.filter((one) => !behind.has(one.name));

  const row = (parameter: ParameterInfo) => {
    const at = family.parameters.indexOf(parameter);
    const range = ranges.get(parameter.name);
    const target = targets[at];
    const column = table.columns[at];
    if (range === undefined || target === undefined || column === undefined) return null;
    const today = targetOf(range);
    const set = (next: Target, gesture = "") => {
      if (props.disabled) return;
      const held = draft.now.peek();
      if (sameTarget(next, held.targets[parameter.name] ?? today)) return;
      draft.set(withTarget(held, parameter.name, next, today), parameter.name, gesture);
    };
    const common: Omit<RowProps, "target"> = {
      parameter,
      range,
      table,
      column,
      inside,
      share: Object.hasOwn(shares, parameter.name) ? (shares[parameter.name] ?? null) : null,
      belief: steering.beliefs.find((one) => one.about === parameter.name) ?? null,
      hue: family.colour,
      dark: props.dark,
      metric: props.metric,
      disabled: props.disabled,
      chosen: chosen?.number ?? null,
      chosenHere: chosen?.name === parameter.name,
      open: open === parameter.name,
      onTarget: set,
      onRest: () => draft.rest(),
      onUndraft: () => set(today),
      onChoose: (number) => setChosen(number === null ? null : { number, name: parameter.name }),
      onTrial: props.onTrial,
      onToggle: () => setOpen(open === parameter.name ? "" : parameter.name),
      act: props.act,
    };
    return (
      <div key={parameter.name}>
        {isBounds(target) ? (
          <NumberRow {...common} target={target} />
        ) : (
          <ChoiceRow {...common} target={target} />
        )}
        {touched === parameter.name && props.below}
      </div>
    );
  };
  return (
    <section class={included ? "family-rows" : "family-rows excluded"} aria-label={family.label}>
      {props.titled && (
        <h4 class="family-title">
          <Dot
            colour={`var(--f-${/^[a-z0-9-]+$/i.test(family.colour) ? family.colour : "base"}, var(--f-base))`}
          />
          {family.label}
          {!included && <span class="faint"> excluded</span>}
        </h4>
      )}
      {shown.map(row)}
      {folded.length > 0 && (
        <button
          type="button"
          class="btn quiet small more-rows"
          aria-expanded={unfolded !== null}
          title={folded.map((one) => one.label || one.name).join(", ")}
          onClick={() => setUnfolded(unfolded === null ? behind : null)}
        >
          {moreWords(folded.length, known !== null)}
          <i class="chevron" aria-hidden="true" />
        </button>
      )}
      {unfolded !== null && folded.map(row)}
    </section>
  );
}

const moreWords = (count: number, ranked: boolean) =>
  ranked
    ? countWords(count, "setting that matters little", "settings that matter little")
    : countWords(count, "more setting");

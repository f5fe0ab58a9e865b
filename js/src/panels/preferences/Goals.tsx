import { useEffect, useRef, useState } from "preact/hooks";
import { Handle } from "../../components/Handle";
import { PAD } from "../../components/paint";
import { Segmented } from "../../components/Segmented";
import type { Command, Strength } from "../../protocol/commands";
import type { ObjectiveInfo, PreferencesInfo } from "../../protocol/messages";
import { goalShares, movedShares, weightsOf } from "../../words/goals";
import { SURENESS } from "../../words/sureness";
import "./Goals.css";

interface Props {
  info: PreferencesInfo;
  disabled: boolean;
  act(command: Command): Promise<unknown>;
}

const STRENGTHS: readonly [Strength, string][] = [
  ["hint", "A first guess: one or two answers override it."],
  ["fair", "Several answers override it."],
  ["strong", "Only many answers override it."],
];

/** Arrow keys move a goal in steps; its value is sent after this pause. */
const REST_MS = 700;

const percent = (share: number) => `${Math.round(100 * share)}%`;

/** The weight of each objective: the learned one in teal, the user's goal as a violet handle. */
export function Goals({ info, disabled, act }: Props) {
  const { objectives, goals } = info;
  const stated = goalShares(objectives);
  const [draft, setDraft] = useState<ReadonlyMap<string, number> | null>(null);
  const newest = useRef<ReadonlyMap<string, number> | null>(null);
  newest.current = draft;
  const timer = useRef(0);
  /** Something was moved and is not sent yet. */
  const moving = useRef(false);
  useEffect(() => () => clearTimeout(timer.current), []);
  const said = JSON.stringify(goals);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new goals have come, so the draft has done its work
  useEffect(() => {
    if (!moving.current) setDraft(null);
  }, [said]);
  const shares = draft ?? stated;
  const strength = goals?.strength ?? "fair";

  const move = (name: string, share: number) => {
    const moved = movedShares(newest.current ?? stated, name, share);
    moving.current = true;
    newest.current = moved;
    setDraft(moved);
  };
  const send = async () => {
    clearTimeout(timer.current);
    const held = newest.current;
    if (held === null || !moving.current) return;
    moving.current = false;
    const done = await act({ type: "set_goals", weights: weightsOf(held), strength });
    if (done === null && newest.current === held) setDraft(null);
  };
  const step = (name: string, steps: number) => {
    const share = newest.current?.get(name) ?? stated.get(name) ?? 0;
    move(name, Number.isFinite(steps) ? share + steps / 100 : steps > 0 ? 1 : 0);
    clearTimeout(timer.current);
    timer.current = setTimeout(send, REST_MS) as unknown as number;
  };
  if (objectives.length < 2) return null;
  const learned = objectives.some((one) => one.share !== null);
  return (
    <div class="goals">
      <h4>How much does each objective count?</h4>
      <p class="legend-line">
        {learned ? (
          <>
            <i class="swatch machine" aria-hidden="true" /> learned from your answers, with the 80% interval{" "}
          </>
        ) : (
          "Your answers fill this in. "
        )}
        <i class="swatch you" aria-hidden="true" /> drag to set the weight
      </p>
      <ul class="shares">
        {objectives.map((one) => (
          <Share
            key={one.name}
            objective={one}
            share={shares.get(one.name) ?? 0}
            stated={goals !== null || draft !== null}
            disabled={disabled}
            onMove={(share) => move(one.name, share)}
            onEnd={send}
            onCancel={() => {
              moving.current = false;
              setDraft(null);
            }}
            onStep={(steps) => step(one.name, steps)}
          />
        ))}
      </ul>
      {goals !== null && (
        <div class="foot">
          <span class="mute">You set these weights. How sure are you?</span>
          <Segmented
            label="How sure are you of your goals?"
            choices={STRENGTHS.map(([word, sentence]) => ({
              value: word,
              label: SURENESS[word],
              title: sentence,
            }))}
            value={strength}
            disabled={disabled}
            onChoose={(word) => act({ type: "set_goals", weights: weightsOf(stated), strength: word })}
          />
          <button
            type="button"
            class="btn small"
            disabled={disabled}
            onClick={() => act({ type: "set_goals", weights: {}, strength: "fair" })}
          >
            Use my answers instead
          </button>
        </div>
      )}
    </div>
  );
}

interface ShareProps {
  objective: ObjectiveInfo;
  share: number;
  /** True if the user has set the goal; otherwise the handle is at its initial position. */
  stated: boolean;
  disabled: boolean;
  onMove(share: number): void;
  onEnd(): void;
  onCancel(): void;
  onStep(steps: number): void;
}

function Share(props: ShareProps) {
  const { objective, share, stated } = props;
  const learned = objective.share;
  const low = objective.low ?? learned;
  const high = objective.high ?? learned;
  const at = (value: number) => `calc(${PAD}px + (100% - ${2 * PAD}px) * ${Math.min(1, Math.max(0, value))})`;
  const said = stated ? `set to ${percent(share)}` : "not set by you";
  const words =
    learned === null
      ? said
      : `learned ${percent(learned)}, between ${percent(low ?? 0)} and ${percent(high ?? 1)}; ${said}`;
  return (
    <li class="share">
      <span class="share-label">{objective.label}</span>
      <div class={stated ? "share-strip stated" : "share-strip"} title={words}>
        <i class="share-axis" />
        {learned !== null && (
          <>
            <i
              class="share-bar"
              style={{ left: `${PAD}px`, width: `calc((100% - ${2 * PAD}px) * ${learned})` }}
            />
            <i
              class="share-range"
              style={{
                left: at(low ?? learned),
                width: `calc((100% - ${2 * PAD}px) * ${Math.max(0, (high ?? learned) - (low ?? learned))})`,
              }}
            />
          </>
        )}
        <Handle
          kind="centre"
          label={`Weight of ${objective.label}`}
          at={share}
          top={12}
          min={0}
          max={100}
          now={Math.round(100 * share)}
          text={words}
          disabled={props.disabled}
          onStart={() => {}}
          onDrag={(wanted) => props.onMove(wanted)}
          onEnd={props.onEnd}
          onCancel={props.onCancel}
          onStep={props.onStep}
        />
      </div>
      <span class="share-words num">
        {learned !== null && <span class="machine-ink">{percent(learned)}</span>}
        {stated && <b class="you-ink">{percent(share)}</b>}
        {learned === null && !stated && <span class="faint">–</span>}
      </span>
    </li>
  );
}

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { NudgeInfo } from "../protocol/messages";
import { TERMS } from "../words/terms";
import { CopyButton } from "./Copy";
import "./NudgeStrip.css";

interface Props {
  nudge: NudgeInfo;
  /** More controls after the answers. */
  more: ComponentChildren;
  disabled: boolean;
  /** False when the answer was refused. */
  onAnswer(answer: string): Promise<boolean>;
  onTrial(number: number): void;
}

/** A nudge: its evidence, the effect of each answer, and the answers. */
export function NudgeStrip({ nudge, more, disabled, onAnswer, onTrial }: Props) {
  const [sent, setSent] = useState(false);
  const answer = async (id: string) => {
    setSent(true);
    if (!(await onAnswer(id))) setSent(false);
  };
  const off = disabled || sent;
  const python = nudge.answers[0]?.python ?? "";
  const { trial } = nudge;
  return (
    <section class="nudge" aria-label={nudge.question}>
      <p>
        <b title={TERMS.nudge}>{nudge.question}</b> {nudge.evidence} <span class="mute">{nudge.effect}</span>
        {trial !== null && (
          <>
            {" "}
            <button type="button" class="btn link machine" onClick={() => onTrial(trial)}>
              open #{trial}
            </button>
          </>
        )}
      </p>
      <div class="nudge-acts">
        {nudge.answers.map((one, i) => (
          <button
            key={one.id}
            type="button"
            class={i > 0 ? "btn" : "btn you"}
            disabled={off}
            onClick={() => answer(one.id)}
          >
            {one.label}
          </button>
        ))}
        <button type="button" class="btn" disabled={off} onClick={() => answer("later")}>
          Not now
        </button>
        <button type="button" class="btn quiet" disabled={off} onClick={() => answer("never")}>
          Do not ask again
        </button>
        {more}
        {python !== "" && <CopyButton text={python} label="Copy as Python" />}
      </div>
    </section>
  );
}

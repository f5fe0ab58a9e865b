import { useState } from "preact/hooks";
import type { PanelProps } from "./context";
import "./Challenge.css";

/** The simplest model that is statistically tied with the best one: its cost and its gains. */
export function Challenge(props: PanelProps) {
  if (challengeOf(props) === null) return null;
  return (
    <section class="card challenge" aria-labelledby="hitl-q-simpler">
      <h3 id="hitl-q-simpler">{SIMPLER}</h3>
      <ChallengeBody {...props} />
    </section>
  );
}

export const SIMPLER = "Would a simpler model do as well?";

/** The challenge of the recommended model; an answer from before a change of the data is about another one. */
export function challengeOf({ store }: Pick<PanelProps, "store">) {
  const challenge = store.preferences.value.value?.challenge ?? null;
  const recommended = store.status.value?.preferred ?? store.status.value?.best ?? null;
  return challenge?.winner === recommended?.number ? challenge : null;
}

export function ChallengeBody({ store, ui, reachable, act }: PanelProps) {
  const [sending, setSending] = useState(false);
  const challenge = challengeOf({ store });
  if (challenge === null) return null;
  const { winner, rival, sentence, lost, gained } = challenge;
  const open = (number: number) => () => {
    ui.drawer.value = { show: "trial", number };
  };
  return (
    <>
      <p class="say">
        {sentence}{" "}
        <button type="button" class="btn link" aria-label={`Open trial ${winner}`} onClick={open(winner)}>
          #{winner}
        </button>{" "}
        <button type="button" class="btn link" aria-label={`Open trial ${rival}`} onClick={open(rival)}>
          #{rival}
        </button>
      </p>
      <dl class="balance">
        <Side word="lost" of={lost} rival={rival} />
        <Side word="gained" of={gained} rival={rival} />
      </dl>
      <div class="foot">
        <button
          type="button"
          class="btn"
          disabled={!reachable}
          onClick={() => {
            ui.pair.value = { first: winner, second: rival };
            ui.tab.value = "preferences";
          }}
        >
          Compare both models
        </button>
        <button
          type="button"
          class="btn you-line"
          disabled={!reachable || sending}
          onClick={async () => {
            setSending(true);
            await act({ type: "prefer", first: winner, second: rival, answer: "b" });
            setSending(false);
          }}
        >
          Prefer the simpler model
        </button>
      </div>
    </>
  );
}

function Side({ word, of, rival }: { word: "lost" | "gained"; of: readonly string[]; rival: number }) {
  return (
    <div>
      <dt>
        {word === "lost" ? "Worse" : "Better"} with #{rival}
      </dt>
      {of.length === 0 ? (
        <dd class="faint">nothing measurable</dd>
      ) : (
        of.map((one) => <dd key={one}>{one}</dd>)
      )}
    </div>
  );
}

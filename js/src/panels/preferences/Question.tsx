import { useEffect, useRef, useState } from "preact/hooks";
import { Segmented } from "../../components/Segmented";
import { Versus } from "../../components/Versus";
import type { Judgement } from "../../protocol/commands";
import type { PairInfo, PictureInfo, PreferencesInfo, SessionInfo } from "../../protocol/messages";
import { pairKey } from "../../words/keys";
import { TERMS } from "../../words/terms";
import type { PanelProps } from "../context";
import { Picture } from "./Picture";
import { saidKey, usePair, useQuestion } from "./usePair";
import "./Question.css";

interface Props extends PanelProps {
  info: PreferencesInfo;
  session: SessionInfo;
}

const BUTTONS: readonly [Judgement, string, string[]][] = [
  ["a", "A is better", ["A", "←"]],
  ["equal", "About equal", ["E"]],
  ["b", "B is better", ["B", "→"]],
  ["skip", "Skip", ["S"]],
];

const PICTURES: Record<PictureInfo["kind"], string> = {
  roc: "ROC",
  calibration: "calibration",
  residuals: "residuals",
};

function recorded(answer: Judgement, { a, b }: PairInfo): string {
  const [better, other] = answer === "b" ? [b, a] : [a, b];
  if (answer === "skip") return "Skipped. This pair will not come up again.";
  if (answer === "equal") return `Recorded: #${a.number} and #${b.number} are about equal.`;
  return `Recorded: ${better.label} #${better.number} is better than #${other.number}.`;
}

/** Two cards and four answers. The next pair appears in the same place. */
export function Question(props: Props) {
  const { store, ui, reachable, act, info, session } = props;
  store.version.value;
  const chosen = ui.pair.value;
  const wanted = useQuestion(info, chosen);
  const names = info.objectives.map((one) => one.name).join("\n");
  const { value: pair, error } = usePair(store, wanted, names);
  const [said, setSaid] = useState("");
  const key = saidKey(info);
  const [sentAt, setSentAt] = useState<string | null>(null);
  const sending = useRef(false);
  const fits = pair !== null && pair.a.number === wanted?.first && pair.b.number === wanted.second;
  const busy = sentAt === key || !fits;

  const answer = async (judgement: Judgement) => {
    if (busy || sending.current || pair === null || !reachable) return;
    sending.current = true;
    setSentAt(key);
    const command = { first: pair.a.number, second: pair.b.number, answer: judgement };
    const done = await act({ type: "prefer", ...command });
    sending.current = false;
    if (done === null) {
      setSentAt(null);
      return;
    }
    ui.pair.value = null;
    setSaid(recorded(judgement, pair));
  };
  const last = info.answers.find((one) => one.act !== null);
  const undo = async () => {
    if (last === undefined || !reachable || sentAt === key || sending.current) return;
    sending.current = true;
    setSentAt(key);
    const done = await act({ type: "undo", act: last.act });
    sending.current = false;
    if (done === null) {
      setSentAt(null);
      return;
    }
    ui.pair.value = { first: last.first, second: last.second };
    setSaid(`Undone: compare #${last.first} and #${last.second} again.`);
  };

  const taken = useRef({ answer, undo });
  taken.current = { answer, undo };
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const pressed = pairKey(event);
      if (pressed === null) return false;
      if (pressed === "undo") taken.current.undo();
      else taken.current.answer(pressed);
      return true;
    };
    ui.panelKeys = keys;
    return () => {
      if (ui.panelKeys === keys) ui.panelKeys = null;
    };
  }, [ui]);

  const foot = (
    <div class="said">
      <p class="mute" role="status" aria-live="polite">
        {said}
      </p>
      {last !== undefined && (
        <button type="button" class="btn quiet small" disabled={!reachable} onClick={undo}>
          Undo the last answer <kbd>U</kbd>
        </button>
      )}
    </div>
  );
  if (wanted === null) {
    return (
      <section class="card question" aria-labelledby="hitl-q-rather">
        <h3 id="hitl-q-rather" title={TERMS.preference}>
          Which would you rather have?
        </h3>
        <p class="enough">{info.enough || "No pair to compare right now."}</p>
        {foot}
      </section>
    );
  }
  const kinds = pair?.pictures ?? [];
  const kind = kinds.find((one) => one === ui.picture.value) ?? null;
  return (
    <section class="card question" aria-labelledby="hitl-q-rather">
      <div class="card-head">
        <h3 id="hitl-q-rather" title={TERMS.preference}>
          Which would you rather have?
        </h3>
        {kinds.length > 0 && (
          <Segmented
            label="Chart of both models"
            choices={[
              { value: "none", label: "no chart" },
              ...kinds.map((one) => ({ value: one, label: PICTURES[one] })),
            ]}
            value={kind ?? "none"}
            onChoose={(one) => {
              ui.picture.value = one === "none" ? null : one;
            }}
          />
        )}
      </div>
      <p class="say">
        {chosen === null ? (
          (info.question?.sentence ?? "")
        ) : (
          <>
            You chose this pair.{" "}
            {info.question !== null && (
              <button
                type="button"
                class="btn link"
                onClick={() => {
                  ui.pair.value = null;
                }}
              >
                Back to the suggested pair
              </button>
            )}
          </>
        )}
      </p>
      {error !== "" && <p class="oops">{error}</p>}
      {pair === null ? (
        <div class="versus-wait" aria-hidden="true" />
      ) : (
        <div class={busy ? "versus-box busy" : "versus-box"} aria-busy={busy}>
          <Versus
            pair={pair}
            metric={session.metric.scorer}
            onOpen={(number) => {
              ui.drawer.value = { show: "trial", number };
            }}
          />
          {kind !== null && <Picture store={store} pair={pair} kind={kind} dark={props.dark} />}
        </div>
      )}
      <div class="answers" role="group" aria-label="Your answer">
        {BUTTONS.map(([judgement, label, keys]) => (
          <button
            key={judgement}
            type="button"
            class={judgement === "skip" ? "btn quiet" : "btn answer"}
            disabled={!reachable || pair === null}
            aria-keyshortcuts={keys.join(" ").replace("←", "ArrowLeft").replace("→", "ArrowRight")}
            onClick={() => answer(judgement)}
          >
            {label}
            {keys.map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </button>
        ))}
      </div>
      {foot}
    </section>
  );
}

import { useState } from "preact/hooks";
import type { SessionInfo, Status } from "../../protocol/messages";
import type { SessionStore } from "../../store/session";
import type { Explained } from "../../store/ui";
import { byName, familyLabel } from "../../words/trial";
import "./TrialPicker.css";

interface Props {
  store: SessionStore;
  session: SessionInfo;
  status: Status;
  recommended: number;
  /** Null while the recommended model is followed. */
  pinned: Explained | null;
  onPin(explained: Explained | null): void;
}

/** Names the model that is explained: it follows the recommended one unless another is pinned. */
export function TrialPicker({ store, session, status, recommended, pinned, onPin }: Props) {
  const [typed, setTyped] = useState("");
  store.version.value;
  const { best, ensemble } = status;
  const families = byName(session.families);
  const named = (one: Explained) => {
    if (one === "ensemble") return `the ensemble of ${ensemble?.members.length ?? 0} models`;
    const row = store.rows.get(one);
    return row === undefined ? `#${one}` : `${familyLabel(families, row.family)} #${one}`;
  };
  const others: [Explained, string][] = [];
  const explained = pinned ?? recommended;
  if (best !== null && best.number !== recommended) others.push([best.number, `Best score, #${best.number}`]);
  if (ensemble !== null && ensemble.members.length > 1)
    others.push(["ensemble", `Ensemble of ${ensemble.members.length} models`]);
  const number = /^\s*#?\d+\s*$/.test(typed) ? Number(typed.replace("#", "")) : null;
  const row = number === null ? undefined : store.rows.get(number);
  const wrong = typed.trim() !== "" && row?.state !== "complete";
  const pin = (one: Explained | null) => {
    setTyped("");
    onPin(one);
  };
  return (
    <div class="picker" role="group" aria-label="Model to explain">
      <p class="explained" aria-live="polite">
        {pinned === null ? (
          <>
            Explaining the recommended model: <b>{named(recommended)}</b>
          </>
        ) : (
          <>
            Explaining <b>{named(pinned)}</b>{" "}
            <button type="button" class="btn small you-line" onClick={() => pin(null)}>
              Explain the recommended model, #{recommended}
            </button>
          </>
        )}
      </p>
      <div class="picker-others">
        {others
          .filter(([one]) => one !== explained)
          .map(([one, label]) => (
            <button key={String(one)} type="button" class="chip" onClick={() => pin(one)}>
              {label}
            </button>
          ))}
        <label>
          <span class="mute">Explain trial</span>{" "}
          <input
            class="field tiny"
            inputMode="numeric"
            autocomplete="off"
            placeholder="#"
            value={typed}
            aria-invalid={wrong}
            onInput={(event) => {
              const { value } = event.currentTarget;
              const asked = /^\s*#?\d+\s*$/.test(value) ? Number(value.replace("#", "")) : null;
              setTyped(value);
              if (asked !== null && store.rows.get(asked)?.state === "complete") onPin(asked);
            }}
            onBlur={() => {
              if (!wrong) setTyped("");
            }}
          />
        </label>
        {wrong && (
          <span class="oops" role="status">
            {row === undefined ? "no such trial" : "not complete"}
          </span>
        )}
      </div>
    </div>
  );
}

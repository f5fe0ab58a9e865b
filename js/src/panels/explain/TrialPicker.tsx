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
  explained: Explained;
  onChoose(explained: Explained): void;
}

/** Which model is explained. It stays when another one takes the lead. */
export function TrialPicker({ store, session, status, explained, onChoose }: Props) {
  const [typed, setTyped] = useState<string | null>(null);
  store.version.value;
  const { preferred, best, ensemble } = status;
  const named: [Explained, string][] = [];
  if (preferred !== null) named.push([preferred.number, `Preferred, #${preferred.number}`]);
  if (best !== null && best.number !== preferred?.number)
    named.push([best.number, `Best score, #${best.number}`]);
  if (ensemble !== null && ensemble.members.length > 1)
    named.push(["ensemble", `Ensemble of ${ensemble.members.length} models`]);
  const text = typed ?? (explained === "ensemble" ? "" : String(explained));
  const number = /^\s*#?\d+\s*$/.test(text) ? Number(text.replace("#", "")) : null;
  const row = number === null ? undefined : store.rows.get(number);
  const families = byName(session.families);
  const say =
    typed === null
      ? explained === "ensemble"
        ? "together"
        : familyLabel(families, row?.family ?? "")
      : row === undefined
        ? "no such trial"
        : row.state === "complete"
          ? familyLabel(families, row.family)
          : "not complete";
  const type = (value: string) => {
    setTyped(value);
    const found = /^\s*#?\d+\s*$/.test(value) ? Number(value.replace("#", "")) : null;
    if (found !== null && store.rows.get(found)?.state === "complete") onChoose(found);
  };
  const choose = (one: Explained) => {
    setTyped(null);
    onChoose(one);
  };
  return (
    <div class="picker" role="group" aria-label="Model to explain">
      {named.map(([one, label]) => (
        <button
          key={String(one)}
          type="button"
          class="chip"
          aria-pressed={one === explained}
          onClick={() => choose(one)}
        >
          {label}
        </button>
      ))}
      <label>
        <span class="mute">trial</span>{" "}
        <input
          class="field tiny"
          inputMode="numeric"
          autocomplete="off"
          value={text}
          aria-invalid={typed !== null && row?.state !== "complete"}
          onInput={(event) => type(event.currentTarget.value)}
          onBlur={() => {
            if (row?.state === "complete") setTyped(null);
          }}
        />
      </label>
      <span class="faint" aria-live="polite">
        {say}
      </span>
    </div>
  );
}

import type { PanelProps } from "../context";
import { GROUPS } from "../explain/questions";
import "./Questions.css";

/** The view of what changes brought; nobody asks before there is one. */
const COURSE = "course";

/** What people ask of a model, and the view of Explain that answers it. */
const ASKED: readonly (readonly [question: string, view: string])[] = [
  ["Which columns matter?", "importance"],
  ["Do they raise or lower the prediction?", "beeswarm"],
  ["Where does it make the most errors?", "slices"],
  ["Is it fair to all groups?", GROUPS],
  ["Would more data help?", "learning_curve"],
  ["Why did it win?", "winner"],
  ["What did my changes bring?", COURSE],
];

/** Frequent questions about the recommended model, each one click from its answer. */
export function Questions({ store, ui }: PanelProps) {
  const grouped = (store.preferences.value.value?.groups.length ?? 0) > 0;
  const changed = (store.steering.value?.changes.you ?? 0) > 0;
  const ofNumbers = store.session.value?.kind === "regression";
  const hidden = (view: string) => (view === GROUPS && !grouped) || (view === COURSE && !changed);
  return (
    <nav class="overview-questions" aria-label="Frequent questions">
      <span class="mute">Ask:</span>
      {ASKED.filter(([, view]) => !hidden(view)).map(([question, view]) => (
        <button
          key={view}
          type="button"
          class="btn link"
          onClick={() => {
            ui.explained.value = null;
            ui.question.value = view;
            ui.tab.value = "explain";
          }}
        >
          {ofNumbers && view === "slices" ? "Where are its errors largest?" : question}
        </button>
      ))}
      <button
        type="button"
        class="btn link"
        onClick={() => {
          ui.historyFilter.value = { author: "machine", kind: "" };
          ui.tab.value = "journal";
        }}
      >
        What did the search do?
      </button>
    </nav>
  );
}

import { DEFAULTS, type SessionDefaults, sessionSource } from "./source";

/** Enough for this table, and a tolerable wait at the first try. */
const QUICK_SECONDS = 120;

const code = (id: string, ...source: string[]) => ({
  cell_type: "code",
  id,
  metadata: {},
  execution_count: null,
  outputs: [],
  source: source.join("\n"),
});
const text = (id: string, ...source: string[]) => ({
  cell_type: "markdown",
  id,
  metadata: {},
  source: source.join("\n"),
});

/** The user's defaults, except that the search drives: the notebook describes a running search. */
function quick({ autonomy, budget, workers }: SessionDefaults): SessionDefaults {
  return {
    autonomy: autonomy === "user" ? DEFAULTS.autonomy : autonomy,
    budget: budget === DEFAULTS.budget ? QUICK_SECONDS : budget,
    workers,
  };
}

/** The notebook that the launcher's card opens; its table comes with scikit-learn, so nothing is downloaded. */
export const quickstart = (defaults: SessionDefaults) => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  cells: [
    text(
      "begin",
      "# A model search you can watch and steer",
      "",
      "The table describes 569 tumors measured under the microscope; the column `benign` says whether each was benign. Run the cells one after the other (Shift+Enter).",
    ),
    code(
      "table",
      "from sklearn.datasets import load_breast_cancer",
      "",
      "from hitl_widget import AutoMLSession",
      "",
      "table = load_breast_cancer(as_frame=True).frame",
      'table["benign"] = table.pop("target").map({0: "no", 1: "yes"})',
      "table.head()",
    ),
    text(
      "start",
      "One line starts the search. The first scores arrive within seconds. The search runs in its own processes, so you can keep using the notebook; the sidebar on the left follows it too.",
    ),
    code("session", sessionSource(quick(defaults), "table", "benign")),
    text("meanwhile", "See the results so far at any time:"),
    code("trials", 'session.trials.sort_values("score", ascending=False).head()'),
    text("model", "The result is an ordinary scikit-learn estimator that takes the raw table:"),
    code("predict", "session.wait()", "model = session.best_model()", "model.predict(table.head())"),
  ],
});

import { CodeLine } from "../../components/Copy";
import { countWords } from "../../words/numbers";
import { loadCode } from "../../words/python";
import "./NextSteps.css";

interface Props {
  /** The expression that returns the model. */
  model: string;
  /** Its trial; null for an ensemble, which cannot be fitted again. */
  trial: number | null;
  target: string;
  journal: string;
  heldOut: number;
}

/** What to do with a model when the search has ended, with the code for each step. */
export function NextSteps({ model, trial, target, journal, heldOut }: Props) {
  const file = `${target.replace(/\W+/g, "_").replace(/^_+|_+$/g, "") || "model"}.joblib`;
  const save = `import joblib\njoblib.dump(${model}, ${JSON.stringify(file)})`;
  return (
    <dl class="next-steps">
      <div>
        <dt>Use it here</dt>
        <dd>
          <CodeLine code={`model = ${model}`} label="Copy code" />
        </dd>
      </div>
      <div>
        <dt>Use it elsewhere</dt>
        <dd>
          <CodeLine code={save} label="Copy code" />
          <p>
            The file needs hitl_widget and the same versions of its packages where it is loaded. Code that
            runs without hitl_widget cannot be exported yet.
          </p>
        </dd>
      </div>
      {trial !== null && heldOut > 0 && (
        <div>
          <dt>Fit it on all rows</dt>
          <dd>
            <CodeLine code={`model = session.refit(${trial})`} label="Copy code" />
            <p>
              This also uses the {countWords(heldOut, "row")} of the holdout, so no score measures that model.
            </p>
          </dd>
        </div>
      )}
      <div>
        <dt>Continue later</dt>
        <dd>
          <CodeLine code={loadCode(journal)} label="Copy code" />
        </dd>
      </div>
      <div>
        <dt>Report</dt>
        <dd>
          <p>
            There is no report for other people yet. The Journal tab downloads what happened as Markdown; the
            Trials tab downloads the results as CSV.
          </p>
        </dd>
      </div>
    </dl>
  );
}

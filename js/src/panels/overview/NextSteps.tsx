import { CodeLine } from "../../components/Copy";
import { countWords } from "../../words/numbers";
import { copyCode, loadCode } from "../../words/python";
import "./NextSteps.css";

interface Props {
  /** The expression that returns the model. */
  model: string;
  /** Its trial; null for an ensemble, which cannot be fitted again. */
  trial: number | null;
  target: string;
  journal: string;
  /** True if the journal is in the temporary folder of the system. */
  temporary: boolean;
  heldOut: number;
}

/** What to do with a model when the search has ended, with the code for each step. */
export function NextSteps({ model, trial, target, journal, temporary, heldOut }: Props) {
  const base = target.replace(/\W+/g, "_").replace(/^_+|_+$/g, "") || "model";
  const file = `${base}.joblib`;
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
            To load the file, install hitl_widget and the package versions of this environment. Exporting a
            model that runs without hitl_widget is not possible yet.
          </p>
        </dd>
      </div>
      {trial !== null && heldOut > 0 && (
        <div>
          <dt>Use all rows</dt>
          <dd>
            <CodeLine code={`model = session.refit(${trial})`} label="Copy code" />
            <p>
              Fitted on all rows, including the {countWords(heldOut, "row")} of the holdout. No rows are left
              to score this model on.
            </p>
          </dd>
        </div>
      )}
      <div>
        <dt>Continue later</dt>
        <dd>
          <CodeLine code={loadCode(journal)} label="Copy code" />
          {temporary && (
            <>
              <p class="next-warn">
                The journal is in the system's temporary folder, which may be emptied at the next restart.
                Save a copy; next time, choose a place with AutoMLSession(…, journal="{base}.sqlite").
              </p>
              <CodeLine code={copyCode(journal, `${base}.sqlite`)} label="Copy code" />
            </>
          )}
        </dd>
      </div>
      <div>
        <dt>Report</dt>
        <dd>
          <p>
            This version cannot export a report. To save the record of the session as Markdown, use the
            Journal tab; to save the scores as CSV, use the Trials tab.
          </p>
        </dd>
      </div>
    </dl>
  );
}

import type { MetricInfo, Setting, TrialDetail } from "../protocol/messages";
import { formatDuration, formatSetting } from "../words/numbers";
import { TERMS } from "../words/terms";
import { CopyButton } from "./Copy";
import { FoldStrip } from "./FoldStrip";
import "./TrialFacts.css";

interface Props {
  detail: TrialDetail;
  /** Seconds since the search started. */
  metric: MetricInfo;
  colour: string;
}

/** Folds, settings and costs of a trial. */
export function TrialFacts({ detail, metric, colour }: Props) {
  return (
    <>
      {detail.folds.length > 0 && (
        <section>
          <h4 title={TERMS.fold}>How much do the folds differ?</h4>
          <FoldStrip folds={detail.folds} metric={metric} colour={colour} />
        </section>
      )}
      <Objectives detail={detail} />
      <Settings title="Settings" settings={detail.settings} greyDefaults />
      <Settings title="Found while fitting" settings={detail.fitted} />
      <Costs detail={detail} />
      {detail.story !== "" && (
        <section>
          <h4>How does {detail.label} work?</h4>
          <p class="mute">{detail.story}</p>
        </section>
      )}
      {detail.traceback !== "" && (
        <details>
          <summary>Full traceback</summary>
          <pre class="trace">{detail.traceback}</pre>
          <CopyButton text={detail.traceback} label="Copy traceback" />
        </details>
      )}
    </>
  );
}

/** Today's objectives, each with its value or the reason why there is none. */
function Objectives({ detail }: Pick<Props, "detail">) {
  if (detail.objectives.length === 0) return null;
  return (
    <section>
      <h4 title={TERMS.objective}>Other objectives</h4>
      <dl class="pairs">
        {detail.objectives.map((one) => (
          <div key={one.name}>
            <dt title={one.name}>{one.label}</dt>
            <dd>{one.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Costs({ detail }: Pick<Props, "detail">) {
  const costs: [string, string][] = [];
  if (detail.prepare_seconds > 0)
    costs.push(["preparing the columns", formatDuration(detail.prepare_seconds)]);
  if (detail.fit_seconds > 0) costs.push(["fitting, all folds", formatDuration(detail.fit_seconds)]);
  const asObjective = detail.objectives.some((one) => one.name === "predict_ms");
  if (detail.predict_ms !== null && !asObjective)
    costs.push(["predicting 1,000 rows", formatDuration(detail.predict_ms / 1000)]);
  if (costs.length === 0) return null;
  return (
    <section>
      <h4>What did this trial cost?</h4>
      <dl class="pairs">
        {costs.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

interface SettingsProps {
  title: string;
  settings: readonly Setting[];
  greyDefaults?: boolean;
}

function Settings({ title, settings, greyDefaults = false }: SettingsProps) {
  if (settings.length === 0) return null;
  const grey = greyDefaults && settings.some((one) => one.default);
  return (
    <section>
      <h4>
        {title}
        {grey && " (defaults in gray)"}
      </h4>
      <dl class="pairs">
        {settings.map((setting) => (
          <div key={setting.name}>
            <dt title={setting.name}>{setting.label || setting.name}</dt>
            <dd class={grey && setting.default ? "same" : ""}>{formatSetting(setting.value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

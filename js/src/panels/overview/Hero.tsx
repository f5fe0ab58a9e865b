import { Dot } from "../../components/marks";
import type { Baseline, FamilyInfo, MetricInfo, OfferedModel, Status } from "../../protocol/messages";
import { formatCount, formatSpread, formatValue, shown } from "../../words/numbers";
import { formatMeasure, MS } from "../../words/objective";
import { TERMS } from "../../words/terms";
import { familyColour, familyLabel } from "../../words/trial";
import { Severity } from "../data/Severity";
import type { LoadedProps } from "./Overview";
import "./Hero.css";

interface Props extends LoadedProps {
  families: ReadonlyMap<string, FamilyInfo>;
}

/** The recommended model in figures: both scores, fixed baselines, prediction time, open warnings. */
export function Hero({ ui, session, status, families }: Props) {
  const model = status.preferred ?? status.best;
  if (model === null || !hasFigures(status, families)) return null;
  const { metric } = session;
  const offered = status.holdout?.models.find((one) => one.number === model.number) ?? null;
  const caution = status.warnings?.caution ?? "";
  const showWarnings = () => {
    ui.tab.value = "data";
  };
  return (
    <section class="card hero" aria-label="The model in figures">
      <div class="hero-model">
        <span class="hero-label">{title(status)}</span>
        <button
          type="button"
          class="hero-name"
          onClick={() => {
            ui.drawer.value = { show: "trial", number: model.number };
          }}
        >
          <Dot colour={familyColour(families, model.family)} />
          <span class="ellipsis">
            {familyLabel(families, model.family)} #{model.number}
          </span>
        </button>
      </div>
      <dl class="hero-figures">
        <Figure label={`${metric.label}, cross-validation`} title={TERMS.score} main>
          <b>{formatValue(shown(model.score, metric))}</b>
          {model.std !== null && (
            <small>
              ± {formatSpread(model.std, shown(model.score, metric))} SD over {session.folds} folds
            </small>
          )}
        </Figure>
        <Figure label={`${metric.label}, holdout`} title={TERMS.holdout} main={offered !== null}>
          <HoldoutScore offered={offered} status={status} rows={session.holdout_rows} metric={metric} />
        </Figure>
        {status.baselines
          .filter((one) => one.number !== model.number)
          .map((one) => (
            <Figure key={one.number} label={one.label} title={TERMS.baseline}>
              <b>{formatValue(shown(one.score, metric))}</b>
              <small>{gapWords(model.score, model.std, one, metric)}</small>
            </Figure>
          ))}
        {session.goal !== "" && (
          <Figure label="Goal" title="What the model must reach on the holdout">
            <b>{goalWord(status)}</b>
            <small>{session.goal}</small>
          </Figure>
        )}
        <Figure
          label="Predicts 1,000 rows in"
          title="Time of the delivered model from the raw table, least of several runs on one thread"
        >
          <b>{model.predict_ms === null ? "–" : formatMeasure(model.predict_ms, MS)}</b>
        </Figure>
        {caution === "" && <Warnings status={status} onShow={showWarnings} />}
      </dl>
      {caution !== "" && (
        <p class="hero-caution">
          <Severity of="high" mute />
          <span>
            {caution}{" "}
            <button type="button" class="btn link" onClick={showWarnings}>
              Show warnings
            </button>
          </span>
        </p>
      )}
    </section>
  );
}

/** Whether the success criterion is reached, in a word or two. */
function goalWord({ holdout }: Status): string {
  if (holdout === null) return "checked at the end";
  if (holdout.goal === null) return "not measured";
  return { reached: "reached", likely: "probably reached", unlikely: "probably missed", missed: "missed" }[
    holdout.goal.outcome
  ];
}

/** True once there is a model other than the constant prediction. */
export function hasFigures(
  { preferred, best }: Pick<Status, "preferred" | "best">,
  families: ReadonlyMap<string, FamilyInfo>,
): boolean {
  const model = preferred ?? best;
  return model !== null && families.get(model.family)?.baseline !== true;
}

function title({ phase, preferred }: Status): string {
  if (preferred !== null) return "Recommended by your preferences";
  return phase === "finished" ? "Recommended" : "Best so far";
}

interface FigureProps {
  label: string;
  title: string;
  /** One of the figures that the eye should meet first. */
  main?: boolean;
  children: preact.ComponentChildren;
}

function Figure({ label, title, main = false, children }: FigureProps) {
  return (
    <div class={main ? "main" : ""}>
      <dt title={title}>{label}</dt>
      <dd class="num">{children}</dd>
    </div>
  );
}

interface HoldoutProps {
  offered: OfferedModel | null;
  status: Status;
  rows: number;
  metric: MetricInfo;
}

function HoldoutScore({ offered, status, rows, metric }: HoldoutProps) {
  if (offered === null) {
    if (rows === 0) return <small>there is no holdout</small>;
    return (
      <small>
        {status.holdout === null
          ? `evaluated at the end, on ${formatCount(rows)} rows`
          : "this model was not evaluated"}
      </small>
    );
  }
  const value = shown(offered.score, metric);
  const ends = [offered.low, offered.high].filter((one) => one !== null).map((one) => shown(one, metric));
  const [low, high] = ends.toSorted((a, b) => a - b);
  return (
    <>
      <b>{formatValue(value)}</b>
      {low !== undefined && high !== undefined && (
        <small>
          {formatSpread(low, low)} to {formatSpread(high, high)}, 95% interval
        </small>
      )}
    </>
  );
}

/** How far a baseline is from the model, and whether the difference is far below the noise. */
export function gapWords(
  score: number,
  std: number | null,
  baseline: Pick<Baseline, "score">,
  metric: MetricInfo,
): string {
  const [own, other] = [score, baseline.score].map((one) => formatValue(shown(one, metric)));
  if (own === other) return "the same";
  const gap = score - baseline.score;
  const spread = formatSpread(Math.abs(gap), shown(score, metric));
  const said = `${Number(spread) === 0 ? Math.abs(gap).toPrecision(1) : spread} ${gap > 0 ? "worse" : "better"}`;
  return Math.abs(gap) < (std ?? 0) / 10 ? `${said}, statistically tied` : said;
}

function Warnings({ status, onShow }: { status: Status; onShow(): void }) {
  const warnings = status.warnings;
  if (warnings === null || warnings.open === 0) return null;
  return (
    <div>
      <dt title={TERMS.warning}>Open warnings</dt>
      <dd>
        <button type="button" class="hero-warning" onClick={onShow}>
          {formatCount(warnings.open)}
        </button>
      </dd>
    </div>
  );
}

import type { MetricInfo } from "../protocol/messages";

const MINUS = "−";

/** The digits that a score deserves: three behind the point for scores of at most 1, else four in all. */
export function formatValue(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  let text: string;
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) text = value.toExponential(2);
  else if (size >= 1000) text = Math.round(value).toLocaleString("en-US");
  else if (size < 0.01 && size !== 0) text = value.toPrecision(3);
  else text = value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 4);
  return text.replace("-", MINUS);
}

/** A value with as many decimals as its uncertainty warrants: two digits of it if they start with 1 to 3.5, else one. */
export function formatLike(value: number, error: number): string {
  if (!Number.isFinite(value) || !(error > 0) || Math.abs(value) >= 1000) return formatValue(value);
  const exponent = Math.floor(Math.log10(error));
  const fine = error / 10 ** exponent < 3.55 ? 1 : 0;
  const text = value.toFixed(Math.min(4, Math.max(0, fine - exponent)));
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/** A spread has two digits that matter, in the decimals of its value. */
export function formatSpread(std: number, value: number): string {
  const size = Math.abs(value);
  if (size >= 1e7 || (size < 0.01 && size !== 0)) return std.toPrecision(2);
  if (size >= 1000) return Math.round(std).toLocaleString("en-US");
  return std.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 3);
}

/** The score to show: the metric's sign is reverted. */
export function shown(score: number, metric: MetricInfo): number {
  return metric.sign * score;
}

export interface ScoreText {
  value: string;
  spread: string | null;
}

export function formatScore(score: number | null, std: number | null, metric: MetricInfo): ScoreText | null {
  if (score === null) return null;
  const value = shown(score, metric);
  return { value: formatValue(value), spread: std === null ? null : formatSpread(std, value) };
}

/** A duration in words: "0.4 s", "18 s", "3 min 10 s", "1 h 5 min". */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds === 0) return "0 s";
  if (seconds < 0.0005) return "under 1 ms";
  if (seconds < 0.9995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 10) return `${trim(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return join(Math.floor(whole / 60), "min", whole % 60, "s");
  const minutes = Math.round(whole / 60);
  return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/** A text whose numbers stay on one line with their units. */
export function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:ms|s|min|h|B|kB|MB|GB)\b)/g, "$1\u00a0");
}

/** "14:03:09", by the clock of the reader. */
export function clockTime(date: Date): string {
  const parts = [date.getHours(), date.getMinutes(), date.getSeconds()];
  return Number.isNaN(date.getTime()) ? "–" : parts.map((one) => String(one).padStart(2, "0")).join(":");
}

function join(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big} ${bigUnit}` : `${big} ${bigUnit} ${small} ${smallUnit}`;
}

function trim(text: string): string {
  return text.replace(/\.0$/, "");
}

/** The rest of a budget in whole seconds, so that the countdown is steady. */
export function formatLeft(seconds: number): string {
  return `${formatDuration(Math.max(0, Math.ceil(seconds) || 0))} left`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${trim((bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0))} kB`;
  if (bytes < 1e9) return `${trim((bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0))} MB`;
  return `${trim((bytes / 1e9).toFixed(1))} GB`;
}

export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 trial", "2,000 trials". */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const exponential = (value: number) => value.toExponential(2).replace(/\.?0+e/, "e");

/** As in `hitl_widget.domain.space`: choices whose stored values differ from the displayed ones. */
const DISPLAYED: Readonly<Record<string, string>> = {
  standardise: "standardize",
  "column per level": "one-hot",
};

/** A setting's value as in Python, without needless digits. */
export function formatSetting(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (value === true) return "yes";
  if (value === false) return "no";
  if (typeof value === "number") {
    if (Number.isInteger(value)) return String(value).replace("-", MINUS);
    const size = Math.abs(value);
    const text = size < 1e-4 || size >= 1e6 ? exponential(value) : String(Number(value.toPrecision(4)));
    return text.replace("-", MINUS);
  }
  return typeof value === "string" ? (DISPLAYED[value] ?? value) : JSON.stringify(value);
}

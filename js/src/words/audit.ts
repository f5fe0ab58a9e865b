import type { GroupInfo } from "../protocol/messages";
import { formatLike } from "./numbers";

export interface FigureScale {
  low: number;
  high: number;
  /** Shares are read as per cent; scores and errors are not. */
  share: boolean;
}

const known = (value: number | null | undefined): value is number => value != null && Number.isFinite(value);

/**
 * The axis of a figure over all groups: shares on 0 to 1, so that bars compare between figures. `rates`: the values
 * behind the metric are shares of rows.
 */
export function figureScale(groups: readonly GroupInfo[], k: number, rates: boolean): FigureScale {
  const values = groups.flatMap((group) => (group.figures[k] ?? []).filter(known));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (values.length === 0 || (rates && low >= 0 && high <= 1)) return { low: 0, high: 1, share: k > 0 };
  return { low: Math.min(0, low), high: Math.max(0, high), share: false };
}

export interface FigureCell {
  value: string;
  /** "79 to 85%"; "" without an interval. */
  interval: string;
  /** Places on the axis, 0 to 1. */
  at: number;
  low: number;
  high: number;
}

const percent = (value: number) => {
  const hundred = 100 * value;
  return hundred > 0 && hundred < 1 ? hundred.toFixed(1) : String(Math.round(hundred));
};

/** A figure of a group as text and as places of its bar; null when it is not known. */
export function cellOf(
  figure: readonly (number | null)[] | undefined,
  scale: FigureScale | undefined,
): FigureCell | null {
  const value = figure?.[0];
  if (!known(value) || scale === undefined) return null;
  const low = known(figure?.[1]) ? (figure?.[1] ?? value) : value;
  const high = known(figure?.[2]) ? (figure?.[2] ?? value) : value;
  const place = (one: number) => Math.min(1, Math.max(0, (one - scale.low) / (scale.high - scale.low || 1)));
  const whole = known(figure?.[1]) && known(figure?.[2]);
  const error = (high - low) / 4;
  const text = (one: number) => (scale.share ? percent(one) : formatLike(one, error));
  return {
    value: scale.share ? `${percent(value)}%` : text(value),
    interval: whole ? `${text(low)} to ${text(high)}${scale.share ? "%" : ""}` : "",
    at: place(value),
    low: place(low),
    high: place(high),
  };
}

import { Dot } from "../components/marks";
import { apart } from "./apart";
import type { FamilyEnd } from "./ProgressChart";

/** Height of a name, in CSS pixels. */
const LINE = 17;
/** Length of the line from the height of the best score to the name. */
const LEAD = 14;

interface Props {
  ends: readonly FamilyEnd[];
  /** Where the best score of each family stands, in CSS pixels from the top; empty before the first drawing. */
  heights: readonly number[];
  room: number;
}

/** The names of the families at the right end of the chart, each at the height of its best score. */
export function ProgressEnds({ ends, heights, room }: Props) {
  const named = ends
    .flatMap((end, i) => ({ end, at: heights[i] }))
    .filter((one): one is { end: FamilyEnd; at: number } => one.at !== undefined)
    .sort((a, b) => a.at - b.at);
  const tops = apart(
    named.map(({ at }) => at),
    LINE,
    LINE / 2,
    room - LINE / 2,
  );
  return (
    <div class="ends">
      <svg class="ends-leads" width={LEAD} height={room} aria-hidden="true">
        {named.map(({ end, at }, i) => (
          <path key={end.name} d={`M0,${at}L${LEAD},${tops[i]}`} style={{ stroke: `var(--f-${end.hue})` }} />
        ))}
      </svg>
      <ul aria-label="Families, each at the height of its best score">
        {named.map(({ end }, i) => (
          <li key={end.name} style={{ top: `${(tops[i] ?? 0) - LINE / 2}px` }} title={end.label}>
            <Dot colour={`var(--f-${end.hue})`} />
            <span class="ellipsis">{end.label}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

import type { FamilyInfo, MetricInfo } from "../protocol/messages";
import type { Row } from "../store/row";
import { TERMS } from "../words/terms";
import { familyColour, familyLabel } from "../words/trial";
import { Dot, From, Score } from "./marks";
import "./ShortBoard.css";

interface Props {
  rows: readonly Row[];
  metric: MetricInfo;
  families: ReadonlyMap<string, FamilyInfo>;
  /** Trials that do not count today. */
  grey: ReadonlySet<number>;
  onOpen(number: number): void;
}

/** The leading trials; the Trials panel has the full list. */
export function ShortBoard({ rows, metric, families, grey, onOpen }: Props) {
  const leads = rows.find((row) => !grey.has(row.number));
  return (
    <table class="board">
      <thead>
        <tr>
          <th class="r" title={TERMS.trial}>
            #
          </th>
          <th title={TERMS.family}>model</th>
          <th class="r" title={TERMS.score}>
            score ± SD
          </th>
          <th class="who" title={TERMS.origin}>
            origin
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr
            key={row.number}
            class={`${row === leads ? "best" : ""} ${row.origin === "baseline" ? "base" : ""} ${row.author === "you" ? "own" : ""} ${grey.has(row.number) ? "grey" : ""}`}
            title={familyLabel(families, row.family)}
            onClick={() => onOpen(row.number)}
          >
            <td class="r faint num">{row.number}</td>
            <td class="model">
              <button type="button" class="open" aria-label={`Open trial ${row.number}`}>
                <Dot colour={grey.has(row.number) ? "var(--f-base)" : familyColour(families, row.family)} />
                <span>{familyLabel(families, row.family)}</span>
              </button>
            </td>
            <td class="r">
              <Score score={row.score} std={row.std} metric={metric} />
            </td>
            <td class="who">
              <From row={row} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

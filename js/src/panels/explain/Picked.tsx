import type { Target } from "./picks";
import "./Picked.css";

interface Props {
  picked: Target;
  /** The row that is explained. */
  row: unknown;
  onPick(pick: Target): void;
  /** Opens another question. */
  onLead(name: string): void;
}

/** The selection in a chart, with a link to its explanation. */
export function Picked({ picked, row, onPick, onLead }: Props) {
  if (picked.to === "trial") return null;
  if (picked.to === "column") {
    return (
      <div class="view-picked" role="status">
        <span>
          <b>{picked.column}</b> selected.
        </span>
        <button type="button" class="btn quiet small" onClick={() => onLead("dependence")}>
          Show its contributions
        </button>
        <button type="button" class="btn quiet small" onClick={() => onLead("effect")}>
          Show its average effect
        </button>
      </div>
    );
  }
  const chosen = picked.to === "row" ? picked.row : row;
  return (
    <div class="view-picked">
      {picked.to === "rows" ? (
        <>
          <span role="status">Rows of {picked.words}:</span>
          {picked.rows.map((one) => (
            <button
              key={one}
              type="button"
              class="chip"
              aria-label={`Row ${one}`}
              aria-pressed={one === row}
              onClick={() => onPick({ to: "row", row: one })}
            >
              {one}
            </button>
          ))}
        </>
      ) : (
        <span role="status">
          <b>Row {picked.row}</b> selected.
        </span>
      )}
      {(picked.to === "row" || picked.rows.some((one) => one === chosen)) && (
        <>
          <button type="button" class="btn quiet small" onClick={() => onLead("row")}>
            Explain this prediction
          </button>
          <button type="button" class="btn quiet small" onClick={() => onLead("what_if")}>
            Change this row
          </button>
        </>
      )}
    </div>
  );
}

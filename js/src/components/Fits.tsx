import type { FitInfo } from "../protocol/messages";
import { fitWords, shareDone } from "../words/fit";
import "./Fits.css";

interface Props {
  fits: readonly FitInfo[];
  /** Folds of a trial. */
  folds: number;
  /** Seconds on the search's clock now. */
  elapsed: number;
}

/** How far the folds are that run: a line for each, with its rounds if the model has some. */
export function Fits({ fits, folds, elapsed }: Props) {
  if (fits.length === 0) return null;
  return (
    <section>
      <h4>How far is it?</h4>
      <ul class="fits">
        {fits.map((fit) => (
          <li key={fit.fold}>
            {fitWords(fit, folds, elapsed)}
            <FitBar fit={fit} />
          </li>
        ))}
      </ul>
      {fits.some((fit) => fit.choosing) && (
        <p class="mute">
          First, early stopping chooses the number of rounds on a part of the rows, mostly far below the
          limit. Then the model is fitted with that number.
        </p>
      )}
    </section>
  );
}

function FitBar({ fit }: { fit: FitInfo }) {
  const share = shareDone(fit);
  if (share === null) return <span class="fit-bar open" aria-hidden="true" />;
  return (
    <span class="fit-bar" aria-hidden="true">
      <i style={{ width: `${100 * share}%` }} />
    </span>
  );
}

import { CodeLine } from "../../components/Copy";
import "./OwnLearner.css";

const LINE = 'session.add_learner("knn", KNeighborsClassifier(), {"n_neighbors": (1, 50)})';

/** Instructions for adding a custom learner, which is possible only from Python. */
export function OwnLearner({ onClose }: { onClose(): void }) {
  return (
    <div class="own-learner">
      <p>
        <b>Add any scikit-learn estimator, including a class from your notebook.</b>{" "}
        <span class="mute">
          Give a name, the estimator and the ranges to search: (1, 50) for numbers, a list for choices. The
          search includes it at once; earlier results are kept.
        </span>
      </p>
      <CodeLine code={LINE} label="Copy" />
      <button type="button" class="btn quiet small" onClick={onClose}>
        Close
      </button>
    </div>
  );
}

"""A small neural network."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from hitl_widget.domain.space import Config, Float, Int, Parameter, Value
from hitl_widget.domain.task import Kind, Task
from hitl_widget.learners.base import Job, Learner, own, sized_by_probe, start, weights_for
from hitl_widget.learners.preparation import dense_choices

__all__ = ["MLP"]

MOST_EPOCHS, FEWEST_EPOCHS = 200, 4

_WEIGHTS_SINCE = (1, 7)
"""Version of scikit-learn whose networks take weights."""


class MLP(Learner):
    """One to three hidden layers."""

    name: str = "mlp"
    label: str = "Neural network"
    story: str = (
        "It learns combinations of columns, layer by layer, over many passes through the rows. "
        "Good at smooth interactions between columns; slower to fit, and often useful in an ensemble."
    )
    colour: str = "mlp"
    cost: int = 6
    start_ranks: tuple[int, ...] = (70,)
    preload: tuple[str, ...] = ("sklearn.neural_network",)
    takes_weights: bool = tuple(map(int, version("scikit-learn").split(".")[:2])) >= _WEIGHTS_SINCE

    def parameters(self, task: Task) -> tuple[Parameter, ...]:
        """Return shape, penalty and step size."""
        found: tuple[Parameter, ...] = (
            Int("mlp.depth", 1, 3, 2, False, 1, 8, "hidden layers"),
            Int("mlp.width", 16, 264, 64, True, 1, 4096, "units per layer"),
            Float("mlp.alpha", 1e-7, 0.1, 1e-3, True, 0.0, 1e3, "L2 penalty"),
            Float("mlp.learning_rate", 1e-4, 0.05, 2e-3, True, 1e-7, 1.0, "learning rate"),
        )
        return found + dense_choices(self.name, task)

    def starts(self, task: Task) -> tuple[dict[str, Value], ...]:
        """Return two layers of 64 units."""
        return (start(self),)

    def build(self, config: Config, job: Job) -> Any:
        """Return scikit-learn's network with Adam and early stopping."""
        from sklearn.neural_network import MLPClassifier, MLPRegressor

        from hitl_widget.learners.target_scale import scaled

        p = own(config, self, job.task)
        model = (MLPRegressor if job.regression else MLPClassifier)(
            hidden_layer_sizes=(int(p["width"]),) * int(p["depth"]),
            alpha=p["alpha"],
            learning_rate_init=p["learning_rate"],
            batch_size=int(min(256, max(16, job.rows // 32))),
            max_iter=job.rounds or MOST_EPOCHS,
            early_stopping=job.rows >= 80,
            n_iter_no_change=12,
            random_state=job.seed,
        )
        return scaled(model, job.task.target_skewed) if job.regression else model

    def fit(self, model: Any, X: np.ndarray, y: np.ndarray, job: Job) -> Any:
        """Fit as many passes as the time allows, estimated from the first two."""
        from sklearn.base import clone

        network, weights = _network(model), weights_for(model, job.weights)
        if job.task.kind is not Kind.REGRESSION and network.early_stopping:
            fewest = np.unique(y, return_counts=True)[1].min()
            if fewest < 2 or 0.1 * len(y) < len(job.task.classes):
                network.set_params(early_stopping=False)
        if job.deadline is not None and job.rounds is None:
            probe = clone(model)
            _network(probe).set_params(early_stopping=False)
            wanted = network.max_iter

            def fit(epochs: int) -> Any:
                _network(probe).set_params(max_iter=epochs)
                return probe.fit(X, y, **weights)

            epochs = sized_by_probe(fit, 2, wanted, job, FEWEST_EPOCHS)
            network.set_params(max_iter=epochs)
        return model.fit(X, y, **weights)

    def found(self, model: Any, job: Job) -> dict[str, Any]:
        """Return the most passes allowed, so that other folds have as many."""
        return {"rounds": int(_network(model).max_iter)} if job.deadline is not None else {}


def _network(model: Any) -> Any:
    return getattr(model, "regressor", model)

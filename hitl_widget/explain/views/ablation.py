"""View "What did tuning add to the default settings?": one hyperparameter at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hitl_widget.charts.parts import Rows, along, chart, finished, hue, name_axis
from hitl_widget.domain.objective import Metric
from hitl_widget.domain.space import FAMILY, Config
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState
from hitl_widget.explain.definition import Concept, ViewDefinition
from hitl_widget.explain.evidence import Evidence, Matrix
from hitl_widget.explain.knowledge import Knowledge, about_family, early, family_to_show, knowledge_of
from hitl_widget.explain.options import MODEL_FAMILY
from hitl_widget.explain.phrases import capital, gap_in_words, listed
from hitl_widget.explain.record import Record
from hitl_widget.explain.surrogate import Surrogate
from hitl_widget.explain.view import Level, View

__all__ = ["VIEW", "ablation"]


def compute(source: Record, *, family: str = "") -> View:
    """Return the view of a family."""
    return ablation(source.state, source.metric, family=family, known=source.knowledge(family))


def ablation(state: SessionState, metric: Metric, *, family: str = "", known: Knowledge | None = None) -> View:
    """Return the steps from the default to the best trial of a family, one hyperparameter at a time.

    Parameters
    ----------
    state, metric, family, known
        As of `setting`.

    Returns
    -------
    View
        ``steps``: step (0 is the default), parameter, label, before, after, score (as displayed), gain, error,
        measured (a trial had this configuration).

    Notes
    -----
    The order is greedy, as in Fawcett & Hoos 2016; configurations that were never measured are
    predicted, anchored to the ends if these were measured, so that the steps add up to the total gain.
    """
    family = family or family_to_show(state)
    known = known or knowledge_of(state, family)
    evidence, model = known.evidence, known.surrogate
    about, options = about_family(state, family)
    complete = [trial for trial in evidence.trials if trial.state is TrialState.COMPLETE]
    if model is None or not complete:
        return early(VIEW, evidence, about, options)
    best = max(complete, key=lambda trial: trial.score or 0.0)
    start = {one.name: one.default for one in state.base.of(family)}
    default: Config = {
        FAMILY: family,
        **{name: start.get(name, value) for name, value in best.config.items() if name != FAMILY},
    }
    path = _path(evidence, model, default, best.config)
    steps = _steps(evidence, model, metric, complete, path)
    if len(steps) < 2:
        said: tuple[str, ...] = ("The default is the best trial of its family.",)
    else:
        said = _way(metric, steps, best)
    notes = ["Each step changes one hyperparameter and keeps the earlier ones; another order would give other gains."]
    if any(not row["measured"] for row in steps):
        notes.insert(0, "Configurations between the two ends were not run: their scores are predicted from all trials.")
    return VIEW.answer(
        said, {"steps": steps}, notes=tuple(notes), about={**about, "trial": best.number}, options=options
    )


def _path(evidence: Evidence, model: Surrogate, default: Config, best: Config) -> list[tuple[int, Matrix]]:
    """Return the columns in the order in which they are changed, with the row after each; the first is the default."""
    here, goal = evidence.row(default), evidence.row(best)
    path = [(-1, here)]
    left = [j for j in range(len(here)) if abs(here[j] - goal[j]) > 1e-9]
    while left:
        rows = np.repeat(here[None, :], len(left), axis=0)
        rows[np.arange(len(left)), left] = goal[left]
        pick = left[int(np.argmax(model.predict(rows)[0]))]
        here = here.copy()
        here[pick] = goal[pick]
        path.append((pick, here))
        left.remove(pick)
    return path


def _steps(
    evidence: Evidence, model: Surrogate, metric: Metric, complete: Sequence[Trial], path: list[tuple[int, Matrix]]
) -> list[dict[str, Any]]:
    rows = np.array([row for _, row in path])
    scores = model.predict(rows)[0]
    measured = {evidence.row(trial.config).round(9).tobytes(): float(trial.score or 0.0) for trial in _nearby(complete)}
    known = [measured.get(row.round(9).tobytes()) for row in rows]
    share = np.linspace(0, 1, len(path)) if len(path) > 1 else np.ones(1)
    off = [
        0.0 if one is None else one - float(score) for one, score in ((known[0], scores[0]), (known[-1], scores[-1]))
    ]
    tied = scores + (1 - share) * off[0] + share * off[1]
    found = []
    for step, (column, row) in enumerate(path):
        axis = evidence.axes[column] if column >= 0 else None
        before = path[step - 1][1] if step else row
        error = model.lead(row, before)[1] if step else 0.0
        found.append(
            {
                "step": step,
                "parameter": "" if axis is None else axis.name,
                "label": "default" if axis is None else axis.label,
                "before": "" if axis is None else axis.text(float(before[column])),
                "after": "" if axis is None else axis.text(float(row[column])),
                "score": metric.shown(float(tied[step])),
                "gain": float(tied[step] - tied[step - 1]) if step else 0.0,
                "error": error,
                "measured": known[step] is not None,
            }
        )
    return found


def _nearby(complete: Sequence[Trial]) -> Iterator[Trial]:
    """Yield the trials that may lie on the way: the first, which hold the defaults, and the best."""
    yield from complete[:50]
    yield from sorted(complete, key=lambda trial: -(trial.score or 0.0))[:50]


def _way(metric: Metric, steps: Sequence[Mapping[str, Any]], best: Trial) -> tuple[str, ...]:
    whole = metric.sign * (steps[-1]["score"] - steps[0]["score"])
    first, *others = sorted(steps[1:], key=lambda row: -row["gain"])
    size = gap_in_words(metric, whole)
    start = (
        f"From the default to trial {best.number}, the score gains {size}"
        if whole > 0
        else f"Trial {best.number} is no better than the default ({size} worse)"
        if any(digit in size for digit in "123456789")
        else f"Trial {best.number} scores the same as the default"
    )
    size = gap_in_words(metric, first["gain"], first["error"])
    said = [f"{start}, most of it from {first['label']} {first['before']} → {first['after']} ({size})."]
    more = [f"{row['label']} adds {gap_in_words(metric, row['gain'])}" for row in others if row["gain"] > row["error"]]
    idle = [row["label"] for row in others if abs(row["gain"]) <= row["error"]]
    if more:
        said.append(f"{capital(listed(more, 3))}.")
    if idle:
        said.append(f"{capital(listed(idle, 3))} made no more difference than chance does.")
    return tuple(said)


def draw(steps: Rows = ()) -> Any:
    """Draw the way from the default to the best: a bar for each change, hollow dots where the score was predicted.

    Parameters
    ----------
    steps
        Rows of the view of this name.
    """
    import altair as alt

    base = (
        chart("steps", steps)
        .transform_window(last="lag(score)", sort=[alt.SortField("step")])
        .transform_calculate(
            name="datum.step === 0 ? 'default' : datum.label + ':  ' + datum.before + ' → ' + datum.after",
            start="isValid(datum.last) ? datum.last : datum.score",
        )
    )
    wrapped = "length(datum.label) > 24 ? split(replace(datum.label, ':  ', ':|'), '|') : datum.label"
    y = alt.Y("name:N", sort=alt.SortField("step"), title=None, axis=name_axis(labelExpr=wrapped, labelLineHeight=13))
    scale = alt.Scale(zero=False, padding=12)
    x = along("score:Q", "score; hollow where it is predicted", scale=scale)
    up = hue("datum.gain >= 0", "machine", "hue_b")
    tooltip = [
        alt.Tooltip("name:N"),
        alt.Tooltip("score:Q", format=".4~g"),
        alt.Tooltip("gain:Q", format="+.3~g"),
        alt.Tooltip("error:Q", title="standard error", format=".2~g"),
    ]
    drawn = [
        base.mark_bar(cornerRadius=2, height=7, opacity=0.45, color=up).encode(
            x=alt.X("start:Q", scale=scale), x2="score:Q", y=y
        ),
        base.mark_point(
            size=60,
            strokeWidth=2,
            opacity=1,
            fillOpacity=1,
            fill=hue("datum.measured", "ink", "paper"),
            stroke=alt.expr("ink"),
        ).encode(x=x, y=y, tooltip=tooltip),
    ]
    return finished(drawn, (560, 330))


VIEW = ViewDefinition(
    name="ablation",
    level=Level.SEARCH,
    question="What did tuning add to the default settings?",
    summary="Return what the best trial of a family gains over its default, one hyperparameter at a time.",
    options=(MODEL_FAMILY,),
    worker=False,
    compute=compute,
    charts={"ablation": draw},
    concept=Concept(
        "ablation",
        "From the default to the best",
        "Starting from the default, change the hyperparameter that gains most to the value of the best trial, "
        "then the next. Most of these steps were never run, so a smooth function fitted through the trials "
        "predicts their score; the two ends are measured.",
    ),
)

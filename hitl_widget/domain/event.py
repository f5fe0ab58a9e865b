"""The events of a session. Its state is the fold of its events, so a journal holds nothing else.

Long because one file defines the whole format of a journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from hitl_widget.domain.delivery import OfferedModel
from hitl_widget.domain.space import Value
from hitl_widget.domain.trial import NO_REASONS, Author, Fold, Origin, Problem, Reasons, TrialState

__all__ = [
    "AutonomySet",
    "BaselineMeasured",
    "BatchAsked",
    "BeliefJudged",
    "BudgetSet",
    "EnsembleChanged",
    "Event",
    "Failed",
    "Finished",
    "Finishing",
    "FoldDone",
    "GenerationOpened",
    "HoldoutFailed",
    "HoldoutMeasured",
    "Learnt",
    "Loaded",
    "Measured",
    "Noted",
    "NudgeAnswered",
    "NudgesOffered",
    "Opened",
    "Paused",
    "Record",
    "Rejected",
    "Rescored",
    "Resumed",
    "Started",
    "Steered",
    "TrialEnded",
    "TrialQueued",
    "TrialRequeued",
    "TrialStarted",
    "WarningAnswered",
    "event_body",
    "event_from",
    "event_name",
]


@dataclass(frozen=True, slots=True)
class Opened:
    """A session was opened on a table; `settings` holds everything needed to open it again."""

    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A session was reopened from its journal."""

    version: str = ""


@dataclass(frozen=True, slots=True)
class GenerationOpened:
    """A search space was set; later proposals come from it."""

    number: int
    space: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """The search began."""


@dataclass(frozen=True, slots=True)
class Paused:
    """The search was paused."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The search was resumed."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """The search is ending: the holdout is being evaluated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The search ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The search failed: no worker can run."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BudgetSet:
    """The budget was set."""

    seconds: float | None
    trials: int | None


@dataclass(frozen=True, slots=True)
class AutonomySet:
    """The autonomy level was set."""

    level: str


@dataclass(frozen=True, slots=True)
class Steered:
    """The steering changed. Fields that are None did not change.

    Parameters
    ----------
    step
        ``"do"`` a new act, ``"undo"`` or ``"redo"`` an earlier one.
    act
        Number of the act.
    kind, title, why
        Kind, title and reason of a new act.
    space
        The new search space, which starts a generation with this act's number.
    base
        The original space with the added learner, if one was added.
    learners
        Names and labels of custom learners that were added.
    beliefs
        All beliefs after the change.
    preferences
        The preferences after the change; if only answers were added, these are in `answers` instead.
    answers
        Answers that were added, each as (first, second, answer).
    discarded, restored
        Trials removed from the evidence, and restored to it.
    data
        The new data choices, which start a generation with this act's number if they change columns.
    leaks
        Of a new act: the excluded columns that a warning calls target leakage.
    annotated
        By number of the trial, the tags and the note that were changed; both empty if they were removed.
    reviewed, unreviewed
        Rows whose label a person has judged, and those of which this was taken back.
    """

    step: str
    act: int
    kind: str = ""
    title: str = ""
    why: str = ""
    generation: int | None = None
    space: Mapping[str, Any] | None = None
    base: Mapping[str, Any] | None = None
    learners: Mapping[str, str] | None = None
    beliefs: tuple[Mapping[str, Any], ...] | None = None
    discarded: tuple[int, ...] = ()
    restored: tuple[int, ...] = ()
    preferences: Mapping[str, Any] | None = None
    answers: tuple[Any, ...] = ()
    data: Mapping[str, Any] | None = None
    leaks: tuple[str, ...] = ()
    annotated: Mapping[str, Any] | None = None
    reviewed: tuple[int, ...] = ()
    unreviewed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BeliefJudged:
    """The verdict on a belief changed."""

    about: str
    kind: str
    sentence: str
    trials: int
    confidence: float


@dataclass(frozen=True, slots=True)
class NudgesOffered:
    """The current nudges of the search, most valuable first; earlier ones are withdrawn."""

    nudges: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NudgeAnswered:
    """A nudge was answered: with one of its answers, ``"later"`` or ``"never"``."""

    key: str
    answer: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class WarningAnswered:
    """The user answered a warning: with one of its answers, or in free text."""

    key: str
    answer: str


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """The user requested a batch of proposals of the search while driving."""

    count: int


@dataclass(frozen=True, slots=True)
class Noted:
    """The user added a note to the journal."""

    text: str


@dataclass(frozen=True, slots=True)
class TrialQueued:
    """A configuration was queued."""

    number: int
    config: Mapping[str, Value]
    author: Author
    origin: Origin
    parent: int | None
    why: str
    generation: int
    reasons: Reasons = NO_REASONS


@dataclass(frozen=True, slots=True)
class TrialStarted:
    """The first fold of a trial began, on a view of the data (see `hitl_widget.domain.data_choices.DataView`)."""

    number: int
    view: int = 0


@dataclass(frozen=True, slots=True)
class TrialRequeued:
    """A trial that was running when the session ended is queued again, from its first fold."""

    number: int


@dataclass(frozen=True, slots=True)
class FoldDone:
    """A fold of a trial was measured."""

    number: int
    fold: Fold


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial is complete, stopped or failed; `asked` if a command on this trial ended it."""

    number: int
    state: TrialState
    reason: str = ""
    problem: Problem | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """Further objectives of trials were measured after they ended.

    Parameters
    ----------
    trials
        For each trial: ``number``, ``values`` and ``spreads`` by objective, and ``problems`` in words.
    """

    trials: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class BaselineMeasured:
    """The user's own model was measured on the folds as a baseline.

    Parameters
    ----------
    name
        Its name; an earlier baseline with this name is replaced.
    scores
        (fold, score) of each fold, greater is better.
    seconds
        Wall time of all folds.
    problem
        The reason why it has no scores.
    """

    name: str
    scores: tuple[tuple[int, float], ...]
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """The preference model's conclusions after an answer or a goal.

    Parameters
    ----------
    answers
        Number of answers behind it.
    recommended
        The trial with the highest expected utility.
    certainty
        Certainty about which of two models on the Pareto front the user prefers, 0 to 1.
    sentence
        The conclusions as a sentence.
    """

    answers: int
    recommended: int | None
    certainty: float
    sentence: str


@dataclass(frozen=True, slots=True)
class EnsembleChanged:
    """The ensemble changed.

    Parameters
    ----------
    members
        Weights by trial number, greatest first.
    score, std
        Mean and standard deviation of its scores over folds, as of a trial; older journals have the score on all
        validation rows together, and no deviation.
    """

    members: tuple[tuple[int, float], ...]
    score: float
    std: float | None = None


@dataclass(frozen=True, slots=True)
class HoldoutMeasured:
    """The holdout was evaluated, once.

    Parameters
    ----------
    trial
        The recommended trial.
    best
        Score of its model.
    ensemble
        Score of the ensemble; None without one.
    rows
        Rows of the holdout.
    models
        Each offered model, the recommended one first; empty in older journals.
    metric
        Name of the scorer; "" for the metric of the original task.
    row_set
        Key of the set of rows; "" for the rows of the original task.
    seen
        Rows of the holdout that trials had used before, on another division of the rows.
    """

    trial: int
    best: float
    ensemble: float | None
    rows: int
    models: tuple[OfferedModel, ...] = ()
    metric: str = ""
    row_set: str = ""
    seen: int = 0

    @property
    def judged_by(self) -> tuple[str, str]:
        """Metric and rows, as of `DataChoices.judged_by`."""
        return self.metric, self.row_set

    def model(self, name: str) -> OfferedModel | None:
        """Return an offered model by its name."""
        return next((one for one in self.models if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Rescored:
    """Trials were scored by another metric, on their stored predictions.

    Parameters
    ----------
    view
        The view with this metric, on the columns that the trials were fitted on.
    trials
        Number of each trial and the score of each of its folds; none where the metric has no value on them.
    """

    view: int
    trials: tuple[tuple[int, tuple[tuple[int, float], ...]], ...]


@dataclass(frozen=True, slots=True)
class HoldoutFailed:
    """The holdout could not be evaluated."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """A command could not be carried out."""

    command: Mapping[str, Any] = field(default_factory=dict)
    message: str = ""
    remedy: str = ""


Event = (
    Opened
    | Loaded
    | GenerationOpened
    | Steered
    | BeliefJudged
    | NudgesOffered
    | NudgeAnswered
    | BatchAsked
    | Noted
    | Started
    | Paused
    | Resumed
    | Finishing
    | Finished
    | Failed
    | BudgetSet
    | AutonomySet
    | TrialQueued
    | TrialStarted
    | TrialRequeued
    | FoldDone
    | TrialEnded
    | Measured
    | WarningAnswered
    | BaselineMeasured
    | Learnt
    | EnsembleChanged
    | HoldoutMeasured
    | HoldoutFailed
    | Rescored
    | Rejected
)


@dataclass(frozen=True, slots=True)
class Record:
    """An event with its place in the session.

    Parameters
    ----------
    seq
        1, 2, 3, … without gaps.
    time
        Seconds since the epoch.
    elapsed
        Seconds on the search's clock, which stops while paused.
    author
        The author: the user or the search.
    cause
        Id of the command that caused it, or "".
    event
        The event.
    """

    seq: int
    time: float
    elapsed: float
    author: Author
    cause: str
    event: Event


_TYPES: dict[str, type[Any]] = {cls.__name__: cls for cls in Event.__args__}


def event_name(event: Event) -> str:
    """Return the name of an event in the journal."""
    return type(event).__name__


def event_body(event: Event) -> dict[str, Any]:
    """Return the JSON body of an event, without fields at their defaults where possible."""
    body = asdict(event)
    if isinstance(event, Steered):
        idle = [key for key in ("answers", "discarded", "restored", "reviewed", "unreviewed") if not body[key]]
        return {key: value for key, value in body.items() if value is not None and value != "" and key not in idle}
    if isinstance(event, FoldDone) and not event.fold.measures:
        del body["fold"]["measures"]
    if isinstance(event, TrialStarted) and not event.view:
        del body["view"]
    if isinstance(event, TrialEnded) and not event.asked:
        del body["asked"]
    if isinstance(event, HoldoutMeasured) and not event.models:
        del body["models"]
    if isinstance(event, TrialQueued):
        reasons = {key: value for key, value in body.pop("reasons").items() if value}
        body |= {"reasons": reasons} if reasons else {}
    return body


def _offered(one: Mapping[str, Any]) -> OfferedModel:
    success, ahead = one.get("success"), one.get("ahead")
    return OfferedModel(
        **{
            **one,
            "members": _members(one["members"]),
            "success": None if success is None else tuple(success),
            "ahead": None if ahead is None else tuple(ahead),
            "against": tuple(map(tuple, one.get("against", ()))),
        }
    )


def _members(given: Iterable[Iterable[Any]]) -> tuple[tuple[int, float], ...]:
    return tuple((int(number), float(weight)) for number, weight in given)


def event_from(name: str, body: Mapping[str, Any]) -> Event:
    """Return the event with this name and JSON body; fields added by a newer version are ignored."""
    cls = _TYPES[name]
    known = {one.name for one in fields(cls)}
    values: dict[str, Any] = {key: value for key, value in body.items() if key in known}
    if cls is TrialQueued:
        reasons = values.get("reasons") or {}
        reasons = Reasons(**{**reasons, "near": tuple(reasons.get("near", ()))})
        values |= {"author": Author(values["author"]), "origin": Origin(values["origin"]), "reasons": reasons}
    elif cls is FoldDone:
        values["fold"] = Fold(**{**values["fold"], "warnings": tuple(values["fold"].get("warnings", ()))})
    elif cls is TrialEnded:
        problem = values.get("problem")
        values |= {"state": TrialState(values["state"]), "problem": Problem(**problem) if problem else None}
    elif cls is BaselineMeasured:
        values["scores"] = tuple((int(fold), float(score)) for fold, score in values["scores"])
    elif cls is EnsembleChanged:
        values["members"] = _members(values["members"])
    elif cls is HoldoutMeasured:
        models = values.get("models", ())
        values["models"] = tuple(map(_offered, models))
    elif cls is Rescored:
        values["trials"] = tuple(
            (int(number), tuple((int(fold), float(score)) for fold, score in scores))
            for number, scores in values["trials"]
        )
    elif cls in (Steered, NudgesOffered, Measured):
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    event: Event = cls(**values)
    return event

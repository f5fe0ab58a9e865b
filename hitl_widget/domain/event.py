"""What happened. The state of a session is the fold of its events, so these are all that a journal holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

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
    """A session was taken up again from its journal."""

    version: str = ""


@dataclass(frozen=True, slots=True)
class GenerationOpened:
    """From here on, proposals come from this search space."""

    number: int
    space: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """The search began."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Nothing new is started."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """The search goes on."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """The search ends: the holdout is being measured."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The search ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The search itself broke: no worker can run."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class BudgetSet:
    """The limits of the search are these now."""

    seconds: float | None
    trials: int | None


@dataclass(frozen=True, slots=True)
class AutonomySet:
    """Who takes the next step."""

    level: str


@dataclass(frozen=True, slots=True)
class Steered:
    """The steering changed. What is None stays as it was.

    Parameters
    ----------
    step
        ``"do"`` a new act, ``"undo"`` or ``"redo"`` an earlier one.
    act
        Number of the act.
    kind, title, why
        What it was (of a new act).
    space
        The search space from here on, which opens a generation of this number.
    base
        The space as given, when a learner was added to it.
    learners
        Names and labels of learners of the person's own that were added.
    beliefs
        All beliefs from here on.
    preferences
        What good means from here on; answers, which only grow, as those that were added (`answers`) where that is all.
    answers
        Answers that were added to those before, each (first, second, answer).
    discarded, restored
        Trials taken out of the evidence, and brought back.
    data
        How the columns enter the models from here on, which opens a generation of this number.
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


@dataclass(frozen=True, slots=True)
class BeliefJudged:
    """The evidence on a belief says this now."""

    about: str
    kind: str
    sentence: str
    trials: int
    confidence: float


@dataclass(frozen=True, slots=True)
class NudgesOffered:
    """The machine proposes these, the greatest worth first; earlier proposals are withdrawn."""

    nudges: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class NudgeAnswered:
    """A proposal was answered: with one of its answers, ``"later"`` or ``"never"``."""

    key: str
    answer: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class WarningAnswered:
    """A person answered a warning: by one of its answers, or in words of their own."""

    key: str
    answer: str


@dataclass(frozen=True, slots=True)
class BatchAsked:
    """So many proposals of the machine were asked for, while the person drives."""

    count: int


@dataclass(frozen=True, slots=True)
class Noted:
    """A person wrote this into the record."""

    text: str


@dataclass(frozen=True, slots=True)
class TrialQueued:
    """A configuration waits to be evaluated."""

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
    """A trial that was running when the session broke off waits again, from its first fold."""

    number: int


@dataclass(frozen=True, slots=True)
class FoldDone:
    """A fold of a trial was measured."""

    number: int
    fold: Fold


@dataclass(frozen=True, slots=True)
class TrialEnded:
    """A trial is complete, stopped or failed."""

    number: int
    state: TrialState
    reason: str = ""
    problem: Problem | None = None


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
    """A model of the person's own was measured on the folds, to be held against.

    Parameters
    ----------
    name
        How it is called; another one of this name is replaced.
    scores
        (fold, score) of each fold, greater is better.
    seconds
        Wall time of all folds.
    problem
        Why it has no scores, in words.
    """

    name: str
    scores: tuple[tuple[int, float], ...]
    seconds: float
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the person's answers and goals say now.

    Parameters
    ----------
    answers
        How many answers it rests on.
    recommended
        The trial that is expected to be worth most to the person.
    certainty
        How sure it is which of two models on the Pareto front the person prefers, 0 to 1.
    sentence
        What was learnt, in words.
    """

    answers: int
    recommended: int | None
    certainty: float
    sentence: str


@dataclass(frozen=True, slots=True)
class EnsembleChanged:
    """The best weighted average of trials is this now; weights by trial number, greatest first."""

    members: tuple[tuple[int, float], ...]
    score: float


@dataclass(frozen=True, slots=True)
class HoldoutMeasured:
    """The rows kept aside were predicted, once."""

    trial: int
    best: float
    ensemble: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class HoldoutFailed:
    """The rows kept aside could not be predicted."""

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
        Seconds on the search's clock, which stands still while paused.
    author
        Who caused it.
    cause
        Id of the command that caused it, or "".
    event
        What happened.
    """

    seq: int
    time: float
    elapsed: float
    author: Author
    cause: str
    event: Event


_TYPES: dict[str, type[Any]] = {cls.__name__: cls for cls in Event.__args__}


def event_name(event: Event) -> str:
    """Return the name under which a journal keeps an event."""
    return type(event).__name__


def event_body(event: Event) -> dict[str, Any]:
    """Return the JSON body of an event; what says nothing is left out where it can be."""
    body = asdict(event)
    if isinstance(event, Steered):
        idle = [key for key in ("answers", "discarded", "restored") if not body[key]]
        return {key: value for key, value in body.items() if value is not None and value != "" and key not in idle}
    if isinstance(event, FoldDone) and not event.fold.measures:
        del body["fold"]["measures"]
    if isinstance(event, TrialStarted) and not event.view:
        del body["view"]
    if isinstance(event, TrialQueued):
        reasons = {key: value for key, value in body.pop("reasons").items() if value}
        body |= {"reasons": reasons} if reasons else {}
    return body


def event_from(name: str, body: Mapping[str, Any]) -> Event:
    """Make an event from its name and JSON body; fields that a newer version added are left out."""
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
        values["members"] = tuple((int(number), float(weight)) for number, weight in values["members"])
    elif cls in (Steered, NudgesOffered, Measured):
        values = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    event: Event = cls(**values)
    return event

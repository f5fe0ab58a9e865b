"""The messages between kernel and browser. `js/src/protocol/messages.ts` is generated from this file.

Kernel to browser: `Snapshot` (answer to `hello` when the gap is too large), `Delta` (pushed, at most 20 a second),
`Reply`. Browser to kernel: `Request`. Each request has an id of the browser's choice and gets exactly one `Reply` with
that id. A message with many rows comes as UTF-8 JSON in its first buffer, under the content ``{"type": "packed"}``.

`seq` numbers the state of the session. A `Delta` holds what changed between `from` and `seq`; a browser whose own seq
is not `from` asks with `hello` and gets, as the reply's result, a `Snapshot` or a `Delta` that closes the gap.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

__all__ = [
    "VERSION",
    "ActInfo",
    "Baseline",
    "BeliefInfo",
    "Best",
    "Budget",
    "Chip",
    "Counts",
    "Delta",
    "Ensemble",
    "EnsembleMember",
    "FamilyInfo",
    "FoldInfo",
    "GenerationInfo",
    "Holdout",
    "ImportanceInfo",
    "MetricInfo",
    "Notice",
    "NudgeAnswer",
    "NudgeInfo",
    "ParameterInfo",
    "RangeInfo",
    "Refusal",
    "Reply",
    "Request",
    "SessionInfo",
    "Setting",
    "Snapshot",
    "SpacePreview",
    "Status",
    "Steering",
    "StoryRow",
    "Suggestion",
    "TrialDetail",
    "TrialMark",
    "TrialRow",
]

VERSION = 3

Phase = Literal["ready", "running", "paused", "finishing", "finished", "failed"]
"""ready: nothing started yet. finishing: the holdout is being measured. failed: the search itself broke."""
State = Literal["queued", "running", "complete", "stopped", "failed"]
Author = Literal["you", "machine"]
Origin = Literal["baseline", "start", "sampler", "belief", "nudge", "own", "edit", "grid"]
"""Why a trial exists: baseline, starting configuration, the sampler, a belief, an accepted nudge, the person's own, the
person's edit of another, one of a grid."""

TrialRow = tuple[
    int,  # number
    State,
    str,  # family
    float | None,  # score (greater is better; multiply by metric.sign to show), over the folds done so far
    float | None,  # std: standard deviation over folds, null with fewer than two
    int,  # folds done
    float,  # seconds of work so far
    float | None,  # finished_at: seconds since the search started
    Author,
    Origin,
    int | None,  # parent: the trial it was edited from
    int,  # generation
    list[Any],  # values, in the order of FamilyInfo.parameters
]

TrialMark = tuple[
    int,  # number
    State,
    float | None,  # score
    float | None,  # std
    int,  # folds done
    float,  # seconds
    float | None,  # finished_at
]
"""What changes of a trial whose row the browser has; fields as in `TrialRow`."""


class MetricInfo(TypedDict):
    scorer: str
    label: str
    sign: int
    of_target: bool


class ParameterInfo(TypedDict):
    """A hyperparameter; in `FamilyInfo` as first given, in `Steering.space` as it is searched today."""

    name: str
    label: str
    kind: Literal["float", "int", "categorical"]
    low: float | None
    high: float | None
    log: bool
    choices: list[Any] | None
    default: Any
    legal_low: float | None
    """Least value that the estimator accepts; null for none."""
    legal_high: float | None
    legal: list[Any] | None
    """Every choice that the estimator accepts."""


class FamilyInfo(TypedDict):
    name: str
    label: str
    story: str
    colour: str
    baseline: bool
    """The constant guess that every score is held against: it cannot be excluded."""
    parameters: list[ParameterInfo]


class Chip(TypedDict):
    text: str
    detail: str
    tone: Literal["plain", "warn"]


class SessionInfo(TypedDict):
    id: str
    target: str
    kind: Literal["binary", "multiclass", "regression"]
    metric: MetricInfo
    sentence: str
    split: str
    folds: int
    chips: list[Chip]
    families: list[FamilyInfo]
    workers: int
    journal: str
    rows: int
    holdout_rows: int


class Counts(TypedDict):
    queued: int
    running: int
    complete: int
    stopped: int
    failed: int


class Budget(TypedDict):
    seconds: float | None
    trials: int | None
    used_seconds: float
    ticking: bool
    """True while the budget's clock runs: the browser adds the time since the message came."""


class Best(TypedDict):
    number: int
    family: str
    score: float
    std: float | None


class Baseline(TypedDict):
    number: int
    label: str
    score: float
    std: float | None


class EnsembleMember(TypedDict):
    number: int
    weight: float


class Ensemble(TypedDict):
    score: float
    members: list[EnsembleMember]


class Holdout(TypedDict):
    rows: int
    best: float
    ensemble: float | None
    sentence: str


class Notice(TypedDict):
    level: Literal["info", "warn", "error"]
    text: str
    remedy: str


class Status(TypedDict):
    phase: Phase
    headline: str
    """What is sure: the leading sentence, made from the numbers."""
    aside: str
    """What is uncertain about it; shown in grey behind the headline."""
    improving: str
    """Answer to "Is it still improving?"."""
    counts: Counts
    budget: Budget
    best: Best | None
    baselines: list[Baseline]
    ensemble: Ensemble | None
    holdout: Holdout | None
    notices: list[Notice]
    autonomy: Literal["user", "cruise", "autopilot"]
    granted: int
    """Proposals of the machine still owed of a batch, while the person drives."""
    nudges: list[NudgeInfo]
    """At most two."""
    story: int
    """Rises with each line of the story; ask with `story`."""


class RangeInfo(TypedDict):
    """What the search may choose today for one hyperparameter."""

    name: str
    low: float | None
    high: float | None
    log: bool
    choices: list[Any] | None
    given: bool
    """Whether it is as first given."""


class BeliefInfo(TypedDict):
    about: str
    """A hyperparameter, or "family"."""
    label: str
    around: float | None
    low: float | None
    """One standard deviation below and above the centre."""
    high: float | None
    likely: list[Any]
    strength: Literal["hint", "fair", "strong"]
    verdict: Literal["undecided", "supported", "contradicted"]
    sentence: str
    """Why, with numbers."""
    weight: float
    """How much it still leads the search, from 1 falling to 0."""


class ActInfo(TypedDict):
    number: int
    author: Author
    kind: Literal["space", "learner", "belief", "discard", "undo"]
    title: str
    why: str
    elapsed: float
    undone: bool


class GenerationInfo(TypedDict):
    number: int
    title: str
    author: Author
    elapsed: float
    trials: int
    """Trials begun under it."""
    first: int
    """Trials begun before it."""
    best_before: float | None
    best_after: float | None
    gain: str
    """What it brought, in words for the list: "+0.004", "±0", "–"."""
    act: int | None


class NudgeAnswer(TypedDict):
    id: str
    label: str
    python: str


class NudgeInfo(TypedDict):
    key: str
    question: str
    evidence: str
    effect: str
    answers: list[NudgeAnswer]
    """The first is the one to recommend; "Not now" and "Never" can always be said."""
    trial: int | None
    """A trial to look at."""


class Steering(TypedDict):
    families: list[str]
    """Families in today's space."""
    ranges: list[RangeInfo]
    """All hyperparameters, those of excluded families too."""
    outside: list[int]
    """Trials outside today's space: grey, kept as evidence."""
    discarded: list[int]
    beliefs: list[BeliefInfo]
    acts: list[ActInfo]
    """The changes so far, the last first, at most 50."""
    generations: list[GenerationInfo]
    """The spaces so far, today's first, at most 50."""
    undo: str | None
    """What `undo` would take back, in words."""
    redo: str | None


class StoryRow(TypedDict):
    seq: int
    time: float
    """Seconds since the epoch."""
    elapsed: float
    author: Author
    kind: Literal["run", "trial", "best", "space", "belief", "nudge", "note", "setting", "result"]
    text: str
    detail: str
    act: int | None
    """Number of the act that can be undone from here."""
    undone: bool
    trial: int | None


class SpacePreview(TypedDict):
    """What an edit would do."""

    title: str
    """What changes, in words."""
    python: str
    sentences: list[str]
    outside: int
    """Trials that turn grey by it."""
    back: int
    """Trials that come back by it."""
    outside_after: list[int]
    """All trials that would be outside."""
    of: int
    remains: float | None
    """How much of the changed ranges remains, on the scale of the search; above 1 when widened."""
    best_lost: bool
    best_after: int | None
    running_outside: int
    """Trials in work that would fall outside: they finish or are cancelled, as said."""


class ImportanceInfo(TypedDict):
    family: str
    trials: int
    shares: dict[str, float]
    """By name of the hyperparameter, its share of what decides; empty while there are too few trials."""
    sentence: str


class Suggestion(TypedDict):
    config: dict[str, Any]
    why: str


class Snapshot(TypedDict):
    type: Literal["snapshot"]
    version: int
    epoch: str
    """Changes when the kernel-side session is another one: the browser then drops what it has."""
    seq: int
    session: SessionInfo
    status: Status
    steering: Steering
    rows: list[TrialRow]


Delta = TypedDict(
    "Delta",
    {
        "type": Literal["delta"],
        "epoch": str,
        "from": int,
        "seq": int,
        "rows": NotRequired[list[TrialRow]],
        "marks": NotRequired[list[TrialMark]],
        "status": NotRequired[dict[str, Any]],
        "steering": NotRequired[dict[str, Any]],
        "families": NotRequired[list[FamilyInfo]],
    },
)
"""`rows` replace those of the same number, `marks` change them, `status` and `steering` hold only what changed,
`families` replaces `SessionInfo.families` when a learner was added."""


class Refusal(TypedDict):
    message: str
    remedy: str


class Reply(TypedDict):
    type: Literal["reply"]
    id: str
    ok: bool
    result: NotRequired[Any]
    error: NotRequired[Refusal]


class Request(TypedDict):
    """From the browser.

    `hello` uses epoch and seq; `command`, `code` and `preview` use command; `detail` uses number; `importance` uses
    family; `story` uses seq.

    Results: hello -> Snapshot or Delta; command, once it was carried out -> {"seq": int, "number": int or None,
    "numbers": list of the trials it made, "suggestion": Suggestion or None}; code -> the line of Python that does the
    same (str);
    detail -> TrialDetail; preview (of an edit, not carried out) -> SpacePreview; importance -> ImportanceInfo;
    story -> list of StoryRow after that seq, oldest first (their `undone` may change later: `Steering.acts` tells).

    Commands: {"type": "start"}, {"type": "pause"}, {"type": "resume"}, {"type": "stop"},
    {"type": "set_budget", "seconds": number or null, "trials": integer or null},
    {"type": "set_autonomy", "level": "user", "cruise" or "autopilot"},
    {"type": "propose", "config": {name: value, ...}, "parent": trial number or null},
    {"type": "grid", "config": {...}, "parameter": name, "values": [...], "parent": trial number or null},
    {"type": "batch", "count": integer}, {"type": "suggest"},
    {"type": "cancel", "number": trial number}, {"type": "discard", "number": n}, {"type": "restore", "number": n},
    {"type": "edit", "changes": {name: change, ...}, "include": [family, ...], "exclude": [family, ...],
     "running": "finish" or "cancel"}, where a change is [low, high], {"low": x, "high": y, "log": bool},
     {"fix": value}, {"choices": [...]}, {"add": [...]}, {"remove": [...]} or null for as first given,
    {"type": "undo", "act": number or null}, {"type": "redo"},
    {"type": "believe", "about": name or "family", "around": x, "spread": share of the range, "strength": word} or with
     "likely": [...] instead of around and spread, {"type": "withdraw", "about": name},
    {"type": "answer_nudge", "key": key, "answer": "accept", an answer's id, "later" or "never"},
    {"type": "note", "text": text}.
    """

    type: Literal["hello", "command", "code", "detail", "preview", "importance", "story"]
    id: str
    epoch: NotRequired[str | None]
    seq: NotRequired[int | None]
    command: NotRequired[dict[str, Any]]
    number: NotRequired[int]
    family: NotRequired[str]


class Setting(TypedDict):
    name: str
    label: str
    value: Any
    default: bool
    """True when the value is the default of the space."""


class FoldInfo(TypedDict):
    fold: int
    score: float
    seconds: float


class TrialDetail(TypedDict):
    number: int
    label: str
    story: str
    """The family in plain words."""
    why: str
    """Who proposed it and why."""
    generation: str
    """Under which space it was proposed, in words."""
    near: list[int]
    """Its nearest good trials, for what the machine proposed."""
    standing: str
    """Why it is grey: outside today's space, or discarded; "" when it counts."""
    verdict: str
    """How it did, in words, with the uncertainty."""
    settings: list[Setting]
    fitted: list[Setting]
    """What the fit found itself, such as the number of boosting rounds."""
    folds: list[FoldInfo]
    prepare_seconds: float
    fit_seconds: float
    predict_ms: float | None
    """Milliseconds to predict 1,000 rows."""
    model_bytes: int | None
    warnings: list[str]
    error: Notice | None
    traceback: str
    python: str

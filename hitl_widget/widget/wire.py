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
    "AnswerInfo",
    "AuditInfo",
    "Baseline",
    "BeliefInfo",
    "Best",
    "Budget",
    "CardInfo",
    "ChallengeInfo",
    "Chip",
    "ColumnDetail",
    "ColumnRow",
    "Concept",
    "ConstraintInfo",
    "Counts",
    "Curve",
    "DataInfo",
    "DataPreview",
    "Delta",
    "DifferenceInfo",
    "DistributionInfo",
    "Ensemble",
    "EnsembleMember",
    "FactInfo",
    "FamilyInfo",
    "FoldInfo",
    "GenerationInfo",
    "GoalsInfo",
    "GroupInfo",
    "Holdout",
    "ImportanceInfo",
    "MetricInfo",
    "Notice",
    "NudgeAnswer",
    "NudgeInfo",
    "ObjectiveInfo",
    "OpenWarnings",
    "PairInfo",
    "ParameterInfo",
    "PictureInfo",
    "PreferencesInfo",
    "QuestionInfo",
    "RangeInfo",
    "RecentSession",
    "Refusal",
    "Reply",
    "Request",
    "RoleInfo",
    "SessionHead",
    "SessionInfo",
    "Sessions",
    "Setting",
    "Snapshot",
    "SpacePreview",
    "Status",
    "Steering",
    "StoryRow",
    "Suggestion",
    "TradeInfo",
    "TransformInfo",
    "TrialDetail",
    "TrialMark",
    "TrialRow",
    "ViewInfo",
    "ViewOffer",
    "Views",
    "WarningAnswer",
    "WarningInfo",
    "WarningsInfo",
    "WayInfo",
    "WorthInfo",
]

VERSION = 5

Phase = Literal["ready", "running", "paused", "finishing", "finished", "failed"]
"""ready: nothing started yet. finishing: the holdout is being measured. failed: the search itself broke."""
State = Literal["queued", "running", "complete", "stopped", "failed"]
Author = Literal["you", "machine"]
Origin = Literal["baseline", "start", "sampler", "belief", "nudge", "own", "edit", "grid"]
"""Why a trial exists: baseline, starting configuration, the sampler, a belief, an accepted nudge, the person's own, the
person's edit of another, one of a grid."""

Severity = Literal["high", "medium", "low"]
"""How much a score may be untrue if nothing is done."""
ColumnRole = Literal["numeric", "categorical", "date", "text", "ignored"]
Spread = Literal["numbers", "categories", "dates", "lengths", "none"]

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
    list[float | None],  # further objectives as people read them, in the order of Status.measured; [] for none yet
]

TrialMark = tuple[
    int,  # number
    State,
    float | None,  # score
    float | None,  # std
    int,  # folds done
    float,  # seconds
    float | None,  # finished_at
    list[float | None],  # further objectives
]
"""What changes of a trial whose row the browser has; fields as in `TrialRow`."""


ColumnRow = tuple[
    str,  # name
    ColumnRole,  # role
    bool,  # given: the role was set by the person
    str,  # kind: what its cells are, in words; "" while it is not known
    int,  # missing cells
    int,  # distinct values
    float | None,  # strength: what it says of the target alone, 0 to 1; null where it is left out, or not known yet
    Spread,
    list[int],  # bars: heights from 0 to 100, what is not shown by itself at the end; [] while they are not known
    str,  # filling: how missing cells are filled, "auto", a way or "value"
    str,  # encoding
]
"""A column of the table as it is used today."""


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
    classes: list[str]
    """Labels of the classes, in order; empty for regression."""


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
    measured: list[str]
    """Names of the further objectives in the rows; it only grows."""
    preferred: Best | None
    """What the person is expected to prefer, once answers or goals say so; it may be the best by the metric."""
    wishes: int
    """Rises when `preferences` would answer something else."""
    warnings: OpenWarnings | None
    """Null while nobody has looked for any."""
    warned: int
    """Rises when `warnings` would answer something else."""
    data: int
    """Rises when `profile` would answer something else."""


class OpenWarnings(TypedDict):
    """What may make scores untrue and was not answered."""

    open: int
    severity: Severity
    """Of the gravest; low for none."""
    sentence: str
    """The gravest, in words; "" for none."""


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
    kind: Literal["space", "learner", "belief", "discard", "objective", "constraint", "answer", "goal", "data", "undo"]
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
    kind: Literal["run", "trial", "best", "space", "belief", "preference", "nudge", "note", "setting", "result", "data"]
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


class ObjectiveInfo(TypedDict):
    """Something that can be better or worse about a trial. Values are as people read them: an RMSE, not minus it."""

    name: str
    label: str
    direction: Literal["higher", "lower"]
    """Which values are better."""
    unit: str
    log: bool
    """People think in ratios: draw it on a logarithmic axis."""
    points: bool
    """Hundredths are read as points: 0.004 is "0.4 points"."""
    main: bool
    """The metric of the task; it is always there, first."""
    own: bool
    """Added by the person."""
    story: str
    """What it is, in one sentence."""
    goal: float | None
    """The weight that the person gave it, if any."""
    share: float | None
    """How much it counts, as learnt, 0 to 1; null before there is an answer or a goal."""
    low: float | None
    """80 % of the probability lie between low and high."""
    high: float | None
    measured: int
    """Trials with a value."""
    of: int
    """Complete trials."""
    waiting: int
    """Trials that are still to be measured."""
    problem: str
    """Why some could not be measured, or ""."""


class ConstraintInfo(TypedDict):
    text: str
    """As typed; `require` takes it, `relax` lets go of it."""
    about: str
    """Name of an objective, or "family"."""
    label: str
    op: Literal["<", "<=", ">", ">=", "in"]
    limit: float | None
    families: list[str]
    hard: bool
    kept: int
    broken: int
    unknown: int
    """Trials of which it is not known (yet)."""
    sentence: str
    """How many trials keep it, in words."""


class AnswerInfo(TypedDict):
    first: int
    second: int
    answer: Literal["a", "b", "equal", "skip"]
    act: int | None
    """Number of the act: `undo` takes it."""
    sentence: str
    doubt: str
    """Why the other answers contradict it, or ""."""


class QuestionInfo(TypedDict):
    first: int
    """Shown as A, at the left."""
    second: int
    gain: float
    left: float
    sentence: str
    """Why this pair: what an answer is expected to teach."""


class TradeInfo(TypedDict):
    give: str
    take: str
    """Names of the objectives: what is given up for a gain in what."""
    known: bool
    confidence: float
    sentence: str


class ChallengeInfo(TypedDict):
    """The simplest model within the noise of the winner."""

    winner: int
    rival: int
    sentence: str
    lost: list[str]
    gained: list[str]


class GoalsInfo(TypedDict):
    weights: dict[str, float]
    strength: Literal["hint", "fair", "strong"]


class PreferencesInfo(TypedDict):
    """What good means, as far as it was said and learnt."""

    sentence: str
    """The leading sentence."""
    objectives: list[ObjectiveInfo]
    """Today's, the metric of the task first."""
    offered: list[ObjectiveInfo]
    """What else can be measured."""
    groups: list[str]
    """Columns that may hold groups of people, for "demographic_parity:column" and the audit."""
    constraints: list[ConstraintInfo]
    answers: list[AnswerInfo]
    """The last first."""
    question: QuestionInfo | None
    enough: str
    """Why there is no question: nothing to compare yet, or another answer would hardly change anything; or ""."""
    learnt: list[str]
    """What the answers say, in words, the most certain first."""
    trades: list[TradeInfo]
    certainty: float
    """How sure it is which of two models on the front is preferred, from 0, a toss-up, to 1: the mean of |2p - 1|."""
    preferred: int | None
    best: int | None
    challenge: ChallengeInfo | None
    front: list[int]
    """The Pareto front of today's objectives among the trials that count and keep the hard constraints."""
    broken: list[int]
    """Complete trials that break a hard constraint, or of which that is not known."""
    goals: GoalsInfo | None


class WorthInfo(TypedDict):
    """What each complete trial is expected to be worth to the person: 0 the worst of the front, 1 the best."""

    numbers: list[int]
    worth: list[float]
    spread: list[float]
    """One standard deviation."""


class FactInfo(TypedDict):
    name: str
    label: str
    text: str
    """The value with its unit and uncertainty."""


class CardInfo(TypedDict):
    number: int
    label: str
    colour: str
    score: str
    """The metric with its uncertainty, such as "ROC AUC 0.846 ± 0.006"."""
    facts: list[FactInfo]
    """Its objectives, in their order."""
    settings: list[str]
    """What is not at its default, in words, at most six."""


class DifferenceInfo(TypedDict):
    name: str
    label: str
    better: Literal["a", "b", "equal", "unknown"]
    """Which is better by more than can be told apart."""
    text: str
    """Of A against B, in words: "0.3 points better", "4× slower", "12 columns fewer"."""


class PairInfo(TypedDict):
    a: CardInfo
    b: CardInfo
    differences: list[DifferenceInfo]
    sentence: str
    """The pair in one sentence."""
    pictures: list[Literal["roc", "calibration", "residuals"]]
    """What can be shown of both."""


class Curve(TypedDict):
    number: int
    points: list[list[float]]
    """roc: [false positive rate, true positive rate]; calibration: [predicted, observed, low, high, rows];
    residuals: [predicted, error]."""


class PictureInfo(TypedDict):
    kind: Literal["roc", "calibration", "residuals"]
    x: str
    y: str
    sentence: str
    curves: list[Curve]


class GroupInfo(TypedDict):
    label: str
    rows: int
    share: float
    small: bool
    """Too few rows for its figures to mean much."""
    figures: list[list[float | None]]
    """For each of `AuditInfo.figures`: [value, low, high]."""


class AuditInfo(TypedDict):
    """How a model treats the groups of a column. Figures and a sentence, never a verdict."""

    column: str
    number: int
    figures: list[str]
    """What is measured in each group, in words; the first is the metric."""
    groups: list[GroupInfo]
    sentence: str
    notes: list[str]


class ViewOffer(TypedDict):
    """A view that can be asked for."""

    name: str
    level: Literal["model", "algorithm", "search", "comparison", "data"]
    question: str
    takes: list[str]
    """Names of its options: "trial" (a number, or "ensemble"), "column", "row", "of" (a class), "changes", "centred",
    "threshold", "false_alarm", "miss", "family", "parameter", "around"."""


class ViewInfo(TypedDict):
    """One explanation: a question, its answer in words, the rows that its charts draw."""

    name: str
    level: Literal["model", "algorithm", "search", "comparison", "data"]
    question: str
    sentences: list[str]
    """The first can be read alone."""
    data: dict[str, list[dict[str, Any]]]
    """Rows of each dataset, by the name under which the charts' specifications ask for it."""
    charts: list[str]
    """Names of specifications, the first one foremost."""
    notes: list[str]
    concept: str
    """Title and text for learners, from the offered concepts; "" for none."""
    about: dict[str, Any]
    """What it is of: "trial", "family", "column", "row"."""
    options: dict[str, list[Any]]
    """What can be asked otherwise: values by the name of the option."""
    partial: bool
    """More rows are coming: ask again with the next step."""


class Concept(TypedDict):
    title: str
    text: str


class Views(TypedDict):
    offers: list[ViewOffer]
    columns: list[str]
    """Columns in use."""
    rows: int
    concepts: dict[str, Concept]


class DistributionInfo(TypedDict):
    """How values are spread over all rows."""

    kind: Spread
    labels: list[str]
    """A label for each bar."""
    counts: list[int]
    below: int
    """Rows below the first bar: far values do not squeeze the others."""
    above: int
    other: int
    """Rows of the categories that are not shown."""


class WayInfo(TypedDict):
    way: str
    label: str


class RoleInfo(TypedDict):
    role: ColumnRole
    label: str
    story: str
    """What it means for the models, in one sentence."""
    fillings: list[WayInfo]
    """Ways to fill missing cells; a value of one's own can be given where `values` says so."""
    values: Literal["none", "number", "text"]
    encodings: list[WayInfo]
    """Ways to make numbers of categories; one means that there is nothing to choose."""


class TransformInfo(TypedDict):
    """A transform of the person's own."""

    name: str
    columns: list[str]
    what: str


class DataInfo(TypedDict):
    """The table and its columns."""

    sentence: str
    notes: list[str]
    """What was done to the table when it was read."""
    target: str
    spread: DistributionInfo
    """How the target is spread."""
    about: str
    """What is learnt of the target, in words."""
    metric: str
    """In which metric columns are held against the target."""
    rows: list[ColumnRow]
    """In the order of the table, at most 2,000."""
    total: int
    """All columns, without the target."""
    rest: str
    """Which columns are not among the rows, in words; "" for none."""
    reading: bool
    """The columns are still being looked at: `Status.data` rises when it is done."""
    roles: list[RoleInfo]
    transforms: list[TransformInfo]
    python: str
    """How a transform is added, as a line of Python."""


class ColumnDetail(TypedDict):
    name: str
    role: ColumnRole
    reason: str
    understood: ColumnRole
    """The role that was understood from the table."""
    because: str
    """Why."""
    kind: str
    missing: int
    distinct: int
    examples: list[str]
    spread: DistributionInfo
    relation: str
    """What it says of the target alone, in words; "" where it is left out."""
    filling: str
    value: float | str | None
    """What missing cells are filled with, where that is a value."""
    encoding: str


class DataPreview(TypedDict):
    """What a change of the data would do."""

    title: str
    python: str
    sentence: str
    leave: int
    """Trials that turn grey by it."""
    back: int
    """Trials that come back by it."""
    running: int
    """Trials in work, which read the columns as they were: they finish or are cancelled, as said."""
    best_leaves: bool


class WarningAnswer(TypedDict):
    id: str
    label: str
    python: str
    """What to write where no click can do it, or the line that does the same; "" where nothing is to be done."""
    command: dict[str, Any] | None
    """What the answer does, to be sent beside it; null for nothing, or for what only Python can do."""


class WarningInfo(TypedDict):
    key: str
    severity: Severity
    sentence: str
    evidence: str
    remedy: str
    columns: list[str]
    answers: list[WarningAnswer]
    """The first is what the remedy advises; a warning can also be answered in words."""
    answer: str
    """What the person said; "" while it is open."""
    holds: bool
    """Whether it is still so."""


class WarningsInfo(TypedDict):
    sentence: str
    open: list[WarningInfo]
    """The gravest first."""
    answered: list[WarningInfo]
    looking: bool
    """The table is still being looked at: `Status.warned` rises when it is done."""


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
    detail -> TrialDetail; preview (not carried out; of an edit) -> SpacePreview, (of a change of the data) ->
    DataPreview; importance -> ImportanceInfo;
    story -> list of StoryRow after that seq, oldest first (their `undone` may change later: `Steering.acts` tells);
    preferences -> PreferencesInfo; worth -> WorthInfo; pair (of `numbers`, two) -> PairInfo; picture (of `numbers`, one
    or two, with a `kind`) -> PictureInfo; audit (of trial `number` by `column`) -> AuditInfo; views -> Views; explain
    (`view`, `options`, `step` from 0: a partial view is followed up with the next step) -> ViewInfo; stop_look (`look`,
    the id of an explain request that is still open: it is then refused) -> null; profile -> DataInfo; column (by its
    name, `column`) -> ColumnDetail; warnings -> WarningsInfo.

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
    {"type": "note", "text": text},
    {"type": "set_objectives", "names": [name, ...]} (the metric of the task may be left out),
    {"type": "add_objective", "name": word, "label": text, "direction": "higher" or "lower", "unit": text,
     "matrix": [[cost of true class i predicted as j, ...], ...]} (classes in the order of SessionInfo.classes),
    {"type": "require", "text": "predict_ms < 5" or "family in linear, lightgbm", "hard": bool} (replaces one on the
     same side of the same objective), {"type": "relax", "text": text or name},
    {"type": "prefer", "first": number, "second": number, "answer": "a", "b", "equal" or "skip"} (`undo` with the
     answer's act takes it back), {"type": "set_goals", "weights": {name: number of 0 or more, ...},
     "strength": "hint", "fair" or "strong"} (no weights: none),
    {"type": "answer_warning", "key": key, "answer": text},
    {"type": "change_data", "roles": {column: role or "auto", ...}, "filling": {column: way or {"value": x}, ...},
     "encoding": {column: way, ...}, "running": "finish" or "cancel"}, {"type": "remove_transform", "name": name}.
    """

    type: Literal[
        "hello",
        "command",
        "code",
        "detail",
        "preview",
        "importance",
        "story",
        "preferences",
        "worth",
        "pair",
        "picture",
        "audit",
        "views",
        "explain",
        "stop_look",
        "profile",
        "column",
        "warnings",
    ]
    id: str
    epoch: NotRequired[str | None]
    seq: NotRequired[int | None]
    command: NotRequired[dict[str, Any]]
    number: NotRequired[int]
    numbers: NotRequired[list[int]]
    kind: NotRequired[str]
    column: NotRequired[str]
    family: NotRequired[str]
    view: NotRequired[str]
    options: NotRequired[dict[str, Any]]
    step: NotRequired[int]
    look: NotRequired[str]


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
    """Why it is grey: outside today's space, discarded, or against a constraint; "" when it counts."""
    objectives: list[FactInfo]
    """Today's objectives but the metric, each with its value or why there is none."""
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


class SessionHead(TypedDict):
    """A live session in the sidebar."""

    id: str
    target: str
    kind: Literal["binary", "multiclass", "regression"]
    metric: MetricInfo
    sentence: str
    """What was understood of the task."""
    status: Status
    best: str
    """Name of the best one's family, or ""."""
    warnings: list[WarningInfo]
    """Those that are open, the gravest first, at most three."""
    more_warnings: int
    """How many more are open."""
    journal: str
    cell: str | None
    """Id of the cell that showed it, or made it."""


class Sessions(TypedDict):
    """The sidebar's whole content, in the order in which the sessions began.

    In the sidebar's comm the messages of a session's dashboard travel as {"type": "of", "session": id, "message": ...},
    both ways; "leave" with a session ends the pushes that "hello" began. Requests of the sidebar itself: "list" ->
    Sessions, "recent" -> list of RecentSession; replies are `Reply`. {"type": "here", "target": ...} says that there
    are sessions, to whoever has not asked yet.
    """

    type: Literal["sessions"]
    target: Literal["hitl_widget.sidebar"]
    """The comm's target: a page that does not have the comm yet knows it by this."""
    version: int
    sessions: list[SessionHead]


class RecentSession(TypedDict):
    """A journal in the person's data folder."""

    journal: str
    target: str
    time: float
    """When something last happened, in seconds since the epoch."""
    trials: int
    """Trials that ended."""
    seconds: float
    """On the search's clock."""
    ended: bool
    """Whether the search came to its end."""

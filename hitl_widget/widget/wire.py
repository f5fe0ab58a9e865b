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
    "Baseline",
    "Best",
    "Budget",
    "Chip",
    "Counts",
    "Delta",
    "Ensemble",
    "EnsembleMember",
    "FamilyInfo",
    "FoldInfo",
    "Holdout",
    "MetricInfo",
    "Notice",
    "ParameterInfo",
    "Refusal",
    "Reply",
    "Request",
    "SessionInfo",
    "Setting",
    "Snapshot",
    "Status",
    "TrialDetail",
    "TrialMark",
    "TrialRow",
]

VERSION = 2

Phase = Literal["ready", "running", "paused", "finishing", "finished", "failed"]
"""ready: nothing started yet. finishing: the holdout is being measured. failed: the search itself broke."""
State = Literal["queued", "running", "complete", "stopped", "failed"]
Author = Literal["you", "machine"]
Origin = Literal["baseline", "start", "sampler", "own", "edit"]
"""Why a trial exists: baseline, starting configuration, the sampler, the person's own, the person's edit of another."""

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
    name: str
    label: str
    kind: Literal["float", "int", "categorical"]
    low: float | None
    high: float | None
    log: bool
    choices: list[Any] | None
    default: Any


class FamilyInfo(TypedDict):
    name: str
    label: str
    story: str
    colour: str
    baseline: bool
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


class Snapshot(TypedDict):
    type: Literal["snapshot"]
    version: int
    epoch: str
    """Changes when the kernel-side session is another one: the browser then drops what it has."""
    seq: int
    session: SessionInfo
    status: Status
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
    },
)
"""`rows` replace those of the same number, `marks` change them, `status` holds only the keys that changed."""


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
    """From the browser. `hello` uses epoch and seq; `command` and `code` use command; `detail` uses number.

    Results: hello -> Snapshot or Delta; command -> {"seq": int, "number": int or None} once it was carried out;
    code -> the line of Python that does the same (str); detail -> TrialDetail.

    Commands: {"type": "start"}, {"type": "pause"}, {"type": "resume"}, {"type": "stop"},
    {"type": "set_budget", "seconds": number or null, "trials": integer or null},
    {"type": "propose", "config": {name: value, ...}, "parent": trial number or null},
    {"type": "cancel", "number": trial number}.
    """

    type: Literal["hello", "command", "code", "detail"]
    id: str
    epoch: NotRequired[str | None]
    seq: NotRequired[int | None]
    command: NotRequired[dict[str, Any]]
    number: NotRequired[int]


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

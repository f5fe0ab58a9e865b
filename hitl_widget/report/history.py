"""The history of a session: its records in sentences, acts of the user and of the search in order. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hitl_widget.domain import event as ev
from hitl_widget.domain.commands import Autonomy
from hitl_widget.domain.data_choices import ANY_VIEW
from hitl_widget.domain.nudge import LATER, NEVER
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Origin, Trial
from hitl_widget.report.data_effects import repeat_in_words
from hitl_widget.report.holdout import holdout_line
from hitl_widget.report.no_model import none_finished, why_no_model
from hitl_widget.report.words import Words, duration, plural

__all__ = ["LEVELS", "Line", "frame_of", "markdown_of", "tell", "told"]

LEVELS = {Autonomy.USER: "You drive", Autonomy.CRUISE: "Cruise", Autonomy.AUTOPILOT: "Autopilot"}
"""The levels of autonomy as people read them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history.

    Parameters
    ----------
    record
        The record that the line is about.
    kind
        ``run``, ``trial``, ``best``, ``space``, ``belief``, ``preference``, ``nudge``, ``note``, ``setting`` or
        ``result``.
    text, detail
        The act in one sentence, and its details.
    act
        Number of the act that `undo` takes, or None.
    undone
        True if the act is undone.
    trial
        The trial that the line is about, or None.
    """

    record: ev.Record
    kind: str
    text: str
    detail: str = ""
    act: int | None = None
    undone: bool = False
    trial: int | None = None


def told(state: SessionState, words: Words, after: int = 0) -> Iterator[Line]:
    """Yield the lines of the history after a record number, oldest first."""
    for i in range(_first_after(state, after), len(state.story)):
        line = tell(state.story[i], state, words)
        if line is not None:
            yield line


def _first_after(state: SessionState, seq: int) -> int:
    low, high = 0, len(state.story)
    while low < high:
        middle = (low + high) // 2
        if state.story[middle].seq <= seq:
            low = middle + 1
        else:
            high = middle
    return low


def tell(record: ev.Record, state: SessionState, words: Words) -> Line | None:
    """Return a record as a line, or None when the history leaves it out."""
    match record.event:
        case ev.Steered():
            return _steered(record, record.event, state)
        case ev.TrialQueued(number=number):
            return Line(record, "trial", _queued(state.trials[number], words), state.trials[number].why, trial=number)
        case ev.TrialEnded(number=number, asked=True):
            trial = state.trials[number]
            did = "Canceled" if trial.started_at is None else "Ended"
            return Line(record, "trial", f"{did} #{number}, {words.label(trial)}.", trial.reason, trial=number)
        case ev.TrialEnded(number=number):
            trial = state.trials[number]
            words = words.at(state.view_of(trial).choices) if state.of_other_target(trial) else words
            effect = repeat_in_words(words, state, trial)
            return Line(record, "data", effect, trial=number) if effect else _new_best(record, state, words, trial)
        case ev.BeliefJudged(about=about, kind=kind, sentence=sentence):
            return Line(record, "belief", f"The belief about {_named(about, state)} is {kind}.", sentence)
        case ev.NudgeAnswered():
            return _answered(record, record.event)
        case ev.Noted(text=text):
            return Line(record, "note", text)
        case ev.HoldoutMeasured():
            return Line(record, "result", holdout_line(words, state, record.event))
        case ev.WarningAnswered(key=key, answer=answer):
            return Line(record, "note", f"Answered the warning {key}: “{answer}”.")
        case ev.BaselineMeasured(name=name, problem=problem):
            return Line(record, "result", f"Scored your model {name} for comparison.", problem)
        case ev.HoldoutFailed(reason=reason):
            return Line(record, "result", "The holdout could not be evaluated.", reason)
        case _:
            return _setting(record) or _run(record, state, words)


def _steered(record: ev.Record, event: ev.Steered, state: SessionState) -> Line:
    act = state.act(event.act)
    title = event.title or (act.title if act else "")
    word = {"undo": "Undid: ", "redo": "Redid: "}.get(event.step, "")
    kind = _KINDS.get(event.kind or (act.kind if act else ""), "space")
    text = f"{word}{title if word else title[:1].upper() + title[1:]}."
    if event.step != "do":
        return Line(record, kind, text)
    return Line(record, kind, text, event.why, event.act, bool(act and act.undone))


_KINDS = {
    "belief": "belief",
    **dict.fromkeys(("discard", "annotate"), "trial"),
    **dict.fromkeys(("data", "metric", "rows", "labels", "target"), "data"),
    **dict.fromkeys(("objective", "constraint", "answer", "goal"), "preference"),
}


def _queued(trial: Trial, words: Words) -> str:
    label = words.label(trial)
    if trial.origin is Origin.EDIT:
        return f"Queued #{trial.number}, {label}, edited from #{trial.parent}."
    how = {Origin.GRID: ", part of a grid", Origin.NUDGE: ", as proposed"}.get(trial.origin, "")
    return f"Queued #{trial.number}, {label}{how}."


def _new_best(record: ev.Record, state: SessionState, words: Words, trial: Trial) -> Line:
    assert trial.score is not None
    before = _best_before(record, state, trial)
    gain = None if before is None or before.score is None else trial.score - before.score
    more = f" ({_gain(words.metric.sign * gain, trial.score)})" if gain is not None and gain > 0 else ""
    score = f"{words.metric.label} {words.score(trial.score, trial.std and trial.std / 10)}"  # shows the gain too
    first = "New best" if gain is not None else "First score"
    return Line(record, "best", f"{first}: {words.label(trial)} #{trial.number}, {score}{more}.", trial=trial.number)


def _best_before(record: ev.Record, state: SessionState, trial: Trial) -> Trial | None:
    """Return the best trial on the same data that was recorded before; None if this is the first."""
    for i in range(_first_after(state, record.seq) - 2, -1, -1):
        event = state.story[i].event
        if isinstance(event, ev.TrialEnded) and not event.asked:
            found = state.trials[event.number]
            if found.view == trial.view or found.view == ANY_VIEW:
                return found
    return None


def _gain(difference: float, score: float) -> str:
    """Return the change of a score with its sign and the two digits that matter.

    Examples
    --------
    >>> _gain(0.00731, 0.85), _gain(-12.31, -100.0), _gain(3e-6, 0.85)
    ('+0.0073', '−12', 'practically the same')
    """
    size = abs(difference)
    if size < 1e-5 * abs(score):
        return "practically the same"
    digits = max(0, 1 - math.floor(math.log10(size))) if size else 0
    text = f"{size:,.0f}" if size >= 10 else f"{size:.{digits}f}".rstrip("0").rstrip(".")
    return f"{'+' if difference > 0 else '−'}{text}"


def _named(about: str, state: SessionState) -> str:
    labels = {one.name: one.label for one in state.base.parameters}
    return "the families" if about == "family" else labels.get(about) or about


def _answered(record: ev.Record, event: ev.NudgeAnswered) -> Line:
    who = "You" if record.author is Author.YOU else "The search"
    said = {LATER: "postponed", NEVER: "declined for good"}.get(event.answer, "accepted")
    return Line(record, "nudge", f"{who} {said}: {event.question}")


def _setting(record: ev.Record) -> Line | None:
    match record.event:
        case ev.BudgetSet(seconds=seconds, trials=trials):
            limits = [duration(seconds)] if seconds is not None else []
            limits += [plural(trials, "trial")] if trials is not None else []
            return Line(record, "setting", f"Budget: {' and '.join(limits) or 'no limit'}.")
        case ev.AutonomySet(level=level):
            return Line(record, "setting", f"{LEVELS[Autonomy(level)]}: {_ABOUT[Autonomy(level)]}")
        case ev.BatchAsked(count=count):
            return Line(record, "setting", f"Asked the search for {plural(count, 'trial')}.")
    return None


_ABOUT = {
    Autonomy.USER: "trials run only when you queue them or ask for a batch.",
    Autonomy.CRUISE: "you can steer the search at any time; it asks before it changes the search space.",
    Autonomy.AUTOPILOT: (
        "the search runs until the budget is spent, and accepts its own suggestions, except those that need you."
    ),
}


def _run(record: ev.Record, state: SessionState, words: Words) -> Line | None:
    match record.event:
        case ev.Opened():
            return Line(record, "run", "The session was opened.", words.task.sentence())
        case ev.Loaded():
            return Line(record, "run", "The session was loaded from its journal.")
        case ev.Started():
            return Line(record, "run", "The search started.")
        case ev.Paused():
            return Line(record, "run", "The search was paused.")
        case ev.Resumed():
            return Line(record, "run", "The search resumed.")
        case ev.Finishing(reason=reason):
            why = why_no_model(state, words.baselines) if none_finished(state, words.baselines) else ""
            return Line(record, "run", f"The search ended: {reason[:1].lower()}{reason[1:]}", why)
        case ev.Failed(message=message, remedy=remedy):
            return Line(record, "run", message, remedy)
    return None


def markdown_of(lines: Iterable[Line], title: str, caution: str = "") -> str:
    """Return the history as Markdown, oldest first; texts of the user are shown as they are, not as markup.

    Parameters
    ----------
    lines
        The lines.
    title
        The heading.
    caution
        The caution about the scores, as of `hitl_widget.report.caution.caution`, below the heading.
    """
    parts = [f"# {_as_text(title)}", "", *((f"**{_as_text(caution)}**", "") if caution else ())]
    day = ""
    for line in lines:
        when = datetime.fromtimestamp(line.record.time)
        if f"{when:%Y-%m-%d}" != day:
            day = f"{when:%Y-%m-%d}"
            parts += [f"## {day}", ""]
        who = "you" if line.record.author is Author.YOU else "search"
        undone = " (undone)" if line.undone else ""
        elapsed = line.record.elapsed
        clock = f"{when:%H:%M:%S} ({'0 s' if elapsed < 0.05 else duration(elapsed)})"
        parts.append(f"- {clock} **{who}**: {_as_text(line.text)}{undone}")
        if line.detail:
            parts.append(f"  {_as_text(line.detail)}")
    return "\n".join([*parts, ""])


def _as_text(text: str) -> str:
    """Return a text on one line whose characters Markdown does not read as markup."""
    return re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", " ".join(text.split()))


def frame_of(lines: Iterable[Line]) -> Any:
    """Return the history as a pandas DataFrame: seq, time, elapsed, author, kind, text, detail, act, undone, trial."""
    import pandas as pd

    rows = [
        {
            "seq": line.record.seq,
            "time": line.record.time,
            "elapsed": line.record.elapsed,
            "author": str(line.record.author),
            "kind": line.kind,
            "text": line.text,
            "detail": line.detail,
            "act": line.act,
            "undone": line.undone,
            "trial": line.trial,
        }
        for line in lines
    ]
    columns = ("seq", "time", "elapsed", "author", "kind", "text", "detail", "act", "undone", "trial")
    frame = pd.DataFrame(rows, columns=columns)
    frame["time"] = pd.to_datetime(frame["time"], unit="s", utc=True)
    return frame.astype({"act": "Int64", "trial": "Int64"})

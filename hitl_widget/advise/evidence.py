"""Ended trials by family, as rules read them; brought up to date in microseconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Trial, TrialState

__all__ = ["RECENT", "Evidence", "FamilyRecord"]

RECENT = 6
_TOP = 40
_ENDED = (TrialState.COMPLETE, TrialState.STOPPED, TrialState.FAILED)


@dataclass(slots=True)
class FamilyRecord:
    """The ended trials of one family that inform the search, in the order in which they ended.

    Discarded trials are left out, and those that read other columns than today's: their scores do not compare.

    Parameters
    ----------
    numbers
        All of them.
    scored
        Those with a score: complete, or stopped in the race.
    complete, failed
        How many.
    seconds
        Work spent on the scored ones.
    top
        The best complete ones, best first, at most 40.
    recent
        The last `RECENT`.
    values
        Per numeric hyperparameter, the values of the scored ones in ascending order.
    waiting
        Trials of the family that are queued or running.
    """

    numbers: list[int] = field(default_factory=list)
    scored: list[int] = field(default_factory=list)
    complete: int = 0
    failed: int = 0
    seconds: float = 0.0
    top: list[tuple[float, int]] = field(default_factory=list)
    recent: list[Trial] = field(default_factory=list)
    values: dict[str, list[float]] = field(default_factory=dict)
    waiting: int = 0

    @property
    def ended(self) -> int:
        """Number of ended trials."""
        return len(self.numbers)

    @property
    def mean_seconds(self) -> float | None:
        """Mean work of a scored trial."""
        return self.seconds / len(self.scored) if self.scored else None

    def tried(self, name: str, low: float, high: float) -> int:
        """Count the scored trials with a value from low to high, both included."""
        values = self.values.get(name, [])
        return max(0, bisect_right(values, high) - bisect_left(values, low))

    def take(self, trial: Trial) -> None:
        """Add a trial that ended."""
        self.numbers.append(trial.number)
        self.recent = [*self.recent[-(RECENT - 1) :], trial]
        if trial.state is TrialState.FAILED or trial.score is None:
            self.failed += trial.state is TrialState.FAILED
            return
        self.scored.append(trial.number)
        self.seconds += trial.seconds
        for name, value in trial.config.items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                insort(self.values.setdefault(name, []), value)
        if trial.state is TrialState.COMPLETE:
            self.complete += 1
            insort(self.top, (-trial.score, trial.number))
            del self.top[_TOP:]


class Evidence:
    """The ended trials of a session by family, for one thread. The records follow from the state alone."""

    def __init__(self) -> None:
        self._forget(SessionState())

    def _forget(self, state: SessionState) -> None:
        self._records: dict[str, FamilyRecord] = {}
        self._discarded = state.steering.discarded
        self._data = state.data_version
        self._known = 0
        self._open: set[int] = set()
        self._last: Trial | None = None

    def read(self, state: SessionState) -> Mapping[str, FamilyRecord]:
        """Return the records, with what ended since the last call; anew when evidence or columns changed."""
        if not self._continues(state):
            self._forget(state)
        self._open.update(range(self._known, len(state.trials)))
        self._known = len(state.trials)
        ended = [state.trials[number] for number in self._open if state.trials[number].state in _ENDED]
        for trial in sorted(ended, key=lambda one: one.ended):
            self._open.discard(trial.number)
            self._last = trial
            if state.informs(trial):
                self._of(trial.family).take(trial)
        self._count_waiting(state.trials[number].family for number in self._open)
        return self._records

    def _continues(self, state: SessionState) -> bool:
        if (state.steering.discarded, state.data_version) != (self._discarded, self._data) or len(
            state.trials
        ) < self._known:
            return False
        return self._last is None or state.trials[self._last.number].ended == self._last.ended

    def _of(self, family: str) -> FamilyRecord:
        return self._records.setdefault(family, FamilyRecord())

    def _count_waiting(self, families: Iterable[str]) -> None:
        for record in self._records.values():
            record.waiting = 0
        for family in families:
            self._of(family).waiting += 1

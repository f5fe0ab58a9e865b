from __future__ import annotations

import pytest

from hitl_widget.domain import event as ev
from hitl_widget.domain.provenance import Provenance
from hitl_widget.domain.state import SessionState
from hitl_widget.domain.trial import Author, Fold, Origin
from hitl_widget.engine.budget import Stopwatch
from hitl_widget.engine.event_log import FOLD_WAIT, EventLog
from hitl_widget.engine.no_journal import NoJournal
from tests.doubles import HandClock


class Full(NoJournal):
    """A journal on a full disk."""

    def append(self, records):
        raise OSError("No space left on device")


@pytest.fixture
def clock():
    return HandClock()


def opened(clock, told, journal=None):
    journal = NoJournal() if journal is None else journal
    return EventLog(SessionState(), journal, clock, Stopwatch(clock), lambda _state, batch: told.append(batch))


def test_who_acted_is_on_every_record(clock):
    """With the id of the command."""
    told = []
    log = opened(clock, told)
    log.emit(ev.Noted("mine"), Provenance(Author.YOU, "click-7"))
    log.emit(ev.Noted("the machine's"))
    log.commit()
    assert [(one.seq, one.author, one.cause) for one in told[0]] == [(1, "you", "click-7"), (2, "machine", "")]
    assert log.state.seq == 2


def test_folds_alone_wait_a_moment_for_company(clock):
    """As long as more comes in; anything else takes them along at once."""
    told = []
    log = opened(clock, told)
    log.emit(ev.TrialQueued(0, {"family": "x"}, Author.MACHINE, Origin.START, None, "", 0))
    log.commit_when_due(busy=True)
    log.emit(ev.FoldDone(0, Fold(0, 0.5)))
    log.commit_when_due(busy=True)
    assert (len(told), log.is_pending) == (1, True)
    clock.time += 2 * FOLD_WAIT
    log.commit_when_due(busy=True)
    assert (len(told), log.is_pending) == (2, False)
    log.emit(ev.FoldDone(0, Fold(1, 0.5)))
    log.commit_when_due(busy=False)
    assert len(told) == 3


def test_nobody_hears_of_an_event_that_is_not_in_the_journal(clock):
    """Except of the last one, which says why the search broke."""
    told = []
    log = opened(clock, told, Full())
    log.emit(ev.Noted("x"))
    with pytest.raises(OSError, match="No space"):
        log.commit()
    assert told == []
    log.emit(ev.Failed("The disk is full.", ""))
    log.commit_last()
    assert [type(one.event) for one in told[0]] == [ev.Failed]

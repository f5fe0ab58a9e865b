from __future__ import annotations

from hitl_widget.domain.state import SessionState
from hitl_widget.engine.publisher import Publisher


def test_a_subscriber_that_raises_costs_the_others_nothing(caplog):
    """The log says what it raised."""
    publisher, heard = Publisher(SessionState()), []

    def broken(_state, _records):
        raise ValueError("not mine")

    publisher.subscribe(broken)
    publisher.subscribe(lambda state, records: heard.append((state.seq, records)))
    publisher.tell(SessionState(seq=7), ["record"])
    assert heard == [(7, ["record"])]
    assert publisher.state.seq == 7
    assert "not mine" in caplog.text


def test_a_subscription_ends_once():
    """Ending it again does nothing."""
    publisher, heard = Publisher(SessionState()), []
    end = publisher.subscribe(lambda state, _records: heard.append(state.seq))
    publisher.tell(SessionState(seq=1), [])
    end()
    end()
    publisher.tell(SessionState(seq=2), [])
    assert heard == [1]

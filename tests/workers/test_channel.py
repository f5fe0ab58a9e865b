"""Messages between the kernel and its workers: whole, in order, and never waited for at the kernel's end."""

from __future__ import annotations

import pickle
import select
import socket
import threading

import pytest

from hitl_widget.workers.channel import Channel, dumps, read_message, write_message


@pytest.fixture
def ends():
    kernel, worker = socket.socketpair()
    channel = Channel(kernel)
    yield channel, worker
    channel.close()
    worker.close()


def taken(channel, count):
    """Wait until so many messages have arrived."""
    messages = []
    while len(messages) < count:
        assert select.select([channel], [], [], 60)[0], "nothing arrives"
        more, open_ = channel.receive()
        messages += more
        assert open_ or len(messages) >= count
    return [bytes(one) for one in messages]


def test_messages_arrive_whole_and_in_order(ends):
    """Of any length, none at all included."""
    channel, worker = ends
    for text in (b"one", b"", b"three"):
        write_message(worker, text)
    assert taken(channel, 3) == [b"one", b"", b"three"]
    assert channel.send(b"back")
    assert bytes(read_message(worker)) == b"back"


def test_nothing_there_is_not_waited_for(ends):
    """An empty socket gives no message, and the other end is still open."""
    channel, _ = ends
    assert channel.receive() == ([], True)


def test_a_part_of_a_message_is_kept_until_the_rest_comes(ends):
    """A header cut in two and a body cut in two are one message."""
    channel, worker = ends
    whole = (5).to_bytes(8, "big") + b"hello"
    for piece in (whole[:3], whole[3:10], whole[10:]):
        assert channel.receive() == ([], True)
        worker.sendall(piece)
        select.select([channel], [], [], 60)
    assert taken(channel, 1) == [b"hello"]


def test_a_large_message_is_sent_as_there_is_room(ends):
    """What does not fit waits in the channel, and `flush` says so, until the worker has read it all."""
    channel, worker = ends
    large = bytes(range(256)) * 100_000
    assert channel.send(large) is False
    read = []
    reader = threading.Thread(target=lambda: read.append(read_message(worker)))
    reader.start()
    while not channel.flush():
        select.select([], [channel], [], 60)
    reader.join(60)
    assert read == [large]


def test_a_large_value_does_not_hold_up_the_others(ends):
    """`receive` spends no more than its reads; `drain` takes all."""
    channel, worker = ends
    for _ in range(10):
        write_message(worker, b"x")
    first, open_ = channel.receive(reads=2)
    assert (len(first), open_) == (1, True)
    assert len(channel.drain()) == 9


def test_a_lost_worker_is_an_end_not_an_error(ends):
    """Its messages are still read; what is sent to it counts as sent."""
    channel, worker = ends
    write_message(worker, b"last words")
    worker.close()
    messages, open_ = channel.receive()
    assert [bytes(one) for one in messages] == [b"last words"]
    assert open_ is False
    assert channel.send(b"too late") is True


def test_a_lost_kernel_ends_the_worker():
    """A worker that waits for a call gets an end of file."""
    kernel, worker = socket.socketpair()
    kernel.close()
    with pytest.raises(EOFError), worker:
        read_message(worker)


def test_values_of_a_notebook_travel_whole():
    """Plain pickle for what can be imported; by value for what cannot."""
    assert pickle.loads(dumps({"a": [1, 2]})) == {"a": [1, 2]}
    assert b"cloudpickle" not in dumps([1])
    assert pickle.loads(dumps(lambda x: x + 1))(2) == 3


def test_a_value_that_no_way_serves_says_so():
    with pytest.raises(TypeError, match="pickle"):
        dumps(threading.Lock())

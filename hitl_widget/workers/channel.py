"""Whole messages over a stream socket, and how values become bytes.

The kernel's end never blocks (`Channel`); a worker's end always does (`read_message`, `write_message`).
"""

from __future__ import annotations

import pickle
import socket
import struct
import sys
from collections import deque
from typing import Any

__all__ = ["Channel", "dumps", "read_message", "write_message"]

_HEADER = struct.Struct("!Q")
_READS_PER_TURN = 64


def dumps(value: Any) -> bytes:
    """Pickle a value, by cloudpickle only where plain pickle does not serve.

    Plain pickle writes what was defined in a notebook as a *reference* to ``__main__``, which is another module in a
    worker; such values go by cloudpickle too.

    Raises
    ------
    Exception
        Whatever pickling raises when neither way serves.
    """
    try:
        plain = pickle.dumps(value, protocol=5)
        if b"__main__" not in plain:
            return plain
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001, S110 - any error of a foreign __reduce__; cloudpickle raises anew when it is real
        pass
    import cloudpickle  # late: seldom needed, and not free to import

    by_value: bytes = cloudpickle.dumps(value, protocol=5)
    return by_value


def write_message(sock: socket.socket, payload: bytes) -> None:
    """Send one message on a blocking socket."""
    sock.sendall(_HEADER.pack(len(payload)))
    sock.sendall(payload)


def read_message(sock: socket.socket) -> bytearray:
    """Receive one message from a blocking socket.

    Raises
    ------
    EOFError
        When the other end is gone.
    """
    (size,) = _HEADER.unpack(_read_exactly(sock, _HEADER.size))
    return _read_exactly(sock, size)


def _read_exactly(sock: socket.socket, size: int) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        count = sock.recv_into(view)
        if count == 0:
            raise EOFError("the other end of the socket is closed")
        view = view[count:]
    return buffer


class Channel:
    """The kernel's end of a worker's socket: sends and receives what can be had now, and never waits.

    Owned by one thread.

    Parameters
    ----------
    sock
        A connected stream socket; the channel closes it.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._outgoing: deque[memoryview] = deque()
        self._header = True
        self._buffer = bytearray()
        self._view = memoryview(self._buffer)
        self._expect(_HEADER.size, header=True)

    def fileno(self) -> int:
        """Descriptor to select on."""
        return self._sock.fileno()

    def close(self) -> None:
        """Close the socket; unsent bytes are dropped."""
        self._outgoing.clear()
        self._sock.close()

    def send(self, payload: bytes) -> bool:
        """Queue a message and send what fits; returns what `flush` returns."""
        self._outgoing.append(memoryview(_HEADER.pack(len(payload))))
        self._outgoing.append(memoryview(payload))
        return self.flush()

    def flush(self) -> bool:
        """Send what fits; False when bytes remain. A lost peer counts as sent: its end is read as end of file."""
        while self._outgoing:
            view = self._outgoing[0]
            try:
                count = self._sock.send(view)
            except BlockingIOError:
                return False
            except OSError:
                self._outgoing.clear()
                return True
            if count == len(view):
                self._outgoing.popleft()
            else:
                self._outgoing[0] = view[count:]
        return True

    def receive(self, reads: int = _READS_PER_TURN) -> tuple[list[bytearray], bool]:
        """Take what has arrived.

        Parameters
        ----------
        reads
            Most system calls to spend, so that one large value does not hold up the other workers.

        Returns
        -------
        tuple
            The complete messages, and whether the other end is still open.
        """
        messages: list[bytearray] = []
        for _ in range(reads):
            try:
                count = self._sock.recv_into(self._view)
            except BlockingIOError:
                return messages, True
            except OSError:
                count = 0
            if count == 0:
                return messages, False
            self._view = self._view[count:]
            if not self._view:
                self._complete(messages)
        return messages, True

    def drain(self) -> list[bytearray]:
        """Take all that has arrived, however much."""
        return self.receive(sys.maxsize)[0]

    def _complete(self, messages: list[bytearray]) -> None:
        if self._header:
            (size,) = _HEADER.unpack(self._buffer)
            self._expect(size, header=False)
        if not self._header and not self._view:
            messages.append(self._buffer)
            self._expect(_HEADER.size, header=True)

    def _expect(self, size: int, *, header: bool) -> None:
        self._header = header
        self._buffer = bytearray(size)
        self._view = memoryview(self._buffer)

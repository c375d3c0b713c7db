"""One socket for all web processes, and connections shared out evenly between them.

Which process the system wakes for a connection is chance, and one that runs takes all it can get: of a browser's six
connections all may come to one process while the other rests. So a process that has more than another leaves the next
connection to that one for some turns of its loop, half a millisecond or so: a timer's millisecond is long beside
the tiles that a browser asks for at once.
"""

import asyncio
import errno
import logging
import multiprocessing
import os
import socket
from collections.abc import Callable, MutableSequence

_WAITING = 1024  # connections that no process has taken yet
_MOST_TURNS = 48  # in all, in which others may take connections before we take one more than they have
_MOST_PAUSES, _PAUSE_S = 20, 0.001  # and then, if the others have no processor just now
_FULL_PAUSE_S = 0.5
_FULL = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
log = logging.getLogger("museum.serve")


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens, to be inherited by every web process. Raises OSError."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # so do the connections it takes
    made.bind((host, port))
    made.listen(_WAITING)
    made.setblocking(False)
    return made


class Share:
    """How many connections each web process has, in memory that they share; each writes its own number only."""

    def __init__(self, counts: MutableSequence[int], own: int) -> None:
        self._counts = counts
        self._own = own
        counts[own] = 0

    @staticmethod
    def counts(processes: int) -> MutableSequence[int]:
        """The memory, to be made before the processes are."""
        made: MutableSequence[int] = multiprocessing.RawArray("i", processes)
        return made

    def change(self, by: int) -> None:
        """Connections came or went."""
        self._counts[self._own] += by

    @property
    def is_ahead(self) -> bool:
        """Whether this process has more than another."""
        return self._counts[self._own] > min(self._counts)


class Acceptor:
    """Takes connections from `listener` for the running loop: `protocol` is called for each."""

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol], share: Share) -> None:
        self._listener = listener
        self._protocol = protocol
        self._share = share
        self._loop = asyncio.get_running_loop()
        self._turns = 0
        self._is_over = False
        self._opening: set[asyncio.Task[None]] = set()
        self._watch()

    def close(self) -> None:
        """Take no more."""
        self._is_over = True
        self._loop.remove_reader(self._listener)

    def _watch(self) -> None:
        if not self._is_over:
            self._loop.add_reader(self._listener, self._take)

    def _pause(self, seconds: float) -> None:
        self._loop.remove_reader(self._listener)
        self._loop.call_later(seconds, self._watch)

    def _take(self) -> None:
        if self._share.is_ahead and self._turns < _MOST_TURNS + _MOST_PAUSES:
            self._turns += 1
            if self._turns > _MOST_TURNS:
                self._pause(_PAUSE_S)
            else:
                os.sched_yield()  # the other may have no processor of its own
            return  # and the loop comes back at once, for as long as nobody has taken it
        self._turns = 0
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            if error.errno in _FULL:
                log.error("no connection can be taken: %s", error.strerror)
                self._pause(_FULL_PAUSE_S)
            return  # another process took it, or whoever came has gone
        connection.setblocking(False)
        self._share.change(1)
        task = self._loop.create_task(self._open(connection))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # gone in between
            self._share.change(-1)
            connection.close()

"""One web process: takes connections from a socket until it is told to end."""

import asyncio
import contextlib
import gc
import resource
import signal
import socket
from functools import partial
from typing import Any

import uvicorn

from museum.web import threads
from museum.web.accepting import Acceptor, Share
from museum.web.bridge import Bridge
from museum.web.connections import IDLE_S, Connection
from museum.web.images import Site

_ENDING_S = 5


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, listener: socket.socket, share: Share) -> None:
        super().__init__(config)
        self._listener = listener
        self._share = share
        self._acceptor: Acceptor | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        self._acceptor = Acceptor(self._listener, self._connection, self._share)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
        await super().shutdown(sockets=[self._listener])

    def _connection(self) -> asyncio.Protocol:
        made: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]  # as uvicorn calls it
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            _loop=asyncio.get_running_loop(),
        )
        return made

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # a tick is a tenth of a second
            for connection in list(self.server_state.connections):
                if isinstance(connection, Connection):
                    connection.look_after()
        return await super().on_tick(counter)


def listen(site: Site, listener: socket.socket, share: Share) -> None:
    """Answer what comes in on `listener` until SIGTERM or SIGINT; then finish what was begun, for 5 seconds."""
    _allow_connections()
    site.warm()
    gc.collect()
    gc.freeze()  # what is there now stays: to look through it again would hold up visitors for tens of milliseconds
    config = uvicorn.Config(
        Bridge(site.application, threads=threads.ALL),
        http=partial(Connection, tiles=site.tiles, on_end=partial(share.change, -1)),  # type: ignore[arg-type]  # called like the class
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        proxy_headers=False,  # what stands in front is known to `museum.web.proxies`
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="error",  # what strangers send wrong is answered, not told
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=_ENDING_S,
    )
    # After its end the server raises the signal once more: for whoever waits for that, which nobody does here.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignored)
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, listener, share).run()


def _allow_connections() -> None:
    """As many open files as the system allows this process: a connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _ignored(_number: int, _frame: Any) -> None:
    pass

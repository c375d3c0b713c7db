"""Chromium as a visitor has it, driven over a pipe. For what a tab's memory is measured by.

Playwright always switches on the protocol's domain Network, which keeps the bodies of answers in the tab's process, and
Fetch where a test watches requests: 0.4 MiB for each tile of a scan. Here both stay off, and events are passed over.
"""

import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import FLAGS

_READ, _WRITE = 3, 4  # where --remote-debugging-pipe has the program read and write
_ANSWER_S = 120
_CLOSE_S = 10
_OWN = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-startup-window",
    "--no-default-browser-check",
    "--force-prefers-reduced-motion",
    "--disable-features=SpareRendererForSitePerProcess,BackForwardCache",  # no process beside that of the tab
)
_INTERFACE = b"--top-chrome-webui"
_SHIFT = 8
_BOX = """selector => {
  const found = document.querySelector(selector);
  found.scrollIntoView({ block: "nearest" });
  const { x, y, width, height } = found.getBoundingClientRect();
  return [x, y, width, height];
}"""
_FOCUS = "selector => document.querySelector(selector).focus()"
_IS_THERE = "selector => document.readyState === 'complete' && document.querySelector(selector) !== null"


class Refused(Exception):
    """The browser wouldn't do it, or a page's script threw."""


class _Pipe:
    """JSON messages that end with NUL, one question at a time; events are passed over."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading, self._writing = reading, writing
        self._asked = 0
        self._rest = b""

    def ask(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._asked += 1
        told: dict[str, Any] = {"id": self._asked, "method": method, "params": params}
        if session:
            told["sessionId"] = session
        left = json.dumps(told).encode() + b"\0"
        while left:
            left = left[os.write(self._writing, left) :]
        end = time.monotonic() + _ANSWER_S
        while (answer := self._message(method, end)).get("id") != self._asked:
            pass
        if "error" in answer:
            raise Refused(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def _message(self, method: str, end: float) -> dict[str, Any]:
        parts = [self._rest]
        while b"\0" not in parts[-1]:
            if not select.select([self._reading], [], [], max(0, end - time.monotonic()))[0]:
                raise Refused(f"{method}: no answer within {_ANSWER_S} s")
            parts.append(os.read(self._reading, 2**16))
            if not parts[-1]:
                raise Refused(f"{method}: the browser is gone")
        message, _, self._rest = b"".join(parts).partition(b"\0")
        read: dict[str, Any] = json.loads(message)
        return read


class Tab:
    """A page, its mouse and its keys."""

    def __init__(self, pipe: _Pipe, session: str) -> None:
        self._pipe, self._session = pipe, session
        self._modifiers = 0
        self._at = (0.0, 0.0)
        self._buttons = 0

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the browser for something about this page."""
        return self._pipe.ask(method, params, self._session)

    def evaluate(self, script: str, arg: Any = None) -> Any:
        """What a function of the page's gives for `arg`, awaited."""
        expression = f"({script})({json.dumps(arg)})"
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise Refused(answer["exceptionDetails"].get("exception", {}).get("description", "a script failed"))
        return answer["result"].get("value")

    def open(self, address: str, *, until: str = "body") -> None:
        """Go to an address and wait until it is loaded and has what the selector names."""
        self.call("Page.navigate", url=address)
        self.wait_for(until)

    def wait_for(self, selector: str, *, within_s: float = 120) -> None:
        """Wait until the page has such an element."""
        end = time.monotonic() + within_s
        while not self.evaluate(_IS_THERE, selector):
            if time.monotonic() > end:
                raise Refused(f"no {selector} within {within_s:g} s")
            time.sleep(0.05)

    def middle(self, selector: str) -> tuple[float, float]:
        """Where the middle of an element is in the window."""
        x, y, width, height = self.evaluate(_BOX, selector)
        return x + width / 2, y + height / 2

    def focus(self, selector: str) -> None:
        """Give an element the keys."""
        self.evaluate(_FOCUS, selector)

    def move(self, x: float, y: float) -> None:
        """Move the mouse there."""
        self._at = (x, y)
        self._mouse("mouseMoved", button="left" if self._buttons else "none")

    def down(self) -> None:
        """Press the mouse's button where it is."""
        self._buttons = 1
        self._mouse("mousePressed", button="left", clickCount=1)

    def up(self) -> None:
        """Let go of it."""
        self._buttons = 0
        self._mouse("mouseReleased", button="left", clickCount=1)

    def click(self, x: float, y: float) -> None:
        """Move there, press, let go."""
        self.move(x, y)
        self.down()
        self.up()

    def wheel(self, way: float) -> None:
        """Turn the wheel."""
        self._mouse("mouseWheel", deltaX=0, deltaY=way)

    def press(self, key: str) -> None:
        """Press a key that writes a character, and let go of it."""
        self._key("keyDown", key, text=key)
        self._key("keyUp", key)

    @contextlib.contextmanager
    def shift(self) -> Iterator[None]:
        """Hold the key Shift."""
        self._modifiers = _SHIFT
        self._key("rawKeyDown", "Shift")
        try:
            yield
        finally:
            self._modifiers = 0
            self._key("keyUp", "Shift")

    def _mouse(self, kind: str, **params: Any) -> None:
        x, y = self._at
        told = {"type": kind, "x": x, "y": y, "modifiers": self._modifiers, "buttons": self._buttons}
        self.call("Input.dispatchMouseEvent", **told, **params)

    def _key(self, kind: str, key: str, **params: Any) -> None:
        self.call("Input.dispatchKeyEvent", type=kind, key=key, modifiers=self._modifiers, **params)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A browser with one tab."""

    pipe: _Pipe
    tab: Tab

    def processes(self, kind: str) -> list[int]:
        """The ids of the processes of a kind, "renderer" or "GPU", without those of the browser's own interface."""
        told = self.pipe.ask("SystemInfo.getProcessInfo", {})["processInfo"]
        found = [process["id"] for process in told if process["type"] == kind]
        return [n for n in found if _INTERFACE not in Path(f"/proc/{n}/cmdline").read_bytes()]


@contextlib.contextmanager
def plain_chromium(*, size: tuple[int, int], memory: float = 4) -> Iterator[Plain]:
    """Debian's, drawing without a graphics unit, with an empty profile; its tab's window has this size in pixels, its
    device so many GiB."""
    width, height = size
    with (
        tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile,
        _started([*FLAGS, *_OWN, f"--user-data-dir={profile}"]) as pipe,
    ):
        target = pipe.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = pipe.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = Tab(pipe, session)
        tab.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        tab.call("Page.enable")  # or else the script below isn't run
        source = f"Object.defineProperty(navigator, 'deviceMemory', {{ value: {memory} }})"
        tab.call("Page.addScriptToEvaluateOnNewDocument", source=source)
        yield Plain(pipe=pipe, tab=tab)


@contextlib.contextmanager
def _started(flags: list[str]) -> Iterator[_Pipe]:
    program = shutil.which("chromium")
    assert program is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    # Out of the way of the numbers they get there.
    theirs = [fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, 10) for each in (theirs_in, theirs_out)]
    os.close(theirs_in)
    os.close(theirs_out)
    quiet = [(os.POSIX_SPAWN_OPEN, n, os.devnull, os.O_RDWR, 0) for n in (0, 1, 2)]
    piped = [(os.POSIX_SPAWN_DUP2, end, number) for end, number in zip(theirs, (_READ, _WRITE), strict=True)]
    child = os.posix_spawn(
        program, [program, *flags], os.environ, file_actions=[*quiet, *piped], setsigdef=[signal.SIGPIPE]
    )
    for end in theirs:
        os.close(end)
    pipe = _Pipe(ours_in, ours_out)
    try:
        yield pipe
    finally:
        with contextlib.suppress(Refused, OSError):
            pipe.ask("Browser.close", {})
        os.close(ours_in)
        os.close(ours_out)
        _reap(child)


def _reap(child: int) -> None:
    """Wait for its end, not for ever."""
    end = time.monotonic() + _CLOSE_S
    while time.monotonic() < end:
        if os.waitpid(child, os.WNOHANG)[0]:
            return
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def memory_mib(process: int) -> tuple[float, float]:
    """What a process has: with its part of what it shares, and what is its own alone. MiB."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()
    held = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines if line.endswith("kB")}
    return held["Pss"], held["Private_Clean"] + held["Private_Dirty"]

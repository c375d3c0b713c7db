"""One parallel kernel at a time in a process: numba's fallback thread pool aborts when two threads enter it."""

import threading

COMPILED = threading.RLock()
"""Held while a compiled parallel kernel runs."""

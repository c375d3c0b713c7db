"""What numba does once in a process before its first kernel; imported where others are forked from."""

from numba.core.registry import cpu_target

cpu_target.typing_context.refresh()
cpu_target.target_context.refresh()

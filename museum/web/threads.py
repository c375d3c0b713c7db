"""The threads of one web process: how many may compute images or wait for that, and how many are left for all else.

A request that computes, or waits for its turn, holds a thread; tiles must always find a free one. More threads than are
busy cost nothing: at 8 connections 2, 4 and 8 of them served tiles equally fast, measured.
"""

AT_ONCE, WAITING = 2, 4
"""Images computed together, and requests that may wait for one."""
AT_ONCE_RESTRICTED, WAITING_RESTRICTED = 1, 2
"""The same of images that not everybody may see."""
_LEFT = 3
ALL = AT_ONCE + WAITING + AT_ONCE_RESTRICTED + WAITING_RESTRICTED + _LEFT
"""What `serve` gives a process."""

"""The threads of one web process: how many may compute images or wait for that, and how many are left for all else.

A request that computes, or waits for its turn, holds a thread; pages, and tiles that a disk must be asked for, must
always find a free one. A thread is made when it is first needed.
"""

AT_ONCE, WAITING = 2, 4
"""Images computed together, and requests that may wait for one."""
AT_ONCE_RESTRICTED, WAITING_RESTRICTED = 1, 2
"""The same of images that not everybody may see."""
_LEFT = 3
ALL = AT_ONCE + WAITING + AT_ONCE_RESTRICTED + WAITING_RESTRICTED + _LEFT
"""What `serve` gives a process."""

"""What a process that was forked does with a pool of its parent: the sessions are the parent's, and the threads are gone."""

from __future__ import annotations

import os
import threading

#: Never let go of: what is closed here ends at the server, where the parent still uses it.
inherited: list[object] = []
lock = threading.Lock()
#: Whether this process was forked since: only then somebody may have a connection of a parent's pool.
forked = False


def _in_child() -> None:
    global lock, forked
    forked = True
    # Whoever held it is not here.
    lock = threading.Lock()


os.register_at_fork(after_in_child=_in_child)

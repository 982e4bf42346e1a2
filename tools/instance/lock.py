"""Locks on files: who runs an installation, and which of its processes still do.

The kernel releases them when a process ends, however it ends, so nobody has to look for stale process ids.
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """An advisory lock (flock) on a file, shared or exclusive; released by `close` or the end of the process."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Take the lock together with others; waits for the holder of an exclusive one."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def take(self, timeout_s: float) -> bool:
        """Take the lock alone; False when others still hold it after `timeout_s` seconds."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(0.05)
            else:
                return True

    def close(self) -> None:
        os.close(self._descriptor)

"""Where a signed-in operator's tokens are kept: a file that only they can read, under XDG_STATE_HOME."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from services.cli.failures import Failure


@dataclass(frozen=True, slots=True)
class Kept:
    """One sign-in, at the auth service of that address. `expires_at_s` is the access token's end in Unix time."""

    address: str
    user: str
    access_token: str
    expires_at_s: float
    refresh_token: str


class TokenFile:
    """Raises Failure where the folder cannot be written."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        # XDG Base Directory Specification 0.8. In a pod without a home, HOME is "/", which nobody can write to.
        state = environment.get("XDG_STATE_HOME") or f"{environment.get('HOME', '')}/.local/state"
        self._path = Path(state) / "sipulung" / "session.json"

    def read(self) -> Kept | None:
        """None where nobody is signed in, or the file is no such file."""
        try:
            return Kept(**json.loads(self._path.read_text()))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return None

    def write(self, kept: Kept) -> None:
        """The whole file or nothing; never readable by others, not for a moment."""
        with self._folder():
            fresh = self._path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(asdict(kept), file)
            fresh.replace(self._path)

    def forget(self) -> None:
        """Signed out."""
        with self._folder():
            self._path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One command at a time: a refresh token that is used by two ends the whole sign-in."""
        with self._folder():
            lock = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    @contextlib.contextmanager
    def _folder(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            yield
        except OSError as error:
            folder = self._path.parent
            raise Failure(
                f"{folder} cannot be written ({error.strerror}): set XDG_STATE_HOME to a folder of yours"
            ) from None

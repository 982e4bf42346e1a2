"""Accounts of one import that contradict each other."""

from collections.abc import Sequence


def first_duplicate(accounts: Sequence[tuple[str, str]]) -> tuple[int, str] | None:
    """The first (index, "user" or "nip") that an earlier entry has as well. Entries are (user, nip); nip may be ""."""
    users: set[str] = set()
    nips: set[str] = set()
    for index, (user, nip) in enumerate(accounts):
        if user in users:
            return index, "user"
        if nip and nip in nips:
            return index, "nip"
        users.add(user)
        nips.add(nip)
    return None

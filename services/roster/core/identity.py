"""Who is the same person: by account, and guests by the name and the random id of their browser."""

from __future__ import annotations

from services.roster.core.member import Person


def same_person(one: Person, other: Person) -> bool:
    """Whether two join tokens are of one person, on whatever device."""
    if one.participant_id == other.participant_id:
        return True
    if one.account_id or other.account_id:
        return one.account_id == other.account_id
    return _same_device(one, other) and one.name == other.name


def former_self(one: Person, other: Person) -> bool:
    """Whether `other` is `one` before they reloaded the page: the same person on the same device, by another token."""
    return one.participant_id != other.participant_id and same_person(one, other) and one.device == other.device


def kept_out_with(removed: Person, person: Person) -> bool:
    """Whether who was removed as `removed` would come back as `person`."""
    return (
        removed.participant_id == person.participant_id
        or (removed.account_id != "" and removed.account_id == person.account_id)
        or _same_device(removed, person)
    )


def _same_device(one: Person, other: Person) -> bool:
    return one.device != "" and one.device == other.device

"""Which accounts a text is found in."""


def is_found(query: str, user: str, name: str, nip: str) -> bool:
    """Whether the text is part of one of the three, whatever the case; white space around it does not count."""
    folded = query.strip().casefold()
    return folded in user.casefold() or folded in name.casefold() or folded in nip

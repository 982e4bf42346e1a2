"""Which passwords are good enough, and new ones. Length is what counts (NIST SP 800-63B section 3.1.1.2)."""

from collections.abc import Callable
from typing import Final

MIN_ACCOUNT_PASSWORD: Final = 10
# No 0/o, 1/l/i, u/v: it is read aloud, and copied from a projected slide.
_ALPHABET: Final = "abcdefghjkmnpqrstwxyz23456789"
# 29 letters: 4 × 4 are 78 bits for an account; 8 are 39 bits for a meeting, whose tries are throttled.
_ACCOUNT_GROUPS: Final = 4
_MEETING_LENGTH: Final = 8
# What is tried first. Compared without the digits and signs at the ends, so "Password2026!" is among them.
_COMMON: Final = frozenset(
    {
        "password",
        "passw0rd",
        "p@ssw0rd",
        "katasandi",
        "rahasia",
        "indonesia",
        "merdeka",
        "bismillah",
        "sulawesi",
        "makassar",
        "administrator",
        "admin",
        "qwerty",
        "qwertyuiop",
        "asdfghjkl",
        "iloveyou",
        "sayang",
        "welcome",
        "selamatdatang",
        "sipulung",
        "letmein",
        "",
    }
)


def password_problem(password: str, *, user: str, slug: str) -> str:
    """What is wrong with an account's new password, or ""."""
    if len(password) < MIN_ACCOUNT_PASSWORD:
        return f"at least {MIN_ACCOUNT_PASSWORD} characters"
    if len(set(password)) < 5:
        return "at least 5 different characters"
    folded = password.lower()
    core = folded.strip("0123456789!?.,*@#$%^&+-_= ")
    if core in _COMMON:
        return "is among the passwords that are tried first"
    if core in (user, slug, f"{user}@{slug}"):
        return "must not be made of the user name"
    return ""


def new_account_password(choose: Callable[[int], int]) -> str:
    """A generated one, as "abcd-efgh-jkmn-pqrs". `choose(n)` is a random number below n from a secure source."""
    return "-".join("".join(_ALPHABET[choose(len(_ALPHABET))] for _ in range(4)) for _ in range(_ACCOUNT_GROUPS))


def new_meeting_password(choose: Callable[[int], int]) -> str:
    """A generated one that is short enough to type on a phone."""
    return "".join(_ALPHABET[choose(len(_ALPHABET))] for _ in range(_MEETING_LENGTH))

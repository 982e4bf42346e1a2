"""The lines of a session description (RFC 8866): type letters, attributes, media sections, without their meaning."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from services.media.core.sdp.refusal import SdpRefused

# A browser's offer with 20 slots has 60 kB, 64 sections of 60 attributes 4,000 lines.
MAX_CHARACTERS = 200_000
MAX_LINES = 6_000
MAX_LINE_CHARACTERS = 1_000
MAX_SECTIONS = 64

# All lines of a form are found in one call: an offer has 1,500, and reading it is most of what a join costs.
_LINE = re.compile(r"^([a-z])=([^\x00-\x1f\x7f]*)$", re.MULTILINE)
_TOKEN = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,64}")


class Attribute(NamedTuple):
    """`a=name` or `a=name:value`."""

    line: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A media section (`m=`), or the session level, whose `media` is empty."""

    line: int
    media: str = ""
    port: int = 0
    protocol: str = ""
    formats: tuple[str, ...] = ()
    # By name, in the order of their lines.
    attributes: dict[str, list[Attribute]] = field(default_factory=dict)

    def every(self, name: str) -> Sequence[Attribute]:
        return self.attributes.get(name, ())

    def only(self, name: str) -> Attribute | None:
        """The attribute of that name. Raises SdpRefused when it stands there twice."""
        found = self.every(name)
        if len(found) > 1:
            raise SdpRefused(found[1].line, f"a={name} is there twice")
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Description:
    session: Section
    media: tuple[Section, ...]


def number(line: int, what: str, text: str, minimum: int, maximum: int) -> int:
    """A decimal number in ASCII digits within limits. Raises SdpRefused."""
    if text.isascii() and text.isdigit() and len(text) <= 20 and minimum <= int(text) <= maximum:
        return int(text)
    raise SdpRefused(line, f"{what} must be a number from {minimum} to {maximum}")


def is_token(text: str) -> bool:
    """RFC 8866 §9 `token`, of at most 64 characters."""
    return _TOKEN.fullmatch(text) is not None


def _media_line(line: int, value: str) -> Section:
    parts = value.split(" ")
    if len(parts) < 4:
        raise SdpRefused(line, "m= needs media, port, protocol and a format")
    media, port, protocol, *formats = parts
    if not is_token(media):
        raise SdpRefused(line, "m= names no media")
    if len(formats) > 128:
        raise SdpRefused(line, "m= has more than 128 formats")
    return Section(line, media, number(line, "the port", port, 0, 65535), protocol, tuple(formats))


def _wrong(lines: list[str]) -> SdpRefused:
    """The first of the lines that is too long or of another form; the caller knows that there is one."""
    position, content = next(
        (position, content)
        for position, content in enumerate(lines, start=1)
        if len(content) > MAX_LINE_CHARACTERS or _LINE.fullmatch(content) is None
    )
    if len(content) > MAX_LINE_CHARACTERS:
        return SdpRefused(position, f"is longer than {MAX_LINE_CHARACTERS} characters")
    return SdpRefused(position, "is not of the form <letter>=<value>")


def _lines(text: str) -> list[tuple[str, str]]:
    """The letter and the value of each line. Raises SdpRefused."""
    if len(text) > MAX_CHARACTERS:
        raise SdpRefused(0, f"the offer is longer than {MAX_CHARACTERS} characters")
    text = text.replace("\r\n", "\n").removesuffix("\n")
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        raise SdpRefused(0, f"the offer has more than {MAX_LINES} lines")
    if lines[0] != "v=0":
        raise SdpRefused(1, "the first line must be v=0")
    read: list[tuple[str, str]] = _LINE.findall(text)
    if len(read) != len(lines) or max(map(len, lines)) > MAX_LINE_CHARACTERS:
        raise _wrong(lines)
    return read


def parse(text: str) -> Description:
    """Read a description. Raises SdpRefused, naming the line, for anything that is not one."""
    session = Section(1)
    media: list[Section] = []
    attributes = session.attributes
    for position, (letter, value) in enumerate(_lines(text), start=1):
        if letter == "a":
            name, _, rest = value.partition(":")
            attribute = Attribute(position, name, rest)
            if name in attributes:
                attributes[name].append(attribute)
            else:
                attributes[name] = [attribute]
        elif letter == "m":
            if len(media) == MAX_SECTIONS:
                raise SdpRefused(position, f"more than {MAX_SECTIONS} media sections")
            media.append(_media_line(position, value))
            attributes = media[-1].attributes
    if not media:
        raise SdpRefused(0, "the offer has no media section")
    return Description(session, tuple(media))

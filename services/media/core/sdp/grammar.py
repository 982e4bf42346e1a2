"""The lines of a session description (RFC 8866): type letters, attributes, media sections, without their meaning."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.media.core.sdp.refusal import SdpRefused

# A browser's offer with 20 slots has 60 kB, 64 sections of 60 attributes 4,000 lines.
MAX_CHARACTERS = 200_000
MAX_LINES = 6_000
MAX_LINE_CHARACTERS = 1_000
MAX_SECTIONS = 64

_LINE = re.compile(r"([a-z])=([^\x00-\x1f\x7f]*)")
_TOKEN = re.compile(r"[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]{1,64}")


@dataclass(frozen=True, slots=True)
class Attribute:
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
    attributes: list[Attribute] = field(default_factory=list)

    def every(self, name: str) -> Iterator[Attribute]:
        return (attribute for attribute in self.attributes if attribute.name == name)

    def only(self, name: str) -> Attribute | None:
        """The attribute of that name. Raises SdpRefused when it stands there twice."""
        found = None
        for attribute in self.every(name):
            if found is not None:
                raise SdpRefused(attribute.line, f"a={name} is there twice")
            found = attribute
        return found


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


def parse(text: str) -> Description:
    """Read a description. Raises SdpRefused, naming the line, for anything that is not one."""
    if len(text) > MAX_CHARACTERS:
        raise SdpRefused(0, f"the offer is longer than {MAX_CHARACTERS} characters")
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    if len(lines) > MAX_LINES:
        raise SdpRefused(0, f"the offer has more than {MAX_LINES} lines")
    if lines[0] != "v=0":
        raise SdpRefused(1, "the first line must be v=0")
    session = Section(1)
    media: list[Section] = []
    current = session
    for position, content in enumerate(lines, start=1):
        if len(content) > MAX_LINE_CHARACTERS:
            raise SdpRefused(position, f"is longer than {MAX_LINE_CHARACTERS} characters")
        matched = _LINE.fullmatch(content)
        if matched is None:
            raise SdpRefused(position, "is not of the form <letter>=<value>")
        letter, value = matched.groups()
        if letter == "m":
            if len(media) == MAX_SECTIONS:
                raise SdpRefused(position, f"more than {MAX_SECTIONS} media sections")
            current = _media_line(position, value)
            media.append(current)
        elif letter == "a":
            name, _, rest = value.partition(":")
            current.attributes.append(Attribute(position, name, rest))
    if not media:
        raise SdpRefused(0, "the offer has no media section")
    return Description(session, tuple(media))

"""What an offer says, attribute by attribute: typed, checked, and limited to what the node needs."""

import re
from dataclasses import dataclass
from typing import Literal

from services.media.core.sdp.grammar import Section, is_token, number, parse
from services.media.core.sdp.refusal import SdpRefused

Direction = Literal["sendrecv", "sendonly", "recvonly", "inactive"]
_DIRECTIONS: tuple[Direction, ...] = ("sendrecv", "sendonly", "recvonly", "inactive")

RTP_PROTOCOL = "UDP/TLS/RTP/SAVPF"
DATA_PROTOCOLS = ("UDP/DTLS/SCTP", "TCP/DTLS/SCTP")

# RFC 8839 §5.4: ufrag 4–256 and pwd 22–256 ice-chars.
_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PWD = re.compile(r"[A-Za-z0-9+/]{22,256}")
_RID = re.compile(r"[A-Za-z0-9_-]{1,16}")
# The hash functions that aiortc verifies, with their lengths in bytes.
_DIGESTS = {"sha-256": 32, "sha-384": 48, "sha-512": 64}
_MAX_SSRCS = 8
_MAX_RIDS = 8


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """RFC 8122: `value` is upper-case hex bytes joined by colons."""

    algorithm: str
    value: str


@dataclass(frozen=True, slots=True)
class OfferedCodec:
    """One payload type. `name` is lower case; `parameters` are those of its fmtp line, keys in lower case."""

    pt: int
    name: str
    clock: int
    channels: int
    parameters: dict[str, str]
    feedback: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfferedMedia:
    """One media section. `rejected`: the offerer stopped it (port 0 without bundle-only)."""

    line: int
    mid: str
    kind: str
    protocol: str
    formats: tuple[str, ...]
    rejected: bool
    direction: Direction
    codecs: tuple[OfferedCodec, ...] = ()
    # Header extension ids by URI.
    extensions: tuple[tuple[str, int], ...] = ()
    # Rids of `simulcast:send`, in the order offered; empty without simulcast.
    rids: tuple[str, ...] = ()
    ssrcs: tuple[int, ...] = ()
    sctp_port: int = 0
    max_message_size: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """One bundled transport and what runs over it."""

    ufrag: str
    pwd: str
    fingerprints: tuple[Fingerprint, ...]
    media: tuple[OfferedMedia, ...]
    allows_mixed_extensions: bool


def _fingerprints(*sections: Section) -> tuple[Fingerprint, ...]:
    for section in sections:
        found = []
        for attribute in section.every("fingerprint"):
            algorithm, _, value = attribute.value.partition(" ")
            algorithm = algorithm.lower()
            if algorithm not in _DIGESTS:
                continue
            octets = value.split(":")
            if len(octets) != _DIGESTS[algorithm] or not all(re.fullmatch("[0-9A-Fa-f]{2}", octet) for octet in octets):
                raise SdpRefused(attribute.line, f"a=fingerprint is no {algorithm} digest")
            found.append(Fingerprint(algorithm, value.upper()))
        if found:
            return tuple(found[:4])
    raise SdpRefused(sections[0].line, "a=fingerprint with sha-256, sha-384 or sha-512 is missing")


def _inherited(name: str, section: Section, session: Section) -> tuple[int, str]:
    """The line and value of an attribute that the section has or inherits. Raises SdpRefused when neither has it."""
    attribute = section.only(name) or session.only(name)
    if attribute is None:
        raise SdpRefused(section.line, f"a={name} is missing")
    return attribute.line, attribute.value


def _direction(section: Section, session: Section) -> Direction:
    for level in (section, session):
        for direction in _DIRECTIONS:
            if level.only(direction) is not None:
                return direction
    return "sendrecv"


def _payload_type(line: int, text: str) -> int:
    return number(line, "the payload type", text, 0, 127)


def _parameters(text: str) -> dict[str, str]:
    parameters = {}
    for pair in text.split(";"):
        key, _, value = pair.strip().partition("=")
        parameters[key.lower()] = value
    return parameters


class _Codecs:
    """The codecs of one offer's sections. Those of its slots are alike, and are read once."""

    def __init__(self) -> None:
        self._known: dict[tuple[tuple[str, ...], ...], tuple[OfferedCodec, ...]] = {}

    def read(self, section: Section) -> tuple[OfferedCodec, ...]:
        """Raises SdpRefused."""
        lines = (tuple(entry.value for entry in section.every(name)) for name in ("rtpmap", "fmtp", "rtcp-fb"))
        key = (section.formats, *lines)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = _read_codecs(section)
        return found


def _read_codecs(section: Section) -> tuple[OfferedCodec, ...]:
    order = [_payload_type(section.line, text) for text in section.formats]
    if len(set(order)) != len(order):
        raise SdpRefused(section.line, "m= names a payload type twice")
    fmtp: dict[int, dict[str, str]] = {}
    for attribute in section.every("fmtp"):
        pt, _, text = attribute.value.partition(" ")
        fmtp[_payload_type(attribute.line, pt)] = _parameters(text)
    feedback: dict[int, set[str]] = {}
    for attribute in section.every("rtcp-fb"):
        pt, _, text = attribute.value.partition(" ")
        for target in order if pt == "*" else [_payload_type(attribute.line, pt)]:
            feedback.setdefault(target, set()).add(text.strip())
    maps: dict[int, OfferedCodec] = {}
    for attribute in section.every("rtpmap"):
        head, _, encoding = attribute.value.partition(" ")
        mapped = _payload_type(attribute.line, head)
        if mapped in maps:
            raise SdpRefused(attribute.line, f"payload type {mapped} is mapped twice")
        parts = encoding.strip().split("/")
        if not 2 <= len(parts) <= 3 or not is_token(parts[0]):
            raise SdpRefused(attribute.line, "a=rtpmap must be <type> <name>/<clock>[/<channels>]")
        clock = number(attribute.line, "the clock rate", parts[1], 1, 1_000_000)
        channels = number(attribute.line, "the channels", parts[2], 1, 8) if len(parts) == 3 else 1
        maps[mapped] = OfferedCodec(
            mapped, parts[0].lower(), clock, channels, fmtp.get(mapped, {}), frozenset(feedback.get(mapped, ()))
        )
    return tuple(maps[pt] for pt in order if pt in maps)


def _extensions(section: Section) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for attribute in section.every("extmap"):
        head, _, rest = attribute.value.partition(" ")
        # RFC 8285 §8: 4096–4351 mark ids that are still to be chosen.
        extension = number(attribute.line, "the extension id", head.partition("/")[0], 1, 4351)
        uri = rest.split(" ")[0]
        if extension in found.values() or uri in found:
            raise SdpRefused(attribute.line, "a=extmap repeats an id or a URI")
        found[uri] = extension
    return tuple(found.items())


def _simulcast(section: Section) -> tuple[str, ...]:
    """RFC 8853: the layers that the offerer would send, without alternatives and without those paused at the start."""
    attribute = section.only("simulcast")
    if attribute is None:
        return ()
    words = attribute.value.split(" ")
    if "send" not in words[::2] or len(words) % 2:
        return ()
    streams = words[words.index("send") + 1].split(";")
    rids = tuple(stream.split(",")[0].removeprefix("~") for stream in streams)
    declared = set()
    for rid in section.every("rid"):
        name, _, rest = rid.value.partition(" ")
        if rest.split(" ")[0] == "send":
            declared.add(name)
    if len(rids) > _MAX_RIDS or len(set(rids)) != len(rids):
        raise SdpRefused(attribute.line, f"a=simulcast repeats a rid or has more than {_MAX_RIDS}")
    for name in rids:
        if _RID.fullmatch(name) is None or name not in declared:
            raise SdpRefused(attribute.line, "a=simulcast names a rid without a=rid send")
    return rids


def _ssrcs(section: Section) -> tuple[int, ...]:
    """The primary SSRCs: all declared but those that repair (the second of each FID group, RFC 5576 §4.2)."""
    repairing = set()
    for group in section.every("ssrc-group"):
        words = group.value.split(" ")
        if words[0] == "FID":
            repairing.update(words[2:])
    found: dict[int, None] = {}
    for attribute in section.every("ssrc"):
        text = attribute.value.split(" ")[0]
        ssrc = number(attribute.line, "the ssrc", text, 1, 0xFFFF_FFFF)
        if text not in repairing:
            found[ssrc] = None
    if len(found) > _MAX_SSRCS:
        raise SdpRefused(section.line, f"more than {_MAX_SSRCS} ssrcs")
    return tuple(found)


def _media(section: Section, session: Section, codecs: _Codecs) -> OfferedMedia:
    attribute = section.only("mid")
    if attribute is None:
        raise SdpRefused(section.line, "a=mid is missing")
    # RFC 8843 wants the mid in a header extension of one byte's length: 16 bytes at most.
    if not is_token(attribute.value) or len(attribute.value) > 16:
        raise SdpRefused(attribute.line, "a=mid must be a token of 1 to 16 characters")
    rejected = section.port == 0 and section.only("bundle-only") is None
    direction = _direction(section, session)
    head = (section.line, attribute.value, section.media, section.protocol, section.formats, rejected, direction)
    if rejected:
        return OfferedMedia(*head)
    if section.media in ("audio", "video") and section.protocol == RTP_PROTOCOL:
        if section.only("rtcp-mux") is None:
            raise SdpRefused(section.line, "a=rtcp-mux is missing")
        return OfferedMedia(
            *head,
            codecs=codecs.read(section),
            extensions=_extensions(section),
            rids=_simulcast(section),
            ssrcs=_ssrcs(section),
        )
    if section.media == "application" and section.protocol in DATA_PROTOCOLS:
        line, value = _inherited("sctp-port", section, session)
        size = section.only("max-message-size")
        return OfferedMedia(
            *head,
            sctp_port=number(line, "a=sctp-port", value, 1, 65535),
            # RFC 8841 §6.1: 64 kB when absent, 0 is no limit.
            max_message_size=number(size.line, "a=max-message-size", size.value, 0, 1 << 60) if size else 65536,
        )
    return OfferedMedia(*head)


def _check_bundle(session: Section, media: tuple[OfferedMedia, ...]) -> None:
    groups = [group for group in session.every("group") if group.value.split(" ")[0] == "BUNDLE"]
    if len(groups) != 1:
        raise SdpRefused(0, "exactly one a=group:BUNDLE is needed")
    members = groups[0].value.split(" ")[1:]
    for section in media:
        if not section.rejected and section.mid not in members:
            raise SdpRefused(section.line, f"mid {section.mid} is not in the BUNDLE group")


def read_offer(text: str) -> Offer:
    """Read an offer. Raises SdpRefused, naming the line, for whatever cannot be answered, and nothing else."""
    description = parse(text)
    session = description.session
    codecs = _Codecs()
    media = tuple(_media(section, session, codecs) for section in description.media)
    mids = [section.mid for section in media]
    for section in media:
        if mids.count(section.mid) > 1:
            raise SdpRefused(section.line, f"a=mid {section.mid} is there twice")
    _check_bundle(session, media)
    live = [section for section, read in zip(description.media, media, strict=True) if not read.rejected]
    if not live:
        raise SdpRefused(0, "every media section is rejected")
    # With BUNDLE the first section's transport is everybody's (RFC 8843 §7.3).
    carrier = live[0]
    line, ufrag = _inherited("ice-ufrag", carrier, session)
    if _UFRAG.fullmatch(ufrag) is None:
        raise SdpRefused(line, "a=ice-ufrag must be 4 to 256 letters, digits, + or /")
    line, pwd = _inherited("ice-pwd", carrier, session)
    if _PWD.fullmatch(pwd) is None:
        raise SdpRefused(line, "a=ice-pwd must be 22 to 256 letters, digits, + or /")
    line, setup = _inherited("setup", carrier, session)
    # The node is the DTLS server, so the offerer must be able to be the client (RFC 8842 §5).
    if setup not in ("actpass", "active"):
        raise SdpRefused(line, "a=setup must be actpass or active")
    mixed = session.only("extmap-allow-mixed") is not None
    return Offer(ufrag, pwd, _fingerprints(carrier, session), media, mixed)

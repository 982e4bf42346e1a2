"""The packet path of a media node.

One `Datapath` is one UDP socket (and one TCP listener on the same port number, for ICE-TCP) and one thread that owns
all packet state. Every method but `poll_events`, `stats` and the constructor only queues a command, in order, and wakes
the thread: none blocks, none raises for a handle that the thread no longer knows (the command is counted as
`command_unknown_handle` and dropped). Values out of range raise `ValueError` at once, naming the argument.

Handles are small integers chosen by the caller: `room`, `transport` and `track` are unique in the datapath while they
live; `slot` is an index within its transport.
"""

from collections.abc import Sequence
from typing import Final, Literal, final

Codec = Literal["opus", "vp8", "vp9", "h264", "av1"]
SrtpProfile = Literal["AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES128_CM_SHA1_80"]

@final
class PayloadType:
    """One payload type of an m-line: `rtx` is the type that repairs it (RFC 4588), if there is one."""

    def __init__(self, codec: Codec, pt: int, rtx: int | None = None) -> None: ...

@final
class Extensions:
    """Header extension ids of an m-line as negotiated (RFC 8285), None where absent."""

    def __init__(
        self,
        mid: int | None = None,
        rid: int | None = None,
        repaired_rid: int | None = None,
        audio_level: int | None = None,
        transport_cc: int | None = None,
        abs_send_time: int | None = None,
        abs_capture_time: int | None = None,
        video_orientation: int | None = None,
        dependency_descriptor: int | None = None,
    ) -> None: ...

@final
class Track:
    """What one m-line of a publisher sends.

    A `sound` is that of a shared screen: nobody's voice, heard beside the loudest ones.

    `rids` are the simulcast layers, lowest first; empty: one layer. `ssrcs` are those that the SDP declares, if any;
    else they are learned from the mid and rid extensions (RFC 8852).
    """

    def __init__(
        self,
        mid: str,
        kind: Literal["audio", "camera", "screen", "sound"],
        payload_types: Sequence[PayloadType],
        extensions: Extensions,
        rids: Sequence[str] = (),
        ssrcs: Sequence[int] = (),
    ) -> None: ...

@final
class Slot:
    """One receive m-line of a subscriber: an unbroken stream under `ssrc` (and `rtx_ssrc`), whatever fills it.

    Audio slots are `paired` (with a video slot: filled by `pair_audio`) or free (filled by the datapath with a loud
    speaker that no paired slot holds).
    """

    def __init__(
        self,
        kind: Literal["audio", "video"],
        mid: str,
        ssrc: int,
        payload_types: Sequence[PayloadType],
        extensions: Extensions,
        rtx_ssrc: int | None = None,
        paired: bool = False,
    ) -> None: ...

# Events, oldest first. Plain classes with read-only attributes.

@final
class Datagram:
    """A DTLS record of a transport whose ICE check has passed."""

    transport: Final[int]
    data: Final[bytes]

@final
class Connected:
    """The first nominated pair of a transport, or a new one after its address changed."""

    transport: Final[int]
    address: Final[str]
    protocol: Final[Literal["udp", "tcp"]]
    changed: Final[bool]

@final
class Silent:
    """Nothing authenticated came from the transport for `timeout_ms`; once, until it is heard again: `Connected`."""

    transport: Final[int]

@final
class Speakers:
    """The loud tracks of a room (at most 3), dominant first; when the set or the dominant one changes."""

    room: Final[int]
    tracks: Final[tuple[int, ...]]

@final
class LayersChanged:
    """Which layers of a track arrive now, with their bit rates in bit/s (0: stopped).

    On a change, and every second while any flows.
    """

    track: Final[int]
    bitrates: Final[tuple[int, ...]]

@final
class Available:
    """What a subscriber's connection can carry, bit/s, from REMB and receiver reports; at most twice a second."""

    transport: Final[int]
    bitrate: Final[int]
    loss_per_mille: Final[int]
    rtt_ms: Final[int]

@final
class CodecMissing:
    """A slot was assigned a track in a codec that the slot has no payload type for."""

    transport: Final[int]
    slot: Final[int]
    codec: Final[Codec]

Event = Datagram | Connected | Silent | Speakers | LayersChanged | Available | CodecMissing

@final
class TransportStats:
    transport: Final[int]
    connected: Final[bool]
    address: Final[str]
    packets_received: Final[int]
    packets_sent: Final[int]
    bytes_received: Final[int]
    bytes_sent: Final[int]
    available: Final[int]

@final
class Datapath:
    def __init__(self, host: str, port: int, *, silent_timeout_ms: int = 5000, tcp: bool = True) -> None:
        """Bind `host`:`port` (0: any free one; UDP and TCP get the same) and start the thread.

        Raises OSError when the port is taken, naming address and port.
        """

    @property
    def port(self) -> int: ...
    @property
    def event_fd(self) -> int:
        """Readable while events wait; hand it to `loop.add_reader`. Reset by `poll_events`."""

    def poll_events(self) -> list[Event]: ...
    def stop(self) -> None:
        """End the thread and close the sockets; idempotent; at most 100 ms."""

    # Rooms: the domain of speaker selection and of who may subscribe to what.
    def add_room(self, room: int) -> None: ...
    def remove_room(self, room: int) -> None: ...

    # Transports.
    def add_transport(self, transport: int, room: int, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None: ...
    def restart_ice(self, transport: int, local_ufrag: str, local_pwd: str, remote_ufrag: str) -> None: ...
    def remove_transport(self, transport: int) -> None:
        """Its tracks and slots go with it."""

    def send_datagram(self, transport: int, data: bytes) -> None:
        """A DTLS record to the nominated address; dropped and counted while there is none."""

    def set_keys(
        self,
        transport: int,
        profile: SrtpProfile,
        local_key: bytes,
        local_salt: bytes,
        remote_key: bytes,
        remote_salt: bytes,
    ) -> None:
        """`local` protects what the node sends (RFC 5764 §4.2: the server's when the node is the DTLS server)."""

    def set_admitted(self, transport: int, admitted: bool) -> None:
        """False (the start): nothing is forwarded to or from the transport."""

    # What a transport sends.
    def add_track(self, transport: int, track: int, description: Track) -> None: ...
    def remove_track(self, track: int) -> None: ...
    def set_track_enabled(self, track: int, enabled: bool) -> None:
        """False: packets are counted and dropped, the track is no speaker."""

    # What a transport receives.
    def set_slots(self, transport: int, slots: Sequence[Slot]) -> None:
        """Slots beyond those that exist are added; existing ones keep their state and must not change ssrc."""

    def assign_video(self, transport: int, slot: int, track: int | None, layer: int = 0) -> None:
        """Fill a video slot with a track at a spatial layer (index into `rids`).

        Switched on a key frame; the old layer flows until then.
        """

    def pair_audio(self, transport: int, slot: int, track: int | None) -> None:
        """The person whose microphone is `track` is seen beside this paired audio slot.

        While among the loud ones they are heard in it.
        """

    def deny_audio(self, transport: int, tracks: Sequence[int]) -> None:
        """Tracks that this transport never hears (its own are never sent back anyway)."""

    def set_cap(self, transport: int, bitrate: int) -> None:
        """Start value of what the connection can carry, bit/s, before the first REMB."""

    # Reading.
    def stats(self) -> dict[str, int]:
        """Counters since the start, by name; `drop_*` are packets dropped, by reason. `cpu_ns` is the thread's."""

    def transport_stats(self, transports: Sequence[int]) -> list[TransportStats]: ...

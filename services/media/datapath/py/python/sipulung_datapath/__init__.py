"""The packet path of a media node; see __init__.pyi for what it offers."""

from typing import Literal

from .sipulung_datapath import (
    Available,
    CodecMissing,
    Connected,
    Datagram,
    Datapath,
    Extensions,
    LayersChanged,
    PayloadType,
    Silent,
    Slot,
    Speakers,
    Track,
    TransportStats,
)

Codec = Literal["opus", "vp8", "vp9", "h264", "av1"]
SrtpProfile = Literal["AEAD_AES_256_GCM", "AEAD_AES_128_GCM", "AES128_CM_SHA1_80"]
Event = Datagram | Connected | Silent | Speakers | LayersChanged | Available | CodecMissing

__all__ = [
    "Available",
    "Codec",
    "CodecMissing",
    "Connected",
    "Datagram",
    "Datapath",
    "Event",
    "Extensions",
    "LayersChanged",
    "PayloadType",
    "Silent",
    "Slot",
    "Speakers",
    "SrtpProfile",
    "Track",
    "TransportStats",
]

"""Which SCTP packets (RFC 9260) a session's association is given.

aiortc believes the lengths and counts in a packet: a parameter of length 0 would keep it busy for ever, one SACK of
wide gaps for a second. So what no browser sends is refused before. The data channel is one reliable stream, number 0.
"""

import struct
from typing import Final

_COMMON_HEADER: Final = 12
_CHUNK_HEADER: Final = 4
_DATA, _SACK, _FORWARD_TSN = 0, 3, 192
# Where the parameters (or error causes) of a chunk begin, by its type: INIT and INIT ACK have fixed fields before them;
# HEARTBEAT and its answer, ABORT, ERROR and RE-CONFIG (RFC 6525) have none.
_PARAMETERS: Final = {1: 20, 2: 20, 4: 4, 5: 4, 6: 4, 9: 4, 130: 4}
# How far beyond the first missing chunk a peer may say that it has something. The node has at most 256 KiB under way.
_MAX_ACKNOWLEDGED: Final = 1024


class SctpRefused(ValueError):
    """Nothing of the packet is taken."""


def check_packet(packet: bytes) -> None:
    """Raises SctpRefused. The checksum and the verification tag are not looked at."""
    position = _COMMON_HEADER
    while position + _CHUNK_HEADER <= len(packet):
        kind, _, length = struct.unpack_from("!BBH", packet, position)
        if length < _CHUNK_HEADER or position + length > len(packet):
            raise SctpRefused(f"a chunk of type {kind} has a length of {length}")
        chunk = packet[position : position + length]
        if kind == _DATA:
            _check_data(chunk)
        elif kind == _SACK:
            _check_sack(chunk)
        elif kind == _FORWARD_TSN:
            raise SctpRefused("nothing is sent unreliably, so nothing is given up")
        elif kind in _PARAMETERS:
            _check_parameters(kind, chunk[_PARAMETERS[kind] :])
        position += _padded(length)


def _check_data(chunk: bytes) -> None:
    # RFC 9260 §3.3.1: 16 bytes of header, and at least one of data.
    if len(chunk) < 17:
        raise SctpRefused("a DATA chunk has no data")
    stream = int.from_bytes(chunk[8:10], "big")
    if stream != 0:
        raise SctpRefused(f"stream {stream} is not used: the data channel is stream 0")


def _check_sack(chunk: bytes) -> None:
    if len(chunk) < 16:
        raise SctpRefused("a SACK is cut off")
    gaps, duplicates = struct.unpack_from("!HH", chunk, 12)
    if len(chunk) != 16 + 4 * (gaps + duplicates):
        raise SctpRefused("a SACK has another length than its blocks")
    after = 0
    for start, end in struct.iter_unpack("!HH", chunk[16 : 16 + 4 * gaps]):
        # RFC 9260 §3.3.4: the blocks are in order and do not touch.
        if not after < start <= end <= _MAX_ACKNOWLEDGED:
            raise SctpRefused("a SACK acknowledges what was never sent")
        after = end


def _check_parameters(kind: int, parameters: bytes) -> None:
    position = 0
    while position + 4 <= len(parameters):
        length = int.from_bytes(parameters[position + 2 : position + 4], "big")
        if length < 4:
            raise SctpRefused(f"a parameter of a chunk of type {kind} has a length of {length}")
        position += _padded(length)


def _padded(length: int) -> int:
    return length + -length % 4

//! What the datapath tells, oldest first.

use crate::codec::Codec;
use crate::ids::{Path, RoomId, SlotIndex, TrackId, TransportId};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A DTLS record from a checked address of the transport.
    Datagram { transport: TransportId, data: Vec<u8> },
    /// The first nominated pair, a new one, or the old one heard again after `Silent`.
    Connected { transport: TransportId, path: Path, changed: bool },
    /// Nothing authenticated came for the time configured; once.
    Silent { transport: TransportId },
    /// Loud tracks, dominant first.
    Speakers { room: RoomId, tracks: Vec<TrackId> },
    /// bit/s of each layer; 0: stopped.
    LayersChanged { track: TrackId, bitrates: Vec<u64> },
    /// bit/s.
    Available { transport: TransportId, bitrate: u64, loss_per_mille: u16, rtt_ms: u32 },
    /// A slot's source comes in a codec that the slot has no payload type for.
    CodecMissing { transport: TransportId, slot: SlotIndex, codec: Codec },
}

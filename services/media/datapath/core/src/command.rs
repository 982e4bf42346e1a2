//! What the datapath is told, in order.

use crate::ids::{LayerIndex, RoomId, SlotIndex, TrackId, TransportId};
use crate::slot::SlotDescription;
use crate::srtp::Master;
use crate::track::TrackDescription;

#[derive(Clone)]
pub enum Command {
    AddRoom(RoomId),
    RemoveRoom(RoomId),
    AddTransport {
        transport: TransportId,
        room: RoomId,
        local_ufrag: String,
        local_pwd: String,
        remote_ufrag: String,
    },
    RestartIce {
        transport: TransportId,
        local_ufrag: String,
        local_pwd: String,
        remote_ufrag: String,
    },
    RemoveTransport(TransportId),
    SendDatagram {
        transport: TransportId,
        data: Vec<u8>,
    },
    /// `local` protects what is sent.
    SetKeys {
        transport: TransportId,
        local: Master,
        remote: Master,
    },
    SetAdmitted {
        transport: TransportId,
        admitted: bool,
    },
    AddTrack {
        transport: TransportId,
        track: TrackId,
        description: TrackDescription,
    },
    RemoveTrack(TrackId),
    SetTrackEnabled {
        track: TrackId,
        enabled: bool,
    },
    /// The whole list; slots that exist keep their state.
    SetSlots {
        transport: TransportId,
        slots: Vec<SlotDescription>,
    },
    AssignVideo {
        transport: TransportId,
        slot: SlotIndex,
        track: Option<TrackId>,
        layer: LayerIndex,
    },
    PairAudio {
        transport: TransportId,
        slot: SlotIndex,
        track: Option<TrackId>,
    },
    DenyAudio {
        transport: TransportId,
        tracks: Vec<TrackId>,
    },
    SetCap {
        transport: TransportId,
        bitrate: u64,
    },
}

//! One layer of a track as it arrives: its numbers, losses, cache, and the slots that follow it.

use crate::bitrate::BitrateMeter;
use crate::cache::PacketCache;
use crate::ids::{LayerIndex, SlotIndex, Ssrc, TrackId, TransportId};
use crate::key_requests::KeyRequests;
use crate::nack::NackGenerator;
use crate::reception::Reception;
use crate::replay::ReplayWindow;
use crate::sequence::Unwrapper;
use crate::sync::StreamClock;
use crate::time::Instant;

/// One stream of packets: another SSRC on the same layer is another source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub publisher: TransportId,
    pub track: TrackId,
    pub layer: LayerIndex,
    pub ssrc: Ssrc,
}

/// A slot that shows a layer, or waits for its key frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listener {
    pub transport: TransportId,
    pub slot: SlotIndex,
}

pub struct Layer {
    pub ssrc: Option<Ssrc>,
    pub sequence: Option<Unwrapper>,
    /// What came already, over the stream and its retransmissions together.
    pub seen: ReplayWindow,
    pub reception: Option<Reception>,
    pub nacks: NackGenerator,
    pub cache: PacketCache,
    pub rate: BitrateMeter,
    pub key_requests: KeyRequests,
    pub clock: Option<StreamClock>,
    pub listeners: Vec<Listener>,
    pub last_packet: Option<Instant>,
    screen: bool,
}

impl Layer {
    #[must_use]
    pub fn new(screen: bool) -> Self {
        Layer {
            ssrc: None,
            sequence: None,
            seen: ReplayWindow::default(),
            reception: None,
            nacks: NackGenerator::default(),
            cache: PacketCache::default(),
            rate: BitrateMeter::default(),
            key_requests: KeyRequests::new(screen),
            clock: None,
            listeners: Vec::new(),
            last_packet: None,
            screen,
        }
    }

    /// The layer comes under another SSRC from now on. Returns the one before.
    pub fn bind(&mut self, ssrc: Ssrc) -> Option<Ssrc> {
        let before = self.ssrc.filter(|known| *known != ssrc);
        if before.is_some() {
            let listeners = std::mem::take(&mut self.listeners);
            *self = Layer { listeners, ..Layer::new(self.screen) };
            self.key_requests.want();
        }
        self.ssrc = Some(ssrc);
        before
    }

    pub fn listen(&mut self, listener: Listener) {
        if !self.listeners.contains(&listener) {
            self.listeners.push(listener);
        }
    }

    pub fn unlisten(&mut self, listener: Listener) {
        self.listeners.retain(|known| *known != listener);
        if self.listeners.is_empty() {
            self.key_requests.withdraw();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_ssrc_starts_the_layer_anew_for_the_same_listeners() {
        let mut layer = Layer::new(false);
        let listener = Listener { transport: TransportId(1), slot: SlotIndex(2) };
        layer.listen(listener);
        layer.listen(listener);
        assert_eq!(layer.bind(Ssrc(1)), None);
        layer.sequence = Some(Unwrapper::new(5));
        assert_eq!(layer.bind(Ssrc(1)), None);
        assert!(layer.sequence.is_some());
        assert_eq!(layer.bind(Ssrc(2)), Some(Ssrc(1)));
        assert!(layer.sequence.is_none() && layer.key_requests.is_wanted());
        assert_eq!(layer.listeners, [listener]);
        layer.unlisten(listener);
        assert!(!layer.key_requests.is_wanted());
    }
}

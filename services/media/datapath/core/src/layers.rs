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
use std::time::Duration;

/// For so long after the last packet of the new SSRC, one of the former is late.
const FORMER: Duration = Duration::from_secs(1);

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
    /// The stream that repairs it.
    pub rtx: Option<Ssrc>,
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
    /// Any packet, also while the track is off.
    pub arrived: Option<Instant>,
    /// The last one with media that was let through.
    pub last_packet: Option<Instant>,
    /// Of sound: the first packet of the stretch that is heard; `None` while it is not.
    pub heard_since: Option<u64>,
    screen: bool,
}

impl Layer {
    #[must_use]
    pub fn new(screen: bool) -> Self {
        Layer {
            ssrc: None,
            rtx: None,
            sequence: None,
            seen: ReplayWindow::default(),
            reception: None,
            nacks: NackGenerator::default(),
            cache: PacketCache::default(),
            rate: BitrateMeter::default(),
            key_requests: KeyRequests::new(screen),
            clock: None,
            listeners: Vec::new(),
            arrived: None,
            last_packet: None,
            heard_since: None,
            screen,
        }
    }

    /// The layer comes under this SSRC from now on. Those who follow it stay; they need a key frame.
    pub fn bind(&mut self, ssrc: Ssrc) {
        if self.ssrc.is_some_and(|known| known != ssrc) {
            let fresh = Layer::new(self.screen);
            let before = std::mem::replace(self, fresh);
            self.listeners = before.listeners;
            self.rtx = before.rtx;
            self.rate = before.rate;
            // With the time of the last request: restarting an encoder is no way around the limit.
            self.key_requests = before.key_requests;
            if !self.listeners.is_empty() {
                self.key_requests.want();
            }
        }
        self.ssrc = Some(ssrc);
    }

    /// Whether a packet of the former SSRC is only late. A browser that goes back to it has ended the other before.
    #[must_use]
    pub fn is_late(&self, now: Instant, ssrc: Ssrc) -> bool {
        self.ssrc != Some(ssrc) && self.arrived.is_some_and(|at| now.since(at) < FORMER)
    }

    /// A key frame that begins with `sequence` can be sent whole: what came behind it already is still there, and if it needs what
    /// stands right before it, that is not on its way yet.
    #[must_use]
    pub fn can_begin_at(&self, sequence: u64, wants_parameters: bool) -> bool {
        if wants_parameters && self.nacks.misses(sequence - 1) {
            return false;
        }
        let highest = self.sequence.map_or(sequence, |unwrapper| unwrapper.highest());
        (sequence + 1..=highest).all(|later| self.seen.admits(later) || self.cache.get(later).is_some())
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
        layer.bind(Ssrc(1));
        layer.sequence = Some(Unwrapper::new(5));
        layer.bind(Ssrc(1));
        assert!(layer.sequence.is_some() && !layer.key_requests.is_wanted());
        layer.bind(Ssrc(2));
        assert!(layer.sequence.is_none() && layer.key_requests.is_wanted());
        layer.arrived = Some(Instant(0));
        assert!(layer.is_late(Instant::from_millis(999), Ssrc(1)) && !layer.is_late(Instant::from_millis(1000), Ssrc(1)));
        assert!(!layer.is_late(Instant(0), Ssrc(2)));
        assert_eq!(layer.listeners, [listener]);
        layer.unlisten(listener);
        assert!(!layer.key_requests.is_wanted());
    }
}

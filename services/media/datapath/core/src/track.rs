//! What one m-line of a publisher sends: its layers, and how its packets are told apart.

use crate::codec::PayloadType;
use crate::extensions::Extensions;
use crate::ids::{LayerIndex, Ssrc, TrackId, TransportId};
use crate::layers::Layer;
use crate::time::Instant;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Camera,
    Screen,
}

#[derive(Clone, Debug)]
pub struct TrackDescription {
    pub mid: String,
    pub kind: Kind,
    pub payload_types: Vec<PayloadType>,
    pub extensions: Extensions,
    /// Simulcast layers, lowest first; empty: one layer.
    pub rids: Vec<String>,
    pub ssrcs: Vec<Ssrc>,
}

pub struct Track {
    pub id: TrackId,
    pub transport: TransportId,
    pub description: TrackDescription,
    pub enabled: bool,
    pub layers: Vec<Layer>,
    reported: Vec<u64>,
    reported_at: Instant,
}

const RATE_INTERVAL: Duration = Duration::from_secs(1);

impl Track {
    #[must_use]
    pub fn new(id: TrackId, transport: TransportId, description: TrackDescription) -> Self {
        let screen = description.kind == Kind::Screen;
        let layers = (0..description.rids.len().max(1)).map(|_| Layer::new(screen)).collect::<Vec<_>>();
        let reported = vec![0; layers.len()];
        Track { id, transport, description, enabled: true, layers, reported, reported_at: Instant::ZERO }
    }

    /// The layer that a rid stands for (RFC 8852). Without simulcast there is one, whatever the packet says.
    #[must_use]
    pub fn layer_of(&self, rid: Option<&[u8]>) -> Option<LayerIndex> {
        if self.description.rids.is_empty() {
            return Some(LayerIndex(0));
        }
        let rid = rid?;
        self.description.rids.iter().position(|known| known.as_bytes() == rid).map(|index| LayerIndex(index as u8))
    }

    /// The rates of the layers, when one came or went, and every second while any flows.
    pub fn changed_rates(&mut self, now: Instant) -> Option<Vec<u64>> {
        // A still page makes an encoder pause for seconds.
        let longest = Duration::from_millis(if self.description.kind == Kind::Screen { 4000 } else { 1000 });
        let rates: Vec<u64> = self
            .layers
            .iter_mut()
            .map(|layer| {
                let flows = layer.last_packet.is_some_and(|at| now.since(at) < longest);
                if flows {
                    layer.rate.rate(now).max(1)
                } else {
                    0
                }
            })
            .collect();
        let flipped = rates.iter().zip(&self.reported).any(|(rate, before)| (*rate == 0) != (*before == 0));
        let flows = rates.iter().any(|rate| *rate > 0);
        if !(flipped || flows && now.since(self.reported_at) >= RATE_INTERVAL) {
            return None;
        }
        self.reported.clone_from(&rates);
        self.reported_at = now;
        Some(rates)
    }
}

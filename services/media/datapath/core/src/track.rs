//! What one m-line of a publisher sends: its layers, and how its packets are told apart.

use crate::codec::PayloadType;
use crate::extensions::{AudioLevel, Extensions};
use crate::ids::{LayerIndex, Ssrc, TrackId, TransportId};
use crate::layers::Layer;
use crate::time::Instant;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A microphone.
    Audio,
    /// The sound of a shared screen: heard beside the three voices, and never instead of one.
    Sound,
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
    /// When it was last more than silence: of `Sound`.
    audible: Option<Instant>,
    reported: Vec<u64>,
    reported_at: Instant,
}

const RATE_INTERVAL: Duration = Duration::from_secs(1);
/// Fainter than this is silence: a still tab goes on sending it.
const FAINTEST_SOUND: u8 = 90;
/// Music has pauses.
const SOUND_END: Duration = Duration::from_secs(2);

impl Track {
    #[must_use]
    pub fn new(id: TrackId, transport: TransportId, description: TrackDescription) -> Self {
        let screen = description.kind == Kind::Screen;
        let layers = (0..description.rids.len().max(1)).map(|_| Layer::new(screen)).collect::<Vec<_>>();
        let reported = vec![0; layers.len()];
        Track { id, transport, description, enabled: true, layers, audible: None, reported, reported_at: Instant::ZERO }
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

    #[must_use]
    pub fn is_audible(level: AudioLevel) -> bool {
        level.level < FAINTEST_SOUND
    }

    /// Whether a packet of a shared screen's sound is to be heard.
    pub fn sounds(&mut self, now: Instant, level: AudioLevel) -> bool {
        if Track::is_audible(level) {
            self.audible = Some(now);
        }
        self.audible.is_some_and(|at| now.since(at) < SOUND_END)
    }

    /// The rates of the layers, when one came or went, and every second while any flows.
    pub fn changed_rates(&mut self, now: Instant) -> Option<Vec<u64>> {
        // A still page makes an encoder pause for seconds.
        let longest = Duration::from_millis(if self.description.kind == Kind::Screen { 4000 } else { 1000 });
        let flows = |layer: &Layer| layer.last_packet.is_some_and(|at| now.since(at) < longest);
        let flipped = self.layers.iter().zip(&self.reported).any(|(layer, before)| flows(layer) != (*before > 0));
        if !(flipped || self.layers.iter().any(flows) && now.since(self.reported_at) >= RATE_INTERVAL) {
            return None;
        }
        for (layer, reported) in self.layers.iter_mut().zip(&mut self.reported) {
            *reported = if flows(layer) { layer.rate.rate(now).max(1) } else { 0 };
        }
        self.reported_at = now;
        Some(self.reported.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(kind: Kind, rids: &[&str]) -> Track {
        let rids = rids.iter().map(ToString::to_string).collect();
        let (payload_types, ssrcs, extensions) = (Vec::new(), Vec::new(), Extensions::default());
        Track::new(TrackId(1), TransportId(1), TrackDescription { mid: "0".into(), kind, payload_types, extensions, rids, ssrcs })
    }

    #[test]
    fn layers_by_rid() {
        let camera = track(Kind::Camera, &["q", "h"]);
        assert_eq!(camera.layer_of(Some(b"h")), Some(LayerIndex(1)));
        assert_eq!((camera.layer_of(Some(b"f")), camera.layer_of(None)), (None, None));
        assert_eq!(track(Kind::Screen, &[]).layer_of(Some(b"x")), Some(LayerIndex(0)));
    }

    #[test]
    fn rates_are_told_on_a_change_and_each_second() {
        let mut camera = track(Kind::Camera, &["q", "h"]);
        let at = Instant::from_millis;
        assert_eq!(camera.changed_rates(at(0)), None);
        for millis in (1000..3000).step_by(100) {
            camera.layers[0].rate.add(at(millis), 1250);
            camera.layers[0].last_packet = Some(at(millis));
        }
        assert_eq!(camera.changed_rates(at(2900)), Some(vec![100_000, 0]));
        assert_eq!(camera.changed_rates(at(3800)), None);
        assert!(camera.changed_rates(at(3900)).is_some_and(|rates| rates == [0, 0]));
        assert_eq!(camera.changed_rates(at(9000)), None);
    }

    #[test]
    fn a_still_page_pauses_for_seconds() {
        let mut screen = track(Kind::Screen, &[]);
        screen.layers[0].last_packet = Some(Instant(0));
        assert_eq!(screen.changed_rates(Instant::from_millis(3900)), Some(vec![1]));
        assert_eq!(screen.changed_rates(Instant::from_millis(4000)), Some(vec![0]));
    }

    #[test]
    fn sound_lasts_through_a_pause_and_silence_is_none() {
        let mut sound = track(Kind::Sound, &[]);
        let level = |level| AudioLevel { voice: false, level };
        assert!(!sound.sounds(Instant(0), level(127)));
        assert!(sound.sounds(Instant(0), level(80)));
        assert!(sound.sounds(Instant::from_millis(1999), level(127)));
        assert!(!sound.sounds(Instant::from_millis(2000), level(127)));
    }
}

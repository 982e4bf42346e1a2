//! Which audio slot of a subscriber carries which track: the slot where the person is seen, else a free one, moved only while silent.

use crate::ids::{SlotIndex, TrackId};
use crate::time::Instant;
use rustc_hash::FxHashSet;
use std::time::Duration;

/// Silence after which a voice may move: longer than the gaps within a sentence.
const SILENCE: Duration = Duration::from_millis(300);
/// Without packets for this long a slot may be given to another.
const STALE: Duration = Duration::from_millis(500);

struct Route {
    track: TrackId,
    slot: SlotIndex,
    talked: Instant,
    heard: Instant,
}

#[derive(Default)]
pub struct Voices {
    free: Vec<SlotIndex>,
    pairs: Vec<(SlotIndex, TrackId)>,
    denied: FxHashSet<TrackId>,
    routes: Vec<Route>,
}

impl Voices {
    pub fn add_free(&mut self, slot: SlotIndex) {
        self.free.push(slot);
    }

    pub fn pair(&mut self, slot: SlotIndex, track: Option<TrackId>) {
        self.pairs.retain(|(known, other)| *known != slot && Some(*other) != track);
        self.pairs.extend(track.map(|track| (slot, track)));
    }

    pub fn deny(&mut self, tracks: impl IntoIterator<Item = TrackId>) {
        self.denied = tracks.into_iter().collect();
    }

    pub fn forget(&mut self, track: TrackId) {
        self.routes.retain(|route| route.track != track);
        self.pairs.retain(|(_, known)| *known != track);
        self.denied.remove(&track);
    }

    /// The slot for a packet of `track`. None: denied, or no slot is left.
    pub fn route(&mut self, now: Instant, track: TrackId, talks: bool) -> Option<SlotIndex> {
        if self.denied.contains(&track) {
            return None;
        }
        let wanted = self.pairs.iter().find(|(_, known)| *known == track).map(|(slot, _)| *slot);
        if let Some(at) = self.routes.iter().position(|route| route.track == track) {
            let route = &self.routes[at];
            let right = match wanted {
                Some(slot) => route.slot == slot,
                None => self.free.contains(&route.slot),
            };
            if !right && now.since(route.talked) >= SILENCE {
                if let Some(slot) = self.vacant(now, track, wanted) {
                    self.routes[at].slot = slot;
                }
            }
            let route = &mut self.routes[at];
            route.heard = now;
            if talks {
                route.talked = now;
            }
            return Some(route.slot);
        }
        let slot = self.vacant(now, track, wanted)?;
        self.routes.push(Route { track, slot, talked: now, heard: now });
        Some(slot)
    }

    /// The wanted slot, or the free one that has been unused longest; whoever held it is forgotten.
    fn vacant(&mut self, now: Instant, track: TrackId, wanted: Option<SlotIndex>) -> Option<SlotIndex> {
        let last = |slot: SlotIndex| {
            let others = self.routes.iter().filter(|route| route.slot == slot && route.track != track);
            others.map(|route| route.heard).max()
        };
        let vacant = |slot: &SlotIndex| last(*slot).is_none_or(|heard| now.since(heard) >= STALE);
        let chosen = wanted.filter(vacant).or_else(|| self.free.iter().copied().filter(vacant).min_by_key(|slot| last(*slot)))?;
        self.routes.retain(|route| route.slot != chosen || route.track == track);
        Some(chosen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: [SlotIndex; 2] = [SlotIndex(0), SlotIndex(1)];
    const PAIRED: SlotIndex = SlotIndex(5);

    fn voices() -> Voices {
        let mut voices = Voices::default();
        for slot in FREE {
            voices.add_free(slot);
        }
        voices
    }

    #[test]
    fn heard_where_seen_and_moved_only_while_silent() {
        let mut voices = voices();
        let track = TrackId(1);
        assert_eq!(voices.route(Instant(0), track, true), Some(FREE[0]));
        voices.pair(PAIRED, Some(track));
        assert_eq!(voices.route(Instant::from_millis(20), track, true), Some(FREE[0]));
        assert_eq!(voices.route(Instant::from_millis(200), track, false), Some(FREE[0]));
        assert_eq!(voices.route(Instant::from_millis(320), track, true), Some(PAIRED));
        voices.pair(PAIRED, None);
        assert_eq!(voices.route(Instant::from_millis(340), track, true), Some(PAIRED));
        assert_eq!(voices.route(Instant::from_millis(700), track, false), Some(FREE[0]));
    }

    #[test]
    fn a_slot_in_use_is_not_taken_and_a_stale_one_is() {
        let mut voices = voices();
        assert_eq!(voices.route(Instant(0), TrackId(1), true), Some(FREE[0]));
        assert_eq!(voices.route(Instant(0), TrackId(2), true), Some(FREE[1]));
        assert_eq!(voices.route(Instant(0), TrackId(3), true), None);
        voices.route(Instant::from_millis(400), TrackId(2), true);
        assert_eq!(voices.route(Instant::from_millis(600), TrackId(3), true), Some(FREE[0]));
    }

    #[test]
    fn denied_and_forgotten() {
        let mut voices = voices();
        voices.deny([TrackId(1)]);
        assert_eq!(voices.route(Instant(0), TrackId(1), true), None);
        voices.forget(TrackId(1));
        assert_eq!(voices.route(Instant(0), TrackId(1), true), Some(FREE[0]));
    }
}

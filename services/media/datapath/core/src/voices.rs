//! Which audio slot of a subscriber carries which track: the slot where the person is seen, else a free one, moved only while silent.

use crate::ids::{SlotIndex, TrackId};
use crate::time::Instant;
use rustc_hash::FxHashSet;
use std::time::Duration;

/// Silence after which a voice may move: longer than the gaps within a sentence.
const SILENCE: Duration = Duration::from_millis(300);
/// Without packets for this long a slot may be given to another.
const STALE: Duration = Duration::from_millis(500);

/// A packet that looks for its slot.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub track: TrackId,
    /// It carries talk.
    pub talks: bool,
    /// The sound of a shared screen: it leaves its free slot to a voice.
    pub yields: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routed {
    pub slot: SlotIndex,
    /// The track was not in this slot before.
    pub fresh: bool,
}

struct Route {
    track: TrackId,
    slot: SlotIndex,
    yields: bool,
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
        self.routes.retain(|route| !self.denied.contains(&route.track));
    }

    pub fn forget(&mut self, track: TrackId) {
        self.routes.retain(|route| route.track != track);
        self.pairs.retain(|(_, known)| *known != track);
        self.denied.remove(&track);
    }

    /// The slot for a packet of `track`. None: denied, or no slot is left.
    pub fn route(&mut self, now: Instant, offer: Offer) -> Option<Routed> {
        let Offer { track, talks, yields } = offer;
        if self.denied.contains(&track) {
            return None;
        }
        let wanted = self.pairs.iter().find(|(_, known)| *known == track).map(|(slot, _)| *slot);
        let Some(at) = self.routes.iter().position(|route| route.track == track) else {
            let slot = self.vacant(now, offer, wanted)?;
            self.clear(slot);
            self.routes.push(Route { track, slot, yields, talked: now, heard: now });
            return Some(Routed { slot, fresh: true });
        };
        let Route { slot, talked, .. } = self.routes[at];
        let is_free = self.free.contains(&slot);
        let right = wanted.map_or(is_free, |wanted| slot == wanted);
        let better = if right || now.since(talked) < SILENCE { None } else { self.vacant(now, offer, wanted) };
        // From one free slot to another would be no gain.
        let moved = better.filter(|better| !is_free || wanted == Some(*better));
        if let Some(slot) = moved {
            self.clear(slot);
        }
        let route = self.routes.iter_mut().find(|route| route.track == track)?;
        route.slot = moved.unwrap_or(route.slot);
        route.heard = now;
        if talks {
            route.talked = now;
        }
        Some(Routed { slot: route.slot, fresh: moved.is_some() })
    }

    /// The wanted slot, or the free one that has been unused longest.
    fn vacant(&self, now: Instant, offer: Offer, wanted: Option<SlotIndex>) -> Option<SlotIndex> {
        let others = |slot: SlotIndex| self.routes.iter().filter(move |route| route.slot == slot && route.track != offer.track);
        let last = |slot: SlotIndex| others(slot).filter(|route| offer.yields || !route.yields).map(|route| route.heard).max();
        let vacant = |slot: &SlotIndex| last(*slot).is_none_or(|heard| now.since(heard) >= STALE);
        let sounds = |slot: SlotIndex| others(slot).any(|route| route.yields);
        let free = || self.free.iter().copied().filter(vacant).min_by_key(|slot| (sounds(*slot), last(*slot)));
        wanted.filter(vacant).or_else(free)
    }

    /// Whoever held the slot is forgotten.
    fn clear(&mut self, slot: SlotIndex) {
        self.routes.retain(|route| route.slot != slot);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: [SlotIndex; 2] = [SlotIndex(0), SlotIndex(1)];
    const PAIRED: SlotIndex = SlotIndex(5);

    fn route(voices: &mut Voices, at: u64, track: u32, talks: bool) -> Option<SlotIndex> {
        let offer = Offer { track: TrackId(track), talks, yields: false };
        voices.route(Instant::from_millis(at), offer).map(|routed| routed.slot)
    }

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
        assert_eq!(route(&mut voices, 0, 1, true), Some(FREE[0]));
        voices.pair(PAIRED, Some(track));
        assert_eq!(route(&mut voices, 20, 1, true), Some(FREE[0]));
        assert_eq!(route(&mut voices, 200, 1, false), Some(FREE[0]));
        assert_eq!(route(&mut voices, 320, 1, true), Some(PAIRED));
        voices.pair(PAIRED, None);
        assert_eq!(route(&mut voices, 340, 1, true), Some(PAIRED));
        assert_eq!(route(&mut voices, 700, 1, false), Some(FREE[0]));
    }

    #[test]
    fn a_slot_in_use_is_not_taken_and_a_stale_one_is() {
        let mut voices = voices();
        assert_eq!(route(&mut voices, 0, 1, true), Some(FREE[0]));
        assert_eq!(route(&mut voices, 0, 2, true), Some(FREE[1]));
        assert_eq!(route(&mut voices, 0, 3, true), None);
        route(&mut voices, 400, 2, true);
        assert_eq!(route(&mut voices, 600, 3, true), Some(FREE[0]));
        // The former has lost it.
        assert_eq!(route(&mut voices, 620, 1, true), None);
    }

    #[test]
    fn denied_and_forgotten() {
        let mut voices = voices();
        voices.deny([TrackId(1)]);
        assert_eq!(route(&mut voices, 0, 1, true), None);
        voices.forget(TrackId(1));
        assert_eq!(route(&mut voices, 0, 1, true), Some(FREE[0]));
    }
    #[test]
    fn a_move_is_told_also_when_it_pushes_another_out() {
        let mut voices = voices();
        let offer = |track| Offer { track: TrackId(track), talks: true, yields: false };
        assert_eq!(voices.route(Instant(0), offer(2)), Some(Routed { slot: FREE[0], fresh: true }));
        assert_eq!(voices.route(Instant(0), offer(1)), Some(Routed { slot: FREE[1], fresh: true }));
        voices.pair(PAIRED, Some(TrackId(2)));
        voices.route(Instant::from_millis(400), offer(2));
        voices.pair(PAIRED, Some(TrackId(1)));
        assert_eq!(voices.route(Instant::from_millis(410), offer(1)), Some(Routed { slot: FREE[1], fresh: false }));
        assert_eq!(voices.route(Instant::from_millis(1000), offer(1)), Some(Routed { slot: PAIRED, fresh: true }));
        assert_eq!(voices.route(Instant::from_millis(1020), offer(1)), Some(Routed { slot: PAIRED, fresh: false }));
        assert_eq!(voices.route(Instant::from_millis(1020), offer(2)), Some(Routed { slot: FREE[0], fresh: true }));
    }

    #[test]
    fn a_screen_s_sound_leaves_its_free_slot_to_a_voice_but_not_its_paired_one() {
        let mut voices = voices();
        let sound = |track| Offer { track: TrackId(track), talks: true, yields: true };
        let slot = |routed: Option<Routed>| routed.map(|routed| routed.slot);
        assert_eq!(slot(voices.route(Instant(0), sound(8))), Some(FREE[0]));
        assert_eq!(route(&mut voices, 0, 1, true), Some(FREE[1]));
        assert_eq!(slot(voices.route(Instant(0), sound(8))), Some(FREE[0]));
        assert_eq!(route(&mut voices, 0, 2, true), Some(FREE[0]));
        assert_eq!(voices.route(Instant(0), sound(8)), None);
        voices.pair(PAIRED, Some(TrackId(8)));
        assert_eq!(slot(voices.route(Instant(0), sound(8))), Some(PAIRED));
        assert_eq!(route(&mut voices, 0, 3, true), None);
    }
}

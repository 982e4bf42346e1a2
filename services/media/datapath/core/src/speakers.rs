//! The three loudest of a room, by the levels that clients write (RFC 6464), never by decoding.
//!
//! A talk spurt takes a free place with its first packet, so nothing of it is lost. With all places taken, a new speaker has to be
//! louder than the quietest by a margin, for a while, unless that one has paused: no flapping, and nobody cut off in a pause.

use crate::extensions::AudioLevel;
use crate::ids::TrackId;
use crate::time::Instant;
use std::time::Duration;

pub const PLACES: usize = 3;
/// Quieter packets are talk only if the client heard a voice in them.
const LOUD: u8 = 50;
const QUIETEST_VOICE: u8 = 65;
/// Talk has pauses between words; after this one a place may be taken.
const PAUSE: Duration = Duration::from_millis(600);
/// After this without talk a track is no speaker.
const TALK_END: Duration = Duration::from_millis(1000);
/// After this without talk the place is free.
const PLACE_END: Duration = Duration::from_secs(5);
const MARGIN: f32 = 6.0;
const CHALLENGE: Duration = Duration::from_millis(400);

struct Voice {
    track: TrackId,
    /// dB above silence, smoothed.
    loudness: f32,
    talked: Instant,
    /// When it began to be louder than the quietest in a place.
    challenging: Option<Instant>,
}

#[derive(Default)]
pub struct Speakers {
    voices: Vec<Voice>,
    places: Vec<TrackId>,
    reported: Vec<TrackId>,
}

#[must_use]
pub fn is_talk(level: AudioLevel) -> bool {
    level.level <= LOUD || level.voice && level.level <= QUIETEST_VOICE
}

impl Speakers {
    /// Whether the track is to be heard with this packet.
    pub fn packet(&mut self, now: Instant, track: TrackId, level: AudioLevel) -> bool {
        let placed = self.places.contains(&track);
        if !is_talk(level) {
            if let Some(voice) = self.voice(track) {
                voice.loudness *= 0.97;
                voice.challenging = None;
            }
            return placed;
        }
        let loudness = f32::from(127 - level.level.min(127));
        let at = match self.voices.iter().position(|voice| voice.track == track) {
            Some(at) => at,
            None => {
                self.voices.push(Voice { track, loudness, talked: now, challenging: None });
                self.voices.len() - 1
            }
        };
        let voice = &mut self.voices[at];
        voice.talked = now;
        voice.loudness += (loudness - voice.loudness) / 8.0;
        placed || self.take_place(now, at)
    }

    fn take_place(&mut self, now: Instant, at: usize) -> bool {
        let track = self.voices[at].track;
        if self.places.len() < PLACES {
            self.places.push(track);
            return true;
        }
        let state = |place: &TrackId| self.voices.iter().find(|voice| voice.track == *place);
        let quietest = (0..self.places.len()).min_by(|left, right| {
            let key = |place: &usize| {
                state(&self.places[*place]).map_or((false, 0.0), |voice| (now.since(voice.talked) < PAUSE, voice.loudness))
            };
            key(left).partial_cmp(&key(right)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let Some(quietest) = quietest else { return false };
        let (talking, loudness) =
            state(&self.places[quietest]).map_or((false, 0.0), |voice| (now.since(voice.talked) < PAUSE, voice.loudness));
        let voice = &mut self.voices[at];
        if talking {
            if voice.loudness < loudness + MARGIN {
                voice.challenging = None;
                return false;
            }
            let since = *voice.challenging.get_or_insert(now);
            if now.since(since) < CHALLENGE {
                return false;
            }
        }
        voice.challenging = None;
        self.places[quietest] = track;
        true
    }

    pub fn remove(&mut self, track: TrackId) {
        self.voices.retain(|voice| voice.track != track);
        self.places.retain(|place| *place != track);
    }

    fn voice(&mut self, track: TrackId) -> Option<&mut Voice> {
        self.voices.iter_mut().find(|voice| voice.track == track)
    }

    /// The speakers, dominant first, when they changed.
    pub fn changed(&mut self, now: Instant) -> Option<Vec<TrackId>> {
        self.voices.retain(|voice| now.since(voice.talked) < PLACE_END);
        let voices = &self.voices;
        self.places.retain(|place| voices.iter().any(|voice| voice.track == *place));
        let mut talking: Vec<(f32, TrackId)> = voices
            .iter()
            .filter(|voice| self.places.contains(&voice.track) && now.since(voice.talked) < TALK_END)
            .map(|voice| {
                // The dominant one stays so until another is clearly louder.
                let bonus = if self.reported.first() == Some(&voice.track) { MARGIN } else { 0.0 };
                (voice.loudness + bonus, voice.track)
            })
            .collect();
        talking.sort_by(|left, right| right.0.total_cmp(&left.0));
        let tracks: Vec<TrackId> = talking.into_iter().map(|(_, track)| track).collect();
        let same_set = tracks.len() == self.reported.len() && tracks.iter().all(|track| self.reported.contains(track));
        if same_set && tracks.first() == self.reported.first() {
            return None;
        }
        self.reported.clone_from(&tracks);
        Some(tracks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: u8) -> AudioLevel {
        AudioLevel { voice: true, level }
    }

    #[test]
    fn a_talk_spurt_is_heard_with_its_first_packet() {
        let mut speakers = Speakers::default();
        assert!(!speakers.packet(Instant(0), TrackId(1), AudioLevel { voice: false, level: 90 }));
        assert!(speakers.packet(Instant(0), TrackId(1), level(30)));
        assert!(speakers.packet(Instant(0), TrackId(1), AudioLevel { voice: false, level: 127 }));
        assert_eq!(speakers.changed(Instant(0)), Some(vec![TrackId(1)]));
        assert_eq!(speakers.changed(Instant(0)), None);
        assert_eq!(speakers.changed(Instant::from_millis(1100)), Some(vec![]));
        assert!(speakers.packet(Instant::from_millis(1200), TrackId(1), AudioLevel { voice: false, level: 127 }));
        assert_eq!(speakers.changed(Instant::from_millis(6000)), None);
        assert!(!speakers.packet(Instant::from_millis(6000), TrackId(1), AudioLevel { voice: false, level: 127 }));
    }

    #[test]
    fn a_fourth_waits_for_a_pause_or_has_to_be_clearly_louder() {
        let mut speakers = Speakers::default();
        let mut fourth = Vec::new();
        for step in 0..100u64 {
            let now = Instant::from_millis(step * 20);
            for track in 0..3 {
                assert!(speakers.packet(now, TrackId(track), level(30)));
            }
            fourth.push(speakers.packet(now, TrackId(3), level(28)));
        }
        assert!(fourth.iter().all(|heard| !heard));
        let heard = (100..200u64).position(|step| {
            let now = Instant::from_millis(step * 20);
            for track in 0..3 {
                speakers.packet(now, TrackId(track), level(40));
            }
            speakers.packet(now, TrackId(3), level(10))
        });
        assert!((20..40).contains(&heard.unwrap()));
        let after = 2000 + heard.unwrap() as u64 * 20;
        assert!(!speakers.packet(Instant::from_millis(after + 100), TrackId(7), level(30)));
        assert!(speakers.packet(Instant::from_millis(after + 700), TrackId(7), level(60)));
    }

    #[test]
    fn the_dominant_one_does_not_flap_and_leaves_when_removed() {
        let mut speakers = Speakers::default();
        speakers.packet(Instant(0), TrackId(1), level(30));
        speakers.packet(Instant(0), TrackId(2), level(30));
        let first = speakers.changed(Instant(0)).unwrap();
        for step in 1..50u64 {
            let now = Instant::from_millis(step * 20);
            speakers.packet(now, TrackId(1), level(30 + (step % 3) as u8));
            speakers.packet(now, TrackId(2), level(32 - (step % 3) as u8));
            assert_eq!(speakers.changed(now), None);
        }
        speakers.remove(first[0]);
        assert_eq!(speakers.changed(Instant::from_millis(1000)), Some(vec![first[1]]));
    }
}

//! The last packets of one layer, shared by all who may ask for them again. Allocated on use, bounded by number, bytes and age.

use crate::time::Instant;
use std::time::Duration;

const CAPACITY: usize = 1024;
const MOST_BYTES: usize = 1 << 20;
/// A screen's packet may wait seconds in the queue of a slow link before its loss shows.
const OLDEST: Duration = Duration::from_secs(5);

struct Entry {
    sequence: u64,
    at: Instant,
    bytes: Box<[u8]>,
}

#[derive(Default)]
pub struct PacketCache {
    entries: Vec<Option<Entry>>,
    bytes: usize,
    /// The oldest extended sequence number that may still stand here.
    oldest: u64,
}

impl PacketCache {
    /// `packet`: decrypted, whole.
    pub fn insert(&mut self, now: Instant, sequence: u64, packet: &[u8]) {
        if self.entries.is_empty() {
            self.entries.resize_with(CAPACITY, || None);
            self.oldest = sequence;
        }
        self.oldest = self.oldest.max(sequence.saturating_sub(CAPACITY as u64 - 1));
        if sequence < self.oldest {
            return;
        }
        let entry = Entry { sequence, at: now, bytes: packet.into() };
        self.bytes += packet.len();
        if let Some(replaced) = self.entries[sequence as usize % CAPACITY].replace(entry) {
            self.bytes -= replaced.bytes.len();
        }
        while self.bytes > MOST_BYTES && self.oldest < sequence {
            self.evict_oldest();
        }
    }

    #[must_use]
    pub fn get(&self, sequence: u64) -> Option<&[u8]> {
        let entry = self.entries.get(sequence as usize % CAPACITY)?.as_ref()?;
        (entry.sequence == sequence).then_some(&*entry.bytes)
    }

    /// Forgets what is too old; all of the memory, when nothing is left.
    pub fn expire(&mut self, now: Instant) {
        if self.entries.is_empty() {
            return;
        }
        for place in &mut self.entries {
            if place.as_ref().is_some_and(|entry| now.since(entry.at) > OLDEST) {
                self.bytes -= place.take().map_or(0, |entry| entry.bytes.len());
            }
        }
        if self.bytes == 0 {
            self.entries = Vec::new();
        }
    }

    fn evict_oldest(&mut self) {
        let place = &mut self.entries[self.oldest as usize % CAPACITY];
        if place.as_ref().is_some_and(|entry| entry.sequence <= self.oldest) {
            self.bytes -= place.take().map_or(0, |entry| entry.bytes.len());
        }
        self.oldest += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_found_until_they_are_pushed_out() {
        let mut cache = PacketCache::default();
        for sequence in 100..1200u64 {
            cache.insert(Instant(0), sequence, &sequence.to_be_bytes());
        }
        assert_eq!(cache.get(1199), Some(&1199u64.to_be_bytes()[..]));
        assert_eq!(cache.get(176), Some(&176u64.to_be_bytes()[..]));
        assert_eq!(cache.get(175), None);
        cache.insert(Instant(0), 100, &[1]);
        assert_eq!(cache.get(100), None);
    }

    #[test]
    fn bytes_are_bounded() {
        let mut cache = PacketCache::default();
        for sequence in 0..1000u64 {
            cache.insert(Instant(0), sequence, &[0; 1500]);
        }
        assert!(cache.bytes <= MOST_BYTES);
        assert!(cache.get(999).is_some() && cache.get(0).is_none());
    }

    #[test]
    fn age_empties_it() {
        let mut cache = PacketCache::default();
        cache.insert(Instant(0), 5, &[1]);
        cache.insert(Instant::from_millis(4000), 6, &[1]);
        cache.expire(Instant::from_millis(6000));
        assert!(cache.get(5).is_none() && cache.get(6).is_some());
        cache.expire(Instant::from_millis(10_000));
        assert!(cache.entries.is_empty());
        assert!(cache.get(6).is_none());
    }
}

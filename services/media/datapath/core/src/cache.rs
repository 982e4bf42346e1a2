//! The last packets of one layer, shared by all who may ask for them again. Allocated on use, bounded by number, bytes and age.

use crate::rtp::Header;
use crate::time::Instant;
use std::time::Duration;

const CAPACITY: usize = 1024;
const MOST_BYTES: usize = 1 << 20;
/// A screen's packet may wait seconds in the queue of a slow link before its loss shows.
const OLDEST: Duration = Duration::from_secs(5);

struct Entry {
    sequence: u64,
    at: Instant,
    bytes: Vec<u8>,
}

#[derive(Default)]
pub struct PacketCache {
    entries: Vec<Option<Entry>>,
    bytes: usize,
    /// The oldest extended sequence number that may still stand here.
    oldest: u64,
}

impl PacketCache {
    /// `packet`: decrypted, whole but for its padding. It is kept as [`Header::parse`] reads `header`: the bytes of a repair packet
    /// say otherwise.
    pub fn insert(&mut self, now: Instant, sequence: u64, header: &Header, packet: &[u8]) {
        if self.entries.is_empty() {
            self.entries.resize_with(CAPACITY, || None);
            self.oldest = sequence;
        }
        self.oldest = self.oldest.max(sequence.saturating_sub(CAPACITY as u64 - 1));
        if sequence < self.oldest {
            return;
        }
        let place = &mut self.entries[sequence as usize % CAPACITY];
        // The memory of the packet that stood here serves the next.
        let mut bytes = place.take().map_or_else(Vec::new, |replaced| replaced.bytes);
        self.bytes = self.bytes - bytes.len() + packet.len();
        bytes.clear();
        bytes.extend_from_slice(packet);
        header.write_over(&mut bytes);
        *place = Some(Entry { sequence, at: now, bytes });
        while self.bytes > MOST_BYTES && self.oldest < sequence {
            self.evict_oldest();
        }
    }

    #[must_use]
    pub fn get(&self, sequence: u64) -> Option<&[u8]> {
        let entry = self.entries.get(sequence as usize % CAPACITY)?.as_ref()?;
        (entry.sequence == sequence).then_some(entry.bytes.as_slice())
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
    use crate::ids::Ssrc;
    use crate::rtp::fixed_header;

    fn insert(cache: &mut PacketCache, at: Instant, sequence: u64, length: usize) {
        let mut packet = fixed_header(false, false, 96, sequence as u16, 7, Ssrc(1)).to_vec();
        packet.resize(length, 0);
        cache.insert(at, sequence, &Header::parse(&packet).unwrap(), &packet);
    }

    fn number(packet: Option<&[u8]>) -> Option<u16> {
        packet.and_then(Header::parse).map(|header| header.sequence)
    }

    #[test]
    fn packets_are_found_until_they_are_pushed_out() {
        let mut cache = PacketCache::default();
        for sequence in 100..1200u64 {
            insert(&mut cache, Instant(0), sequence, 20);
        }
        assert_eq!(number(cache.get(1199)), Some(1199));
        assert_eq!(number(cache.get(176)), Some(176));
        assert_eq!(cache.get(175), None);
        insert(&mut cache, Instant(0), 100, 20);
        assert_eq!(cache.get(100), None);
        assert_eq!(cache.bytes, 1024 * 20);
    }

    #[test]
    fn a_repair_is_kept_as_what_it_repairs() {
        let mut packet = fixed_header(false, true, 97, 5, 7, Ssrc(2)).to_vec();
        packet[0] |= 0x20;
        packet.extend_from_slice(&[1, 2, 3]);
        let header = Header::parse(&packet).unwrap();
        let original = Header { pt: 96, ssrc: Ssrc(1), sequence: 900, padding: false, ..header };
        let mut cache = PacketCache::default();
        cache.insert(Instant(0), 900, &original, &packet);
        assert_eq!(Header::parse(cache.get(900).unwrap()), Some(original));
    }

    #[test]
    fn bytes_are_bounded() {
        let mut cache = PacketCache::default();
        for sequence in 0..1000u64 {
            insert(&mut cache, Instant(0), sequence, 1500);
        }
        assert!(cache.bytes <= MOST_BYTES);
        assert!(cache.get(999).is_some() && cache.get(0).is_none());
    }

    #[test]
    fn age_empties_it() {
        let mut cache = PacketCache::default();
        insert(&mut cache, Instant(0), 5, 20);
        insert(&mut cache, Instant::from_millis(4000), 6, 20);
        cache.expire(Instant::from_millis(6000));
        assert!(cache.get(5).is_none() && cache.get(6).is_some());
        cache.expire(Instant::from_millis(10_000));
        assert!(cache.entries.is_empty());
        assert!(cache.get(6).is_none());
    }
}

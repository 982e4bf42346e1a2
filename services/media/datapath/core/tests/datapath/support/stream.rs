//! What arrived in one slot of a subscriber.

use super::payload::{self, Numbers, Tag};
use super::IDS;
use sipulung_datapath_core::codec::Codec;
use sipulung_datapath_core::extensions::{self, AudioLevel};
use sipulung_datapath_core::nack::NackGenerator;
use sipulung_datapath_core::reception::Reception;
use sipulung_datapath_core::rtcp::report::SenderReport;
use sipulung_datapath_core::rtp::Header;
use sipulung_datapath_core::sequence::{timestamp_distance, Unwrapper};
use sipulung_datapath_core::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug)]
pub struct Heard {
    pub at: Instant,
    pub timestamp: u32,
    pub marker: bool,
    pub tag: Tag,
    pub numbers: Option<Numbers>,
    pub level: Option<AudioLevel>,
    pub mid: Option<Vec<u8>>,
    pub repaired: bool,
}

#[derive(Default)]
pub struct Stream {
    pub heard: BTreeMap<u64, Heard>,
    pub reports: Vec<(Instant, SenderReport)>,
    pub nacks: NackGenerator,
    pub reception: Option<Reception>,
    sequence: Option<Unwrapper>,
}

impl Stream {
    /// A decrypted packet; `original`: of a repair packet, the number that it repairs.
    pub fn packet(&mut self, now: Instant, codec: Codec, header: &Header, original: Option<u16>, packet: &[u8]) {
        let number = original.unwrap_or(header.sequence);
        let sequence = self.sequence.get_or_insert_with(|| Unwrapper::new(number)).advance(number);
        if original.is_none() {
            let reception = self.reception.get_or_insert_with(|| Reception::new(sequence));
            reception.received(now, sequence, header.timestamp, codec.clock_rate());
        }
        self.nacks.received(now, sequence);
        let payload = &packet[header.length + if original.is_some() { 2 } else { 0 }..];
        if payload.is_empty() || self.heard.contains_key(&sequence) {
            return;
        }
        let Some((tag, numbers)) = payload::read(codec, payload) else { return };
        let values = header.extension.as_ref().map(|(profile, range)| extensions::read(&IDS, *profile, &packet[range.clone()]));
        let values = values.unwrap_or_default();
        let heard = Heard {
            at: now,
            timestamp: header.timestamp,
            marker: header.marker,
            tag,
            numbers,
            level: values.audio_level,
            mid: values.mid.map(<[u8]>::to_vec),
            repaired: original.is_some(),
        };
        self.heard.insert(sequence, heard);
    }

    /// The SSRCs whose media came, each stretch once, in order.
    pub fn sources(&self) -> Vec<u32> {
        let mut sources: Vec<u32> = self.heard.values().map(|heard| heard.tag.source).collect();
        sources.dedup();
        sources
    }

    pub fn last(&self) -> Option<&Heard> {
        self.heard.values().next_back()
    }

    /// The whole frames of one source.
    pub fn frames_of(&self, source: u32) -> BTreeSet<u32> {
        let mut packets: BTreeMap<u32, (usize, u16)> = BTreeMap::new();
        for heard in self.heard.values().filter(|heard| heard.tag.source == source) {
            packets.entry(heard.tag.frame).or_insert((0, heard.tag.packets)).0 += 1;
        }
        packets.into_iter().filter(|(_, (count, packets))| *count == usize::from(*packets)).map(|(frame, _)| frame).collect()
    }

    /// Whether a decoder and a jitter buffer see one stream: no number missing, none of a packet twice, time that only moves on,
    /// frames whole and in order, a key frame after each change, and VP8's own numbers in step.
    pub fn assert_unbroken(&self) {
        let tags: BTreeSet<Tag> = self.heard.values().map(|heard| heard.tag).collect();
        assert_eq!(tags.len(), self.heard.len(), "a packet came under two numbers");
        let mut before: Option<(u64, &Heard)> = None;
        for (sequence, heard) in &self.heard {
            let starts = match before {
                None => true,
                Some((last, previous)) => {
                    assert_eq!(*sequence, last + 1, "a hole behind {previous:?}");
                    self.assert_follows(previous, heard)
                }
            };
            if starts {
                assert_eq!(heard.tag.packet, 0, "begins within a frame: {heard:?}");
                assert!(heard.numbers.is_none() || heard.tag.key, "begins without a key frame: {heard:?}");
            }
            before = Some((*sequence, heard));
        }
    }

    /// True: another source begins, or the same one again.
    fn assert_follows(&self, previous: &Heard, heard: &Heard) -> bool {
        let (old, new) = (previous.tag, heard.tag);
        let passed = timestamp_distance(heard.timestamp, previous.timestamp);
        if (old.source, old.frame) == (new.source, new.frame) {
            assert_eq!(new.packet, old.packet + 1, "{previous:?} {heard:?}");
            assert_eq!((passed, heard.numbers), (0, previous.numbers), "{previous:?} {heard:?}");
            return false;
        }
        assert!(passed > 0 && passed < 90_000 * 60, "time went by {passed}: {previous:?} {heard:?}");
        if let (Some(old), Some(new)) = (previous.numbers, heard.numbers) {
            let turn = if old.wide && new.wide { 1 << 15 } else { 1 << 7 };
            assert_eq!(new.picture % turn, (old.picture + 1) % turn, "{previous:?} {heard:?}");
            assert_eq!(new.tl0, old.tl0.wrapping_add(1), "{previous:?} {heard:?}");
        }
        let goes_on = old.source == new.source && new.frame == old.frame + 1;
        if goes_on && heard.numbers.is_some() {
            assert!(old.packet + 1 == old.packets && previous.marker, "a frame was cut: {previous:?} {heard:?}");
            assert_eq!(new.packet, 0);
        }
        !goes_on
    }
}

//! Transport-wide feedback to a publisher (draft-holmer-rmcat-transport-wide-cc-extensions-01): without it a browser stays near
//! 300 kbit/s and never sends its top layer.

use crate::sequence::Unwrapper;
use crate::time::Instant;
use std::time::Duration;

const INTERVAL: Duration = Duration::from_millis(80);
/// So many that a message with a gap before each still fits a datagram: two chunks and one large delta each.
const MOST_PACKETS: usize = 180;
/// Numbers that one message speaks of, those lost included; the field has 16 bits.
const MOST_NUMBERS: usize = 8000;
/// A jump wider than this is a restart, not loss.
const WIDEST_GAP: u64 = 2000;
const TICK_MICROS: i64 = 250;
const REFERENCE_MICROS: u64 = 64_000;

#[derive(Default)]
pub struct TransportFeedback {
    sequence: Option<Unwrapper>,
    arrivals: Vec<(u64, Instant)>,
    /// The first number that no feedback spoke of yet.
    next: u64,
    sent_at: Instant,
    count: u8,
}

impl TransportFeedback {
    pub fn received(&mut self, now: Instant, sequence: u16) {
        let unwrapper = self.sequence.get_or_insert_with(|| Unwrapper::new(sequence));
        let extended = unwrapper.advance(sequence);
        if self.arrivals.len() < 4 * MOST_PACKETS {
            self.arrivals.push((extended, now));
        }
    }

    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        !self.arrivals.is_empty() && (now.since(self.sent_at) >= INTERVAL || self.arrivals.len() >= MOST_PACKETS)
    }

    /// The message's body after the two SSRCs, or None when nothing arrived. Call again until then.
    pub fn take(&mut self, now: Instant) -> Option<Vec<u8>> {
        self.sent_at = now;
        self.arrivals.sort_unstable();
        self.arrivals.dedup_by_key(|(sequence, _)| *sequence);
        let (first, first_at) = *self.arrivals.first()?;
        let reported_before = first.saturating_sub(self.next);
        let base = if self.next == 0 || first < self.next || reported_before > WIDEST_GAP { first } else { self.next };
        let reference = first_at.micros() / REFERENCE_MICROS;
        let mut previous = (reference * REFERENCE_MICROS) as i64;
        let (mut symbols, mut deltas, mut taken) = (Vec::new(), Vec::new(), 0);
        for (sequence, at) in &self.arrivals {
            let missing = (sequence - base) as usize - symbols.len();
            let ticks = (at.micros() as i64 - previous).div_euclid(TICK_MICROS);
            let Ok(large) = i16::try_from(ticks) else {
                break;
            };
            if missing as u64 > WIDEST_GAP || symbols.len() + missing >= MOST_NUMBERS || taken >= MOST_PACKETS {
                break;
            }
            symbols.resize(symbols.len() + missing, 0);
            if let Ok(small) = u8::try_from(ticks) {
                symbols.push(1u8);
                deltas.push(small);
            } else {
                symbols.push(2);
                deltas.extend_from_slice(&large.to_be_bytes());
            }
            previous += ticks * TICK_MICROS;
            taken += 1;
        }
        self.arrivals.drain(..taken);
        self.next = self.next.max(base + symbols.len() as u64);
        let mut body = Vec::with_capacity(8 + symbols.len() / 3 + deltas.len());
        body.extend_from_slice(&(base as u16).to_be_bytes());
        body.extend_from_slice(&(symbols.len() as u16).to_be_bytes());
        body.extend_from_slice(&(reference as u32).to_be_bytes()[1..]);
        body.push(self.count);
        self.count = self.count.wrapping_add(1);
        write_chunks(&mut body, &symbols);
        body.extend_from_slice(&deltas);
        Some(body)
    }
}

/// Run-length chunks (§3.1.3) for long runs, two-bit status vectors (§3.1.4) for the rest.
fn write_chunks(body: &mut Vec<u8>, mut symbols: &[u8]) {
    while let Some(&first) = symbols.first() {
        let run = symbols.iter().take_while(|symbol| **symbol == first).count().min(0x1fff);
        let (chunk, taken) = if run >= 7 || run == symbols.len() {
            (u16::from(first) << 13 | run as u16, run)
        } else {
            let taken = symbols.len().min(7);
            let vector = symbols[..taken]
                .iter()
                .enumerate()
                .fold(0xc000, |vector, (place, symbol)| vector | u16::from(*symbol) << (12 - 2 * place));
            (vector, taken)
        };
        body.extend_from_slice(&chunk.to_be_bytes());
        symbols = &symbols[taken..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// (sequence, arrival in ticks) of the packets that a body reports.
    fn read(body: &[u8]) -> Vec<(u16, i64)> {
        let base = u16::from_be_bytes([body[0], body[1]]);
        let count = usize::from(u16::from_be_bytes([body[2], body[3]]));
        let reference = i64::from(u32::from_be_bytes([0, body[4], body[5], body[6]]));
        let (mut at, mut symbols) = (8, Vec::new());
        while symbols.len() < count {
            let chunk = u16::from_be_bytes([body[at], body[at + 1]]);
            at += 2;
            if chunk & 0x8000 == 0 {
                symbols.resize(symbols.len() + usize::from(chunk & 0x1fff), chunk >> 13 & 3);
            } else {
                symbols.extend((0..7).map(|place| chunk >> (12 - 2 * place) & 3));
            }
        }
        let mut time = reference * 256;
        let mut packets = Vec::new();
        for (place, symbol) in symbols[..count].iter().enumerate() {
            match symbol {
                1 => {
                    time += i64::from(body[at]);
                    at += 1;
                }
                2 => {
                    time += i64::from(i16::from_be_bytes([body[at], body[at + 1]]));
                    at += 2;
                }
                _ => continue,
            }
            packets.push((base.wrapping_add(place as u16), time));
        }
        assert_eq!(at, body.len());
        packets
    }

    #[test]
    fn losses_between_feedbacks_are_reported() {
        let mut feedback = TransportFeedback::default();
        feedback.received(Instant::from_millis(1), 65_534);
        feedback.received(Instant::from_millis(2), 65_535);
        assert!(feedback.is_due(Instant::from_millis(100)));
        let first = feedback.take(Instant::from_millis(100)).unwrap();
        assert_eq!(read(&first).len(), 2);
        assert!(!feedback.is_due(Instant::from_millis(300)));
        feedback.received(Instant::from_millis(110), 2);
        let second = feedback.take(Instant::from_millis(200)).unwrap();
        assert_eq!(u16::from_be_bytes([second[0], second[1]]), 0);
        assert_eq!(read(&second), [(2, 440)]);
        assert_eq!(feedback.take(Instant::from_millis(300)), None);
    }

    #[test]
    fn a_message_fits_a_datagram_and_its_fields() {
        let mut feedback = TransportFeedback::default();
        for step in 0..700u16 {
            feedback.received(Instant(u64::from(step) * 70_000), step.wrapping_mul(1900));
        }
        let mut reported = 0;
        while let Some(body) = feedback.take(Instant::from_millis(50_000)) {
            assert!(body.len() < 1200 && body[2] < 0x20);
            reported += read(&body).len();
        }
        assert!(reported > 0);
    }

    proptest! {
        #[test]
        fn every_arrival_is_reported_once_with_its_time(steps in proptest::collection::vec((1u16..20, 0u64..60_000), 1..300), start: u16) {
            let mut feedback = TransportFeedback::default();
            let (mut sequence, mut now, mut expected) = (start, Instant::from_millis(1000), Vec::new());
            for (step, micros) in steps {
                sequence = sequence.wrapping_add(step);
                now = Instant(now.0 + micros);
                feedback.received(now, sequence);
                expected.push((sequence, (now.0 / 250) as i64));
            }
            let mut reported = Vec::new();
            while let Some(body) = feedback.take(now) {
                reported.extend(read(&body));
            }
            prop_assert_eq!(reported.len(), expected.len());
            for (left, right) in reported.iter().zip(&expected) {
                prop_assert_eq!(left.0, right.0);
                prop_assert!((left.1 - right.1).abs() <= 1);
            }
        }
    }
}

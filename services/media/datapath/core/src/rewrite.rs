//! One unbroken stream, whatever fills it: where each packet of a source stands in the stream that a slot sends.
//!
//! A *segment* is a stretch of one source. It begins at a packet where a decoder can begin, right behind all that was sent
//! before. Within it numbers keep their distances, but for padding that is left out.

use crate::sequence::timestamp_distance;
use std::collections::VecDeque;

/// Steps kept for late packets; one older than the oldest step has no place any more.
const MOST_STEPS: usize = 32;

/// The numbers of a codec's own that are rewritten alike: VP8's picture id and TL0PICIDX, the dependency descriptor's frame number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameNumbers {
    pub picture_id: u16,
    pub tl0_index: u8,
    pub frame_number: u16,
}

/// What is added to a source's numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offsets {
    pub timestamp: u32,
    pub frame: FrameNumbers,
}

/// A number of the source from which on `dropped` packets have been left out.
#[derive(Clone, Copy, Debug)]
struct Step {
    from: u64,
    dropped: u64,
}

#[derive(Clone, Debug)]
struct Segment {
    first: u64,
    highest: u64,
    base: u64,
    steps: VecDeque<Step>,
    /// Late packets before this have no known place.
    floor: u64,
}

#[derive(Clone, Debug)]
pub struct Rewriter {
    /// The next extended number to send.
    next: u64,
    /// The highest of what was sent, of each kind.
    last_timestamp: Option<u32>,
    last_frame: Option<FrameNumbers>,
    initial_timestamp: u32,
    segment: Option<Segment>,
    offsets: Offsets,
}

/// The first packet of a new source.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    pub sequence: u64,
    pub timestamp: u32,
    pub frame: FrameNumbers,
    /// Ticks of the clock since the last packet that was sent.
    pub elapsed: u32,
    /// The timestamp that the sender reports of both streams give it in the stream sent, where both are known.
    pub aligned: Option<u32>,
    pub clock_rate: u32,
}

impl Rewriter {
    /// Sequence numbers begin below 2^15, so that none before the first is ever needed (RFC 3711 §3.3.1); `seed` makes them differ.
    #[must_use]
    pub fn new(seed: u32) -> Self {
        Rewriter {
            next: u64::from(seed & 0x7fff),
            last_timestamp: None,
            last_frame: None,
            initial_timestamp: seed.rotate_left(16),
            segment: None,
            offsets: Offsets::default(),
        }
    }

    #[must_use]
    pub fn offsets(&self) -> Offsets {
        self.offsets
    }

    #[must_use]
    pub fn last_timestamp(&self) -> Option<u32> {
        self.last_timestamp
    }

    pub fn switch(&mut self, start: Start) {
        let timestamp = match self.last_timestamp {
            None => self.initial_timestamp,
            Some(last) => {
                let elapsed = last.wrapping_add(start.elapsed.max(start.clock_rate / 1000));
                // Two layers of one frame share a moment, but no receiver takes two frames with one timestamp. A publisher's clock
                // that is a second off is no clock.
                let fits = |candidate: &u32| {
                    let off = timestamp_distance(*candidate, elapsed).unsigned_abs();
                    timestamp_distance(*candidate, last) > 0 && off < start.clock_rate
                };
                start.aligned.filter(fits).unwrap_or(elapsed)
            }
        };
        let follow = self.last_frame.map_or(start.frame, |last| FrameNumbers {
            picture_id: last.picture_id.wrapping_add(1) & 0x7fff,
            tl0_index: last.tl0_index.wrapping_add(1),
            frame_number: last.frame_number.wrapping_add(1),
        });
        self.offsets = Offsets {
            timestamp: timestamp.wrapping_sub(start.timestamp),
            frame: FrameNumbers {
                picture_id: follow.picture_id.wrapping_sub(start.frame.picture_id),
                tl0_index: follow.tl0_index.wrapping_sub(start.frame.tl0_index),
                frame_number: follow.frame_number.wrapping_sub(start.frame.frame_number),
            },
        };
        self.segment = Some(Segment {
            first: start.sequence,
            highest: start.sequence.wrapping_sub(1),
            base: self.next,
            steps: VecDeque::new(),
            floor: start.sequence,
        });
    }

    /// The same source goes on after packets that were not to be sent: timestamps keep their distance, numbers leave no hole.
    /// `offered_since`: the first packet of the stretch that `sequence` is in.
    pub fn go_on(&mut self, offered_since: u64, sequence: u64) {
        if let Some(segment) = self.segment.as_mut().filter(|segment| (segment.highest as i64) < offered_since as i64) {
            let (highest, floor) = (sequence.wrapping_sub(1), sequence);
            *segment = Segment { first: sequence, highest, base: self.next, steps: VecDeque::new(), floor };
        }
    }

    /// The extended number that a packet of the segment's source is sent under. None: from before the segment, or too old to tell.
    pub fn place(&mut self, sequence: u64, timestamp: u32, frame: Option<FrameNumbers>) -> Option<u64> {
        let segment = self.segment.as_mut()?;
        if sequence < segment.floor {
            return None;
        }
        let dropped = segment.steps.iter().rev().find(|step| step.from <= sequence).map_or(0, |step| step.dropped);
        let sent = segment.base + (sequence - segment.first) - dropped;
        if sequence as i64 > segment.highest as i64 {
            segment.highest = sequence;
            self.next = sent + 1;
            self.last_timestamp = Some(timestamp.wrapping_add(self.offsets.timestamp));
            if let Some(frame) = frame {
                self.last_frame = Some(FrameNumbers {
                    picture_id: frame.picture_id.wrapping_add(self.offsets.frame.picture_id) & 0x7fff,
                    tl0_index: frame.tl0_index.wrapping_add(self.offsets.frame.tl0_index),
                    frame_number: frame.frame_number.wrapping_add(self.offsets.frame.frame_number),
                });
            }
        }
        Some(sent)
    }

    /// Leaves a packet out without leaving a hole. False: packets behind it were sent already, so it has to be sent too.
    pub fn leave_out(&mut self, sequence: u64) -> bool {
        let Some(segment) = self.segment.as_mut() else {
            return true;
        };
        if sequence as i64 <= segment.highest as i64 {
            return sequence < segment.floor;
        }
        let dropped = segment.steps.back().map_or(0, |step| step.dropped);
        // What lies between the highest and this one may still come: it keeps its place.
        self.next = segment.base + (sequence - segment.first) - dropped;
        segment.highest = sequence;
        segment.steps.push_back(Step { from: sequence + 1, dropped: dropped + 1 });
        if segment.steps.len() > MOST_STEPS {
            segment.steps.pop_front();
            segment.floor = segment.steps.front().map_or(segment.floor, |step| step.from);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn start(sequence: u64, timestamp: u32) -> Start {
        Start { sequence, timestamp, frame: FrameNumbers::default(), elapsed: 3000, aligned: None, clock_rate: 90_000 }
    }

    #[test]
    fn a_switch_goes_on_behind_what_was_sent() {
        let mut rewriter = Rewriter::new(7);
        rewriter.switch(start(100, 1000));
        assert_eq!(rewriter.place(100, 1000, None), Some(7));
        assert_eq!(rewriter.place(102, 1000, None), Some(9));
        let last = rewriter.last_timestamp().unwrap();
        rewriter.switch(start(70_000, 5));
        assert_eq!(rewriter.place(70_000, 5, None), Some(10));
        assert_eq!(rewriter.last_timestamp(), Some(last.wrapping_add(3000)));
        assert_eq!(rewriter.place(69_999, 5, None), None);
    }

    #[test]
    fn reports_align_timestamps_but_never_backwards() {
        let mut rewriter = Rewriter::new(0);
        rewriter.switch(start(100, 1000));
        rewriter.place(100, 1000, None);
        rewriter.switch(Start { aligned: Some(90), ..start(5, 77) });
        rewriter.place(5, 77, None);
        assert_eq!(rewriter.last_timestamp(), Some(90));
        rewriter.switch(Start { aligned: Some(90), ..start(5, 77) });
        rewriter.place(5, 77, None);
        assert_eq!(rewriter.last_timestamp(), Some(3090));
        rewriter.switch(Start { aligned: Some(3090 + 3000 + 90_000), ..start(5, 77) });
        rewriter.place(5, 77, None);
        assert_eq!(rewriter.last_timestamp(), Some(6090));
    }

    #[test]
    fn what_was_not_to_be_sent_leaves_no_hole_and_what_was_lost_does() {
        let mut rewriter = Rewriter::new(0);
        rewriter.go_on(5, 9);
        rewriter.switch(start(100, 1000));
        assert_eq!(rewriter.place(100, 1000, None), Some(0));
        rewriter.go_on(100, 102);
        assert_eq!(rewriter.place(102, 3000, None), Some(2));
        rewriter.go_on(500, 500);
        assert_eq!(rewriter.place(500, 401_000, None), Some(3));
        assert_eq!(rewriter.last_timestamp(), Some(400_000));
        rewriter.go_on(500, 502);
        assert_eq!(rewriter.place(502, 403_000, None), Some(5));
        assert_eq!(rewriter.place(499, 400_000, None), None);
    }

    #[test]
    fn picture_ids_follow() {
        let frame = |picture_id, tl0_index| FrameNumbers { picture_id, tl0_index, frame_number: 0 };
        let mut rewriter = Rewriter::new(0);
        rewriter.switch(Start { frame: frame(0x7fff, 3), ..start(1, 1) });
        rewriter.place(1, 1, Some(frame(0x7fff, 3)));
        rewriter.switch(Start { frame: frame(50, 200), ..start(1, 1) });
        let offsets = rewriter.offsets().frame;
        assert_eq!(50u16.wrapping_add(offsets.picture_id) & 0x7fff, 0);
        assert_eq!(200u8.wrapping_add(offsets.tl0_index), 4);
    }

    #[test]
    fn padding_in_order_is_left_out_and_late_padding_is_sent() {
        let mut rewriter = Rewriter::new(0);
        assert!(rewriter.leave_out(1));
        rewriter.switch(start(10, 0));
        assert_eq!(rewriter.place(10, 0, None), Some(0));
        assert!(rewriter.leave_out(12));
        assert_eq!(rewriter.place(13, 0, None), Some(2));
        assert_eq!(rewriter.place(11, 0, None), Some(1));
        assert!(!rewriter.leave_out(11));
        assert!(rewriter.leave_out(9));
    }

    proptest! {
        /// Switches, padding and reordering: each number is used once, and those that were sent in order have no holes.
        #[test]
        fn numbers_are_unbroken_whatever_happens(steps in proptest::collection::vec((0u8..10, 0u64..5), 1..400)) {
            let mut rewriter = Rewriter::new(3);
            rewriter.switch(start(1000, 0));
            let (mut sequence, mut sent) = (1000u64, Vec::new());
            for (what, jump) in steps {
                match what {
                    0 => {
                        sequence = 66_000 + sequence % 977 + jump;
                        rewriter.switch(start(sequence, 9));
                        sent.push(rewriter.place(sequence, 9, None).unwrap());
                        sequence += 1;
                    }
                    1 | 2 => {
                        prop_assert!(rewriter.leave_out(sequence));
                        sequence += 1;
                    }
                    // A packet overtaken by the one behind it.
                    3 => {
                        sent.extend(rewriter.place(sequence + 1, 0, None));
                        sent.extend(rewriter.place(sequence, 0, None));
                        sequence += 2;
                    }
                    _ => {
                        sent.extend(rewriter.place(sequence, 0, None));
                        sequence += 1;
                    }
                }
            }
            let expected: Vec<u64> = (3..3 + sent.len() as u64).collect();
            sent.sort_unstable();
            prop_assert_eq!(sent, expected);
        }
    }
}

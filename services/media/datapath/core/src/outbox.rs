//! The protected datagrams that wait for one destination, back to back, as GSO wants them.

#[derive(Default)]
pub struct Outbox {
    pub bytes: Vec<u8>,
    /// Where each datagram ends in `bytes`.
    pub ends: Vec<u32>,
    /// Something was put in since the last [`Outbox::release`].
    used: bool,
}

impl Outbox {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The bytes since the last end are one datagram. Returns its length.
    pub fn seal(&mut self) -> usize {
        self.used = true;
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(self.bytes.len() as u32);
        self.bytes.len() - start as usize
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
    }

    /// Gives the memory back, when nothing needed it since the last call.
    pub fn release(&mut self) {
        if !std::mem::take(&mut self.used) && self.is_empty() && self.bytes.capacity() > 0 {
            *self = Outbox::default();
        }
    }
}

/// One run of datagrams of equal size, but for a shorter last one: what one send with UDP_SEGMENT takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub start: usize,
    pub end: usize,
    pub segment: usize,
    pub count: usize,
}

/// The kernel's limits: 64 segments (UDP_MAX_SEGMENTS of older kernels) and 64 KiB less headers.
const MOST_SEGMENTS: usize = 64;
const MOST_BYTES: usize = 65_000;

pub fn runs(ends: &[u32]) -> impl Iterator<Item = Run> + '_ {
    let (mut next, mut start) = (0, 0);
    std::iter::from_fn(move || {
        let mut end = *ends.get(next)? as usize;
        let segment = end - start;
        let mut run = Run { start, end, segment, count: 1 };
        next += 1;
        while let Some(&following) = ends.get(next) {
            let length = following as usize - end;
            if length > segment || run.count == MOST_SEGMENTS || following as usize - start > MOST_BYTES {
                break;
            }
            end = following as usize;
            run.end = end;
            run.count += 1;
            next += 1;
            if length < segment {
                break;
            }
        }
        start = end;
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_shorter_one_ends_a_run() {
        let found: Vec<_> = runs(&[100, 200, 250, 350, 500]).map(|run| (run.segment, run.count)).collect();
        assert_eq!(found, [(100, 3), (100, 1), (150, 1)]);
    }

    proptest! {
        #[test]
        fn runs_cover_everything_and_keep_to_the_rules(lengths in proptest::collection::vec(1u32..1500, 0..300)) {
            let mut outbox = Outbox::default();
            for length in &lengths {
                outbox.bytes.resize(outbox.bytes.len() + *length as usize, 0);
                prop_assert_eq!(outbox.seal(), *length as usize);
            }
            let (mut at, mut count) = (0, 0);
            for run in runs(&outbox.ends) {
                prop_assert_eq!(run.start, at);
                prop_assert!(run.count <= MOST_SEGMENTS && run.end - run.start <= MOST_BYTES);
                prop_assert!(run.end - run.start > run.segment * (run.count - 1));
                prop_assert!(run.end - run.start <= run.segment * run.count);
                at = run.end;
                count += run.count;
            }
            prop_assert_eq!((at, count), (outbox.bytes.len(), lengths.len()));
            outbox.clear();
            outbox.release();
            prop_assert!(outbox.is_empty() && outbox.bytes.capacity() >= lengths.len());
            outbox.release();
            prop_assert_eq!(outbox.bytes.capacity(), 0);
        }
    }
}

//! Arithmetic on RTP sequence numbers and timestamps, all of it, modulo 2^16 and 2^32 (RFC 1982, RFC 3550 appendix A.1).

/// How far `a` is ahead of `b`: negative when behind, by the shorter way round.
#[must_use]
pub fn distance(a: u16, b: u16) -> i16 {
    a.wrapping_sub(b) as i16
}

#[must_use]
pub fn is_newer(a: u16, b: u16) -> bool {
    distance(a, b) > 0
}

/// How far timestamp `a` is ahead of `b`.
#[must_use]
pub fn timestamp_distance(a: u32, b: u32) -> i32 {
    a.wrapping_sub(b) as i32
}

/// A sequence number with its roll-overs counted. Starts one turn up, so that packets from before the first one
/// still have a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unwrapper {
    highest: u64,
}

impl Unwrapper {
    #[must_use]
    pub fn new(first: u16) -> Self {
        Unwrapper { highest: (1 << 16) + u64::from(first) }
    }

    #[must_use]
    pub fn highest(&self) -> u64 {
        self.highest
    }

    /// The extended number nearest to the highest seen so far; does not move it.
    #[must_use]
    pub fn peek(&self, sequence: u16) -> u64 {
        let ahead = distance(sequence, self.highest as u16);
        self.highest.wrapping_add_signed(i64::from(ahead))
    }

    pub fn advance(&mut self, sequence: u16) -> u64 {
        let extended = self.peek(sequence);
        self.highest = self.highest.max(extended);
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn order_across_the_wrap() {
        assert!(is_newer(2, 65_534));
        assert_eq!(distance(65_534, 2), -4);
        assert!(!is_newer(7, 7));
        assert_eq!(timestamp_distance(5, u32::MAX), 6);
    }

    #[test]
    fn unwrapper_counts_turns_and_keeps_late_ones_behind() {
        let mut unwrapper = Unwrapper::new(65_535);
        let first = unwrapper.highest();
        assert_eq!(unwrapper.advance(1), first + 2);
        assert_eq!(unwrapper.advance(65_534), first - 1);
        assert_eq!(unwrapper.highest(), first + 2);
    }

    proptest! {
        #[test]
        fn distance_is_antisymmetric(a: u16, b: u16) {
            prop_assume!(a.wrapping_sub(b) != 0x8000);
            prop_assert_eq!(distance(a, b), -distance(b, a));
        }

        #[test]
        fn unwrapped_numbers_keep_their_low_bits(start: u16, steps in proptest::collection::vec(-300i32..300, 0..200)) {
            let mut unwrapper = Unwrapper::new(start);
            let mut sequence = start;
            for step in steps {
                sequence = sequence.wrapping_add(step as u16);
                prop_assert_eq!(unwrapper.advance(sequence) as u16, sequence);
            }
        }
    }
}

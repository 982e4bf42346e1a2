//! The replay window of a protected stream (RFC 3711 §3.3.2).

/// How far back a packet may lie: enough for a screen's retransmissions on a slow link.
const WIDTH: u64 = 1024;
const WORDS: usize = (WIDTH / 64) as usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayWindow {
    /// The highest index accepted, plus one; 0: none.
    next: u64,
    /// Bit `index % WIDTH`: whether that index, of the last WIDTH, was accepted.
    seen: [u64; WORDS],
}

impl Default for ReplayWindow {
    fn default() -> Self {
        ReplayWindow { next: 0, seen: [0; WORDS] }
    }
}

fn place(index: u64) -> (usize, u64) {
    ((index % WIDTH / 64) as usize, 1 << (index % 64))
}

impl ReplayWindow {
    /// Whether `index` is new and not too old to tell.
    #[must_use]
    pub fn admits(&self, index: u64) -> bool {
        if index >= self.next {
            return true;
        }
        let (word, bit) = place(index);
        self.next - index <= WIDTH && self.seen[word] & bit == 0
    }

    /// Only after authentication (RFC 3711 §3.3).
    pub fn record(&mut self, index: u64) {
        if index >= self.next {
            let fresh = (index - self.next).min(WIDTH);
            for passed in (index - fresh)..index {
                let (word, bit) = place(passed);
                self.seen[word] &= !bit;
            }
            self.next = index + 1;
        }
        let (word, bit) = place(index);
        self.seen[word] |= bit;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn repeated_late_and_too_old() {
        let mut window = ReplayWindow::default();
        window.record(5000);
        assert!(!window.admits(5000));
        assert!(window.admits(4999) && window.admits(5001) && window.admits(5000 - WIDTH + 1));
        assert!(!window.admits(5000 - WIDTH));
        window.record(4999);
        assert!(!window.admits(4999));
        window.record(100_000);
        assert!(window.admits(99_999));
        assert!(!window.admits(5000));
    }

    proptest! {
        #[test]
        fn nothing_is_admitted_twice(indices in proptest::collection::vec(0u64..4000, 0..500)) {
            let mut window = ReplayWindow::default();
            let mut accepted = std::collections::HashSet::new();
            for index in indices {
                if window.admits(index) {
                    prop_assert!(accepted.insert(index));
                    window.record(index);
                }
            }
        }
    }
}

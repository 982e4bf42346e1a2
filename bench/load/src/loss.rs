//! Packets that a bad link would lose: an even share, the same ones in each run.

pub struct Loss {
    state: u64,
    per_mille: u64,
}

impl Loss {
    pub fn new(seed: u32, per_mille: u32) -> Loss {
        Loss { state: (u64::from(seed) << 1 | 1).wrapping_mul(0x9E37_79B9_7F4A_7C15), per_mille: u64::from(per_mille) }
    }

    /// Xorshift (Marsaglia 2003): evenness is all that is asked of it.
    pub fn hits(&mut self) -> bool {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 20) % 1000 < self.per_mille
    }
}

#[cfg(test)]
mod tests {
    use super::Loss;

    #[test]
    fn the_share_is_met_and_zero_loses_nothing() {
        let mut loss = Loss::new(7, 10);
        let lost = (0..100_000).filter(|_| loss.hits()).count();
        assert!((900..1100).contains(&lost), "{lost}");
        let mut none = Loss::new(7, 0);
        assert!((0..1000).all(|_| !none.hits()));
    }
}

//! How long packets took from the publisher's socket to a subscriber's, µs.

#[derive(Default)]
pub struct Delays {
    values: Vec<u32>,
}

impl Delays {
    pub fn add(&mut self, micros: u64) {
        self.values.push(micros.min(u64::from(u32::MAX)) as u32);
    }

    /// The values below which each of these shares (of 1000) lies; begins anew.
    pub fn take(&mut self, per_mille: &[usize]) -> Vec<u32> {
        let mut values = std::mem::take(&mut self.values);
        values.sort_unstable();
        let last = values.len().saturating_sub(1);
        per_mille.iter().map(|share| values.get(last * share / 1000).copied().unwrap_or(0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Delays;

    #[test]
    fn shares_of_what_was_added_since_the_last_time() {
        let mut delays = Delays::default();
        (1..=101).rev().for_each(|value| delays.add(value));
        assert_eq!(delays.take(&[0, 500, 1000]), [1, 51, 101]);
        assert_eq!(delays.take(&[500]), [0]);
    }
}

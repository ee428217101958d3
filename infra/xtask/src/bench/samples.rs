//! Times, in the order they were taken.

use std::time::Duration;

#[derive(Default, Clone)]
pub(super) struct Samples(Vec<Duration>);

impl Samples {
    pub(super) fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// By nearest rank: a time that was really taken.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().unwrap_or_default()
    }

    pub(super) fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// As if both had been done one after the other, each time with the other's time of the same turn. Stricter at p99 than
    /// the sum of both p99, which would have every bad moment happen twice.
    pub(super) fn then(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(one, two)| *one + *two).collect())
    }
}

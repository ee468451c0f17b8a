//! Medians and quartiles of what was measured in many rounds.

use std::fmt;

/// The quarter, the half and three quarters of some values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread([f64; 3]);

impl Spread {
    pub(crate) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self([1, 2, 3].map(|quarters| values[values.len() * quarters / 4]))
    }

    /// Of the ratios of one to the other within each round.
    pub(crate) fn of_ratios(values: &[f64], to: &[f64]) -> Self {
        Self::of(values.iter().zip(to).map(|(value, to)| value / to).collect())
    }

    pub(crate) fn median(&self) -> f64 {
        self.0[1]
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = self.0;
        write!(f, "{middle:.2} ({low:.2}–{high:.2})")
    }
}

pub(crate) fn median(values: &[f64]) -> f64 {
    Spread::of(values.to_vec()).median()
}

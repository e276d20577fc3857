//! A vote of the commune (bình xét): how many hands carry a request.

/// The hands raised for a request, and how many could have been raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hands {
    /// Votes for it.
    pub for_it: i32,
    /// Those present.
    pub present: i32,
}

impl Hands {
    /// Whether more than a share of those present were for it; the share is in per cent.
    pub fn carry(self, above_pct: i32) -> bool {
        i64::from(self.for_it) * 100 > i64::from(self.present) * i64::from(above_pct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_those_present_is_no_majority_of_them() {
        for (for_it, present, above_pct, carried) in [
            (20, 40, 50, false),
            (21, 40, 50, true),
            (0, 1, 0, false),
            (1, 1, 99, true),
            (26, 40, 66, false),
            (27, 40, 66, true),
            (i32::MAX, i32::MAX, 99, true),
        ] {
            assert_eq!(Hands { for_it, present }.carry(above_pct), carried, "{for_it} of {present}");
        }
    }
}

//! Lengths on paper.

/// A length in twentieths of a point.
pub type Length = i32;

pub const fn mm(millimetres: Length) -> Length {
    millimetres * 7200 / 127
}

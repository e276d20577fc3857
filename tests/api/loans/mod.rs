//! Preferential loans from the request to the last đồng, and the close of the day.

pub mod bank;
mod capital;
mod group;
mod close;
mod edges;
mod life;
mod months;
mod programmes;
mod replay;
mod reviews;
mod risk;
mod rules;
mod sums;
mod terms;

//! Preferential loans from the request to the last đồng, and the close of the day.

pub mod bank;
mod group;
mod close;
mod edges;
mod life;
mod replay;
mod risk;

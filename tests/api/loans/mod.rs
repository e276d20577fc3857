//! Preferential loans from the request to the last đồng, and the close of the day.

mod bank;
mod close;
mod edges;
mod life;
mod replay;
mod risk;

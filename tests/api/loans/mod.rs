//! Preferential loans from the request to the last đồng, and the close of the day.

mod bank;
mod capital;
mod close;
mod edges;
mod life;
mod months;
mod replay;
mod risk;

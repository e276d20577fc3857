//! Close of day: what 100,000 loans cost to compute, and what they cost with the books and the database behind them.
//!
//! Prints figures; fails below the goals only when asked (`SOQUY_BENCH_STRICT=1`), since machines differ. `SOQUY_BENCH_LOANS`
//! changes how many loans the database holds.

mod books;
mod computing;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let loans = std::env::var("SOQUY_BENCH_LOANS").map_or(Ok(100_000), |number| number.parse())?;
    // First, while this process holds nothing else: the most it ever held is the memory of a close.
    books::run(loans).await?;
    computing::run(std::env::var_os("SOQUY_BENCH_STRICT").is_some());
    Ok(())
}

//! Reads the command line and starts the thing.

use std::process::ExitCode;

use clap::Parser as _;
use soquy::command;
use soquy::config::{Cli, Command, UserCommand};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A server is watched by machines; the other commands speak to the person who typed them.
    let usual = match cli.command {
        Command::Serve(_) => "info,sqlx::postgres::notice=warn",
        _ => "warn",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(why) => return failed(&why.into()),
    };
    runtime.block_on(run(cli.command)).unwrap_or_else(|why| failed(&why))
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(settings) => command::serve(settings).await,
        Command::Demo(settings) => command::demo(settings).await,
        Command::Migrate(settings) => command::migrate(settings).await,
        Command::User { command: UserCommand::Add(new) } => command::add_user(new).await,
        Command::Verify(settings) => command::verify(settings).await,
        Command::CloseDay(settings) => command::close_day(settings).await,
        Command::Openapi => command::openapi(),
        Command::Pg { books, command } => command::pg(books, command).await,
        Command::Schedule { file } => command::schedule(&file),
        Command::Health { listen } => command::health(listen).await,
    }
}

/// Says why, from the outside in; a cause that the sentence before has named already is not said again.
fn failed(why: &anyhow::Error) -> ExitCode {
    let mut said = String::new();
    for cause in why.chain().map(ToString::to_string) {
        if !said.contains(&cause) {
            said += if said.is_empty() { "" } else { ": " };
            said += &cause;
        }
    }
    eprintln!("soquy: {said}");
    ExitCode::from(2)
}

//! A private PostgreSQL for the demo, the tests and small offices.
//!
//! Nothing to install or administer: the programs are found on the machine or fetched as a package, the
//! cluster lives in the data folder, and the server lives exactly as long as the process that started it.
//!
//! The server listens on no network address. Its only door is a Unix socket in a folder that no account but
//! its account (and root) may enter, so a process that can connect could read the data files as well; a password
//! would add nothing, and the role `soquy` is trusted.

mod error;
mod account;
mod lock;
mod place;
mod binaries;
mod fetch;
mod guard;
mod cluster;
mod run;
mod server;
mod shared;

pub use error::EmbeddedError;
pub use place::default_data_dir;
pub use run::{for_server, place_of, run_with, try_address, with_database};
pub use server::{Embedded, Options, check, has_cluster, running};
pub use shared::{TestServer, shared_for_tests, shared_in};

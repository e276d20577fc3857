//! The rules of the house, executed: who may import whom, how long things may be, what a table and what an operation must
//! have. Needs no database. Each rule is a small function with a planted violation beside it.

mod circles;
mod document;
mod handlers;
mod ids;
mod layers;
mod papers;
mod roles;
mod schema;
mod source;
mod style;

/// Fails with every complaint, so that one run shows all there is to mend.
#[track_caller]
fn nobody_complains(complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<_> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

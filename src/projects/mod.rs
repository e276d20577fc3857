//! Projects of revolving support, and the queue of households before each: who asks, how the commune voted, whose turn it is.

pub mod http;
mod project;
mod queue;
mod store;
mod values;

pub use project::{change, create, insist_money, list, lock, mechanisms, rule, rule_of, show};
pub use queue::{
    agreed, ask, carried, close, eligible, lock_request, lock_waiting_request, meetings, queue, rank_of,
    record_meeting, request, reverse_meeting, undo,
};
pub use values::{
    LastVote, Mechanism, Meeting, NewMeeting, NewProject, NewRequest, NewVote, Project, ProjectChange,
    Queued, RequestState, Rule, SupportRequest,
};

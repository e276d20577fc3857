//! What a command that waits for a second person is answered with.

use super::Approval;
use crate::access::Work;
use crate::http::Created;

/// 202, and where the request waits.
pub fn waiting(work: &Work<'_>, approval: Approval) -> Created<Approval> {
    Created::waiting(format!("/v1/units/{}/approvals/{}", work.unit, approval.approval_id), approval)
}

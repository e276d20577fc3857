//! Ids by what they name, so that a household is not taken for its group where both are asked for. On the wire they are
//! plain UUIDs, and fields say so to the document.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A type of its own for the id of one kind of thing.
macro_rules! id {
    ($($name:ident: $says:literal),+ $(,)?) => {$(
        #[doc = concat!("The id of ", $says, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id as the database and the subject of a journal know it.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

id! {
    AgreementId: "an agreement on support",
    ExternalLoanId: "a reading of another bank's loan",
    FeeStatementId: "a statement of entrustment fees",
    GroupId: "a savings-and-credit group",
    GroupMeetingId: "a meeting of a group",
    HouseholdId: "a household",
    JobId: "a job",
    LoanId: "a loan",
    LoanRequestId: "a request for a loan",
    MeetingId: "a meeting on the requests of a project",
    MemberId: "a person of a household",
    MembershipId: "a household's membership in a group",
    ProjectId: "a project",
    RegisterId: "a register that a bank sent",
    RequestId: "a request for support",
    SheetId: "a collection sheet",
    UserId: "a person with a login",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_plain_uuid_on_the_wire_and_in_text() {
        let uuid = Uuid::from_u128(7);
        let id = GroupId::from(uuid);
        assert_eq!(serde_json::to_value(id).unwrap(), serde_json::to_value(uuid).unwrap());
        assert_eq!(serde_json::from_value::<GroupId>(serde_json::json!(uuid)).unwrap(), id);
        assert_eq!(id.to_string().parse::<GroupId>(), Ok(id));
        assert_eq!(id.uuid(), uuid);
    }
}

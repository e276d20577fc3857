//! Addresses of one agreement.

use uuid::Uuid;

crate::paths! {
    AgreementPath { agreement: Uuid = "the agreement" }
}

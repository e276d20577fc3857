//! How much of a household a caller sees.

use crate::access::Role;
use crate::households::view::Sight;
use crate::http::auth::Permit;

/// Officers enter identity and phone numbers and must check them; no other work needs them.
pub fn sight(permit: &Permit) -> Sight {
    if permit.holds(&[Role::Officer]) { Sight::Full } else { Sight::Masked }
}

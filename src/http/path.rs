//! Addresses: a type for what stands in the path after the unit. The unit itself belongs to the permit, and the document adds
//! it where `{unit}` is.

/// Types of the path parameters of a resource, written once beside it: `LoanPath { loan: Uuid = "the loan" }`. An id
/// with a type of its own says what it is shown as: `GroupPath { group: GroupId as Uuid = "the group" }`.
#[macro_export]
macro_rules! paths {
    ($($name:ident { $($field:ident: $kind:ty $(as $shown:ident)? = $says:literal),+ })+) => {$(
        #[doc = concat!("In the path", $(": ", $says),+, ".")]
        #[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Path)]
        pub struct $name {
            $(#[doc = $says] $(#[param(value_type = $shown)])? pub $field: $kind,)+
        }
    )+};
}

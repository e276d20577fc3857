//! Addresses: a type for what stands in the path after the unit. The unit itself belongs to the permit, and the document adds
//! it where `{unit}` is.

/// Types of the path parameters of a resource, written once beside it: `LoanPath { loan: Uuid = "the loan" }`.
#[macro_export]
macro_rules! paths {
    ($($name:ident { $($field:ident: $kind:ty = $says:literal),+ })+) => {$(
        #[doc = concat!("In the path", $(": ", $says),+, ".")]
        #[derive(Debug, Clone, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Path)]
        pub struct $name {
            $(#[doc = $says] pub $field: $kind,)+
        }
    )+};
}

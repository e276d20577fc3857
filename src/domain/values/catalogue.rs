//! Closed lists: an enum whose values have one name each, the same in the database, on the wire and in the code.

/// Makes an enum of named values: `ALL` of them, the `name()` of one, the one `of_name`, and serde by that name. What is
/// stored or sent under another name than this cannot be written down.
macro_rules! catalogue {
    ($(#[$about:meta])* $vis:vis enum $catalogue:ident { $($(#[$says:meta])* $value:ident = $name:tt),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        $(#[$about])*
        $vis enum $catalogue { $($(#[$says])* #[serde(rename = $name)] $value),+ }

        impl $catalogue {
            /// All of them, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// As stored and as on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$value => $name),+ }
            }

            /// The one of a name.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    };
}

pub(crate) use catalogue;

#[cfg(test)]
mod tests {
    catalogue! {
        /// Ways to be.
        enum Way {
            /// One.
            HereAndNow = "here_and_now",
            /// Another.
            Gone = "gone",
        }
    }

    #[test]
    fn a_value_is_stored_sent_and_found_by_its_name() {
        assert_eq!(Way::ALL, [Way::HereAndNow, Way::Gone]);
        for way in Way::ALL {
            assert_eq!(Way::of_name(way.name()), Some(*way));
            assert_eq!(serde_json::to_value(way).unwrap(), way.name());
        }
        assert_eq!(Way::of_name("elsewhere"), None);
    }
}

//! Savings-and-credit groups (tổ TK&VV): how many members, from where, and what a meeting may decide.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::domain::values::language::Text;

/// The four mass organisations that look after groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Organisation {
    /// Hội Nông dân.
    Farmers,
    /// Hội Liên hiệp Phụ nữ.
    Women,
    /// Hội Cựu chiến binh.
    Veterans,
    /// Đoàn Thanh niên.
    Youth,
}

impl Organisation {
    /// As stored; also the kind of its units.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Farmers => "farmers",
            Self::Women => "women",
            Self::Veterans => "veterans",
            Self::Youth => "youth",
        }
    }
}

/// A post on the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// Tổ trưởng.
    Leader,
    /// Tổ phó.
    Deputy,
    /// Thành viên ban quản lý.
    Member,
}

impl Post {
    /// As stored.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Leader => "leader",
            Self::Deputy => "deputy",
            Self::Member => "member",
        }
    }
}

/// How large a group may be on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Fewer is a warning: groups grow and shrink.
    pub least: i64,
    /// More is refused.
    pub most: i64,
    /// Whether members live in one hamlet; elsewhere is a warning.
    pub same_hamlet: bool,
}

impl Size {
    /// Whether one more member fits.
    pub const fn has_room(&self, members: i64) -> bool {
        members < self.most
    }

    /// What is to be mended in a group: its hamlet, its members and theirs.
    pub fn warnings<'a>(
        &self,
        hamlet: &str,
        members: i64,
        hamlets: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Text> {
        let mut warnings = Vec::new();
        let least = self.least;
        if members < least {
            warnings.push(crate::text!(
                "Tổ có {members} tổ viên, ít hơn {least}.",
                "The group has {members} members, fewer than {least}."
            ));
        }
        let elsewhere = hamlets.into_iter().filter(|other| *other != hamlet).count();
        if self.same_hamlet && elsewhere > 0 {
            warnings.push(crate::text!(
                "{elsewhere} tổ viên không ở {hamlet}.",
                "{elsewhere} members do not live in {hamlet}."
            ));
        }
        warnings
    }
}

/// A vote on one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// Hands for it.
    pub in_favour: u32,
    /// Hands against it.
    pub against: u32,
}

impl Vote {
    /// Whether so many present can have voted so.
    pub fn is_possible(self, present: usize) -> bool {
        u64::from(self.in_favour) + u64::from(self.against) <= present as u64
    }

    /// Whether the group agreed: more for it than against it.
    pub const fn is_agreed(self) -> bool {
        self.in_favour > self.against
    }
}

/// Whether a membership holds on a day; `left_on` is the first day without it.
pub fn is_member(joined_on: NaiveDate, left_on: Option<NaiveDate>, day: NaiveDate) -> bool {
    joined_on <= day && left_on.is_none_or(|left| day < left)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { least: 3, most: 60, same_hamlet: true };

    #[test]
    fn a_group_has_three_to_sixty_members_of_one_hamlet() {
        assert!(SIZE.has_room(59) && !SIZE.has_room(60));
        assert_eq!(SIZE.warnings("Thôn 1", 3, ["Thôn 1", "Thôn 1", "Thôn 1"]), []);
        let warnings = SIZE.warnings("Thôn 1", 2, ["Thôn 1", "Thôn 2"]);
        let english: Vec<_> = warnings.iter().map(|text| text.en.as_ref()).collect();
        assert_eq!(english, ["The group has 2 members, fewer than 3.", "1 members do not live in Thôn 1."]);
    }

    #[test]
    fn nobody_votes_twice_and_a_tie_is_no_consent() {
        let vote = |in_favour, against| Vote { in_favour, against };
        assert!(vote(3, 2).is_possible(5) && !vote(3, 3).is_possible(5));
        assert!(!vote(u32::MAX, u32::MAX).is_possible(60));
        assert!(vote(3, 2).is_agreed() && !vote(2, 2).is_agreed());
    }

    #[test]
    fn the_day_of_leaving_is_the_first_without_membership() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let member = |on| is_member(day("2026-01-05"), Some(day("2026-03-05")), day(on));
        assert!(
            !member("2026-01-04") && member("2026-01-05") && member("2026-03-04") && !member("2026-03-05")
        );
    }
}

//! Households, their members and groups, who counts as poor, and the people who work with the books.

pub mod credentials;
pub mod eligibility;
pub mod group;
pub mod household;
pub mod household_file;
pub mod household_intake;
pub mod identity;
pub mod person;
pub mod poverty;
pub mod vote;

//! What a file is, by the hash of its content.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::domain::values::media::MediaType;
use crate::domain::values::text::Name;

/// The largest file, in bytes.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// The hash of a file's content, which is its name: 64 hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// Of bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// As the database keeps it.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<FileHash> for String {
    fn from(hash: FileHash) -> Self {
        hash.to_string()
    }
}

impl FromStr for FileHash {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a file is named by its sha256, 64 hex digits";
        let mut hash = [0; 32];
        let hex = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let digits = if hex { text } else { return Err(WRONG) };
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).map_err(|_| WRONG)?;
        }
        Ok(Self(hash))
    }
}

impl TryFrom<String> for FileHash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl TryFrom<Vec<u8>> for FileHash {
    type Error = anyhow::Error;

    fn try_from(kept: Vec<u8>) -> Result<Self, Self::Error> {
        kept.try_into().map(Self).map_err(|_| anyhow::anyhow!("a hash that is not 32 bytes"))
    }
}

/// A file that the unit keeps.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = StoredFile)]
pub struct File {
    /// Its name: sha256 of its content, 64 hex digits.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: FileHash,
    /// What kind of file it is.
    pub media_type: MediaType,
    /// Bytes.
    pub size: i32,
    /// When it came first.
    pub stored_at: DateTime<Utc>,
    /// Who sent it.
    pub stored_by: Option<Uuid>,
}

/// A file of the unit that stands behind a journal.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPaper {
    /// Which file: sha256 of its content.
    #[schema(value_type = String, pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: FileHash,
    /// What the paper is, such as `Giấy biên nhận số 12`.
    pub name: Name,
}

/// The most papers of one journal; more are scanned into one file.
pub const MOST_PAPERS: usize = 50;

/// The papers behind a journal.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = AttachedPapers)]
pub struct Papers {
    /// In the order in which they were attached.
    #[schema(max_items = 50)]
    pub papers: Vec<AttachedPaper>,
}

/// A paper behind a journal (chứng từ gốc kèm theo).
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct AttachedPaper {
    /// Its id.
    pub attached_id: Uuid,
    /// What the paper is.
    pub name: String,
    /// The file.
    #[serde(flatten)]
    pub file: File,
    /// When it was attached.
    pub attached_at: DateTime<Utc>,
    /// Who attached it.
    pub attached_by: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_sixty_four_hex_digits() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(FileHash::of(b"").to_string(), of_nothing);
        assert_eq!(of_nothing.to_uppercase().parse(), Ok(FileHash::of(b"")));
        for wrong in ["", &of_nothing[..63], &format!("{of_nothing}0"), &of_nothing.replace('e', "ê")] {
            assert!(wrong.parse::<FileHash>().is_err(), "{wrong}");
        }
    }
}

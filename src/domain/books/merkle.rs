//! The root of a Merkle tree as in RFC 6962 §2.1: leaves and nodes are hashed apart, so one cannot pass for the other.

use sha2::{Digest, Sha256};

/// 32 bytes of sha256.
pub type Hash = [u8; 32];

fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over the leaves in order; sha256 of nothing for no leaves.
pub fn root<T: AsRef<[u8]>>(leaves: &[T]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => leaf(only.as_ref()),
        many => {
            let (left, right) = many.split_at(many.len().next_power_of_two() / 2);
            node(&root(left), &root(right))
        }
    }
}

/// The chain: each seal names the one before it, its unit and its range.
pub fn seal_hash(previous: &[u8], root: &[u8], range: &str) -> Hash {
    Sha256::new().chain_update(previous).chain_update(root).chain_update(range).finalize().into()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    fn hex(hash: Hash) -> String {
        hash.iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
    }

    /// The tree of the reference implementation of certificate transparency.
    #[test]
    fn the_root_is_the_one_of_rfc_6962() {
        let leaves: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        assert_eq!(
            hex(root(&leaves[..0])),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(
            hex(root(&leaves[..1])),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        assert_eq!(
            hex(root(&leaves[..2])),
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(
            hex(root(&leaves[..3])),
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
        assert_eq!(hex(root(&leaves)), "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
    }

    #[test]
    fn one_bit_of_one_leaf_changes_the_root() {
        let mut leaves = vec![[7_u8; 32]; 9];
        let before = root(&leaves);
        leaves[8][31] ^= 1;
        assert_ne!(root(&leaves), before);
    }
}

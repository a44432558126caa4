//! The RFC 6962 Merkle tree over the leaves of the log: hashes, compact ranges and roots.
//!
//! Nothing here keeps a whole tree. A [`Frontier`] holds the roots of the perfect subtrees that
//! make up a tree of a given size (its *peaks*), at most 64 of them; that is enough to append a
//! leaf and to name the root, and it is what the head of each stored segment carries.

use rayon::prelude::*;
use sha2::{Digest, Sha256};

/// A SHA-256 value of the tree: a leaf, a node or a root.
pub type Hash = [u8; 32];

/// Root of the empty tree, `H("")` (RFC 6962 2.1).
pub const EMPTY_ROOT: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
];

/// Leaves per subtree that one rayon task hashes. A power of two: tasks must be perfect subtrees.
const SUBTREE: usize = 1 << 12;

/// Hash of a leaf, `H(0x00 || leaf)` (RFC 6962 2.1).
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0x00]);
    hasher.update(leaf);
    hasher.finalize().into()
}

/// Hash of an inner node, `H(0x01 || left || right)` (RFC 6962 2.1).
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    // One contiguous input: a single call into the compression function's fast path.
    let mut input = [0x01_u8; 65];
    let (_, children) = input.split_at_mut(1);
    let (l, r) = children.split_at_mut(32);
    l.copy_from_slice(left);
    r.copy_from_slice(right);
    Sha256::digest(input).into()
}

/// A tree of known size, reduced to the roots of its perfect subtrees, largest first.
///
/// Invariant: `peaks.len() == size.count_ones()`. The serialised form
/// ([`Frontier::peaks_bytes`]) is the peaks alone, as the size is always stored beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Rebuilds a frontier from its size and peaks (largest subtree first).
    ///
    /// `None` if the number of peaks is not the number of one bits of `size`.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (usize::try_from(size.count_ones()).ok()? == peaks.len()).then_some(Self { size, peaks })
    }

    /// Reads the peaks as written by [`Frontier::peaks_bytes`].
    ///
    /// `None` if `bytes` is not exactly the peaks of a tree of `size` leaves.
    #[must_use]
    pub fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (hashes, rest) = bytes.as_chunks::<32>();
        if rest.is_empty() { Self::from_peaks(size, hashes.to_vec()) } else { None }
    }

    /// The peaks, 32 bytes each, largest subtree first.
    #[must_use]
    pub fn peaks_bytes(&self) -> &[u8] {
        self.peaks.as_flattened()
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the perfect subtrees, largest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends one leaf, given its [`leaf_hash`].
    pub fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// Appends leaves in order, given their hashes, on the calling thread.
    pub fn extend(&mut self, leaves: &[Hash]) {
        for leaf in leaves {
            self.push(*leaf);
        }
    }

    /// Appends leaves in order, given their hashes, hashing perfect subtrees in parallel.
    ///
    /// Same result as [`Frontier::extend`] for any number of threads.
    pub fn par_extend(&mut self, leaves: &[Hash]) {
        let into_subtree = self.size % SUBTREE as u64;
        let lead = if into_subtree == 0 { 0 } else { SUBTREE as u64 - into_subtree };
        let lead = usize::try_from(lead).unwrap_or(usize::MAX).min(leaves.len());
        let (head, rest) = leaves.split_at(lead);
        self.extend(head);
        let whole = rest.len() - rest.len() % SUBTREE;
        let (whole, tail) = rest.split_at(whole);
        let roots: Vec<Hash> = whole.par_chunks(SUBTREE).map(perfect_root).collect();
        for root in roots {
            self.push_subtree(SUBTREE.trailing_zeros(), root);
        }
        self.extend(tail);
    }

    /// Root of the tree (RFC 6962 2.1): the peaks folded from the smallest up.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(smallest) = peaks.next() else {
            return EMPTY_ROOT;
        };
        peaks.fold(*smallest, |right, left| node_hash(left, &right))
    }

    /// Appends a perfect subtree of `2^level` leaves; the size must be a multiple of that.
    fn push_subtree(&mut self, level: u32, root: Hash) {
        debug_assert_eq!(self.size & ((1 << level) - 1), 0);
        let mut node = root;
        // Each one bit above `level` that the addition carries through is a peak to merge.
        let mut bits = self.size >> level;
        while bits & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                node = node_hash(&left, &node);
            }
            bits >>= 1;
        }
        self.peaks.push(node);
        self.size += 1 << level;
    }
}

/// Root of a non-empty perfect subtree; `leaves.len()` is a power of two.
fn perfect_root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    frontier.extend(leaves);
    frontier.root()
}

/// Root of the tree with these leaf hashes, on the calling thread.
#[must_use]
pub fn root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    frontier.extend(leaves);
    frontier.root()
}

/// Root of the tree with these leaf hashes, over all threads of the current rayon pool.
#[must_use]
pub fn par_root_of(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    frontier.par_extend(leaves);
    frontier.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// MTH of RFC 6962 2.1, word for word.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => *one,
            _ => {
                let k = leaves.len().next_power_of_two() / 2;
                node_hash(&mth(&leaves[..k]), &mth(&leaves[k..]))
            }
        }
    }

    fn sample(n: u64) -> Vec<Hash> {
        (0..n).map(|i| leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn every_size_to_1025_matches_the_rfc_definition() {
        let leaves = sample(1025);
        let mut pushed = Frontier::new();
        for n in 0..=leaves.len() {
            let expected = mth(&leaves[..n]);
            assert_eq!(pushed.root(), expected, "pushed one by one, size {n}");
            assert_eq!(root_of(&leaves[..n]), expected, "bulk, size {n}");
            let again = Frontier::from_bytes(n as u64, pushed.peaks_bytes()).unwrap();
            assert_eq!(again, pushed);
            if let Some(leaf) = leaves.get(n) {
                pushed.push(*leaf);
            }
        }
    }

    /// The test vectors of the certificate-transparency reference implementation.
    #[test]
    fn known_vectors() {
        let inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"];
        let last = "606162636465666768696a6b6c6d6e6f";
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        assert_eq!(Frontier::new().root(), EMPTY_ROOT);
        let mut frontier = Frontier::new();
        for (input, root) in inputs.iter().chain([&last]).zip(roots) {
            frontier.push(leaf_hash(&hex::decode(input).unwrap()));
            assert_eq!(hex::encode(frontier.root()), root);
        }
    }

    #[test]
    fn wrong_number_of_peaks_is_refused() {
        assert!(Frontier::from_peaks(3, vec![[0; 32]]).is_none());
        assert!(Frontier::from_bytes(1, &[0; 33]).is_none());
        assert!(Frontier::from_bytes(0, &[]).is_some());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn parallel_equals_serial(before in 0_usize..9000, more in 0_usize..20_000) {
            let leaves = sample((before + more) as u64);
            let mut serial = Frontier::new();
            serial.extend(&leaves[..before]);
            let mut parallel = serial.clone();
            serial.extend(&leaves[before..]);
            parallel.par_extend(&leaves[before..]);
            prop_assert_eq!(&serial, &parallel);
            prop_assert_eq!(par_root_of(&leaves), serial.root());
        }
    }
}

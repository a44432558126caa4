//! Tiles and entry bundles (c2sp.org/tlog-tiles): their paths, widths and bytes.
//!
//! A tile of level L holds up to 256 hashes: of leaves at level 0, of full tiles of the level
//! below above it. A bundle holds the entries themselves, 256 at a time, each after its length
//! (u16, big-endian).

use super::TlogError;
use super::proof::Nodes;
use crate::log::merkle::{Hash, root_of};
use std::fmt;

/// Hashes of a full tile, and entries of a full bundle.
pub const WIDTH: u64 = 256;
/// Levels of binary nodes in a tile.
pub const HEIGHT: u32 = 8;
/// Highest level that a path may name.
pub const LEVEL_MAX: u8 = 63;
/// Most bytes of a bundle.
pub const BUNDLE_BYTES_MAX: usize = 256 * (2 + 65_535);

/// What a path below `tile/` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Hashes of this level.
    Hashes(u8),
    /// Entries.
    Entries,
}

/// A tile or a bundle: which, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// Hashes or entries.
    pub kind: Kind,
    /// Its number within the level.
    pub index: u64,
    /// How many hashes or entries: 256 if it is full.
    pub width: u16,
}

impl TilePath {
    /// The tile level: leaves and entries have 0.
    #[must_use]
    pub fn level(&self) -> u8 {
        match self.kind {
            Kind::Hashes(level) => level,
            Kind::Entries => 0,
        }
    }

    /// Whether it is full.
    #[must_use]
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == WIDTH
    }

    /// How many leaves the tree must have for it to exist; nothing if that is too many.
    #[must_use]
    pub fn needs(&self) -> Option<u64> {
        let hashes = self.index.checked_mul(WIDTH)?.checked_add(u64::from(self.width))?;
        let shift = HEIGHT.checked_mul(u32::from(self.level()))?;
        let leaves = hashes.checked_shl(shift)?;
        (leaves >> shift == hashes && leaves <= super::checkpoint::SIZE_MAX).then_some(leaves)
    }

    /// Position of the leaf under its hash or entry number `offset`, the first of that hash.
    #[must_use]
    pub fn leaf(&self, offset: u64) -> Option<u64> {
        let shift = HEIGHT.checked_mul(u32::from(self.level()))?;
        self.index.checked_mul(WIDTH)?.checked_add(offset)?.checked_shl(shift)
    }

    /// Reads a path below `tile/`, such as `0/x001/067.p/5` or `entries/000`.
    ///
    /// # Errors
    /// [`TlogError::Path`] for any spelling but the one that [`fmt::Display`] writes.
    pub fn parse(path: &str) -> Result<Self, TlogError> {
        let wrong = TlogError::Path;
        let (kind, rest) = path.split_once('/').ok_or(wrong)?;
        let kind = match kind {
            "entries" => Kind::Entries,
            level => Kind::Hashes(u8::try_from(number(level, 63)?).map_err(|_| wrong)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, number(width, 255)?),
            None => (rest, WIDTH),
        };
        let mut value: u64 = 0;
        let groups: Vec<&str> = index.split('/').collect();
        let (last, leading) = groups.split_last().ok_or(wrong)?;
        let leading = leading.iter().map(|group| group.strip_prefix('x').unwrap_or_default());
        for group in leading.chain([*last]) {
            let digits = group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
            let group: u64 = digits.then(|| group.parse().ok()).flatten().ok_or(wrong)?;
            value = value.checked_mul(1000).and_then(|v| v.checked_add(group)).ok_or(wrong)?;
        }
        let width = u16::try_from(width).map_err(|_| wrong)?;
        let tile = Self { kind, index: value, width };
        // One tile has one path: leading groups of zeros, a width of zero and the like go here.
        let known = width > 0 && tile.needs().is_some() && tile.to_string() == path;
        if known { Ok(tile) } else { Err(wrong) }
    }
}

fn number(text: &str, max: u64) -> Result<u64, TlogError> {
    super::base64::decimal(text).filter(|number| *number <= max).ok_or(TlogError::Path)
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Hashes(level) => write!(f, "{level}/")?,
            Kind::Entries => f.write_str("entries/")?,
        }
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place == 0 { write!(f, "{group:03}")? } else { write!(f, "x{group:03}/")? }
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

/// Every tile and bundle of a tree, level by level, bundles first, in the order of their numbers.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TilePath> {
    let hashes = (0..=LEVEL_MAX).map(move |level| (Kind::Hashes(level), hashes_of(level, size)));
    let all = [(Kind::Entries, size)].into_iter().chain(hashes);
    all.take_while(|(_, count)| *count > 0).flat_map(|(kind, count)| {
        (0..count.div_ceil(WIDTH)).map(move |index| TilePath {
            kind,
            index,
            width: u16::try_from((count - index * WIDTH).min(WIDTH)).unwrap_or(u16::MAX),
        })
    })
}

/// How many hashes the level has in a tree of this size.
#[must_use]
pub fn hashes_of(level: u8, size: u64) -> u64 {
    size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0)
}

/// The bundle of these entries, each of at most 65,535 bytes.
///
/// # Errors
/// [`TlogError::Tile`] for a longer one.
pub fn bundle(entries: &[impl AsRef<[u8]>]) -> Result<Vec<u8>, TlogError> {
    let mut bytes = Vec::new();
    for entry in entries.iter().map(AsRef::as_ref) {
        let length = u16::try_from(entry.len()).map_err(|_| TlogError::Tile)?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// The entries of a bundle of this width.
///
/// # Errors
/// [`TlogError::Tile`] for bytes of another width or form.
pub fn entries(bytes: &[u8], width: u16) -> Result<Vec<&[u8]>, TlogError> {
    let (entries, whole) = readable_entries(bytes, width);
    if whole { Ok(entries) } else { Err(TlogError::Tile) }
}

/// The entries of a bundle before the first that can not be read, and whether these are all.
#[must_use]
pub fn readable_entries(bytes: &[u8], width: u16) -> (Vec<&[u8]>, bool) {
    let mut entries = Vec::with_capacity(usize::from(width));
    let mut rest = bytes;
    while entries.len() < usize::from(width)
        && let Some((length, tail)) = rest.split_first_chunk::<2>()
        && let Some(split) = tail.split_at_checked(usize::from(u16::from_be_bytes(*length)))
    {
        entries.push(split.0);
        rest = split.1;
    }
    let whole = rest.is_empty() && entries.len() == usize::from(width);
    (entries, whole)
}

/// The hashes of a tile of this width.
///
/// # Errors
/// [`TlogError::Tile`] for bytes of another width.
pub fn hashes(bytes: &[u8], width: u16) -> Result<&[Hash], TlogError> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    let whole = rest.is_empty() && hashes.len() == usize::from(width);
    if whole { Ok(hashes) } else { Err(TlogError::Tile) }
}

/// Where tiles of hashes come from.
pub trait Tiles {
    /// What reading may fail with.
    type Error;

    /// The hashes `start..start + count` of a level, which all lie in one tile.
    ///
    /// # Errors
    /// If they can not be read.
    fn hashes(&self, level: u8, start: u64, count: u64) -> Result<Vec<Hash>, Self::Error>;
}

/// Tiles as the nodes of proofs.
pub struct TileNodes<'a, T: ?Sized>(pub &'a T);

impl<T: Tiles + ?Sized> Nodes for TileNodes<'_, T> {
    type Error = T::Error;

    fn node(&self, level: u32, index: u64) -> Result<Hash, T::Error> {
        let (tile, within) = (level / HEIGHT, level % HEIGHT);
        let tile = u8::try_from(tile).unwrap_or(LEVEL_MAX);
        Ok(root_of(&self.0.hashes(tile, index << within, 1 << within)?))
    }
}

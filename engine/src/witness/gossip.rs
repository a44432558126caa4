//! Comparing what a log has shown to different people.

use super::settings::LogSettings;
use crate::tlog::TlogError;
use crate::tlog::checkpoint::{Opened, Policy};
use crate::tlog::fork::Fork;
use crate::tlog::note::{Note, VerifierKey};
use crate::tlog::proof::Nodes;
use std::fmt::Display;

/// What a comparison shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Each checkpoint continues the smaller ones.
    Agree,
    /// The log has shown two histories; the proof needs no trust in whoever made it.
    Fork(Box<Fork>),
    /// No contradiction was proven, and agreement neither: the tree could not be read, or is not
    /// the one that was signed. The text is in English.
    Undecided(String),
}

/// Compares signed checkpoints of one log. `nodes` is the tree that the log shows, of a size not
/// below theirs; it is not trusted, and not asked where the checkpoints speak for themselves. Hand
/// in the checkpoint of that tree too: if the log now shows another history than the one that was
/// signed, only that one can be proven from.
pub fn compare<N: Nodes + ?Sized>(log: &VerifierKey, signed: &[Opened], nodes: &N) -> Compared
where
    N::Error: Display,
{
    let mut signed: Vec<&Opened> = signed.iter().collect();
    signed.sort_by_key(|opened| opened.checkpoint.size);
    let pairs = || {
        signed
            .iter()
            .enumerate()
            .flat_map(|(n, a)| signed.iter().skip(n + 1).map(move |b| (*a, *b)))
    };
    let same_size = |(a, b): &(&Opened, &Opened)| a.checkpoint.size == b.checkpoint.size;
    for (a, b) in pairs().filter(same_size) {
        let (a, b) = (a.note.to_string(), b.note.to_string());
        if let Ok(fork) = Fork::of_same_size(&a, &b, log) {
            return Compared::Fork(Box::new(fork));
        }
    }
    let mut undecided = None;
    for (a, b) in pairs().filter(|pair| !same_size(pair)) {
        match Fork::of(a, b, log, nodes) {
            Ok(Ok(fork)) => return Compared::Fork(Box::new(fork)),
            Ok(Err(TlogError::NoFork)) => {}
            Ok(Err(error)) => undecided = Some(error.to_string()),
            Err(error) => undecided = Some(error.to_string()),
        }
    }
    undecided.map_or(Compared::Agree, Compared::Undecided)
}

impl LogSettings {
    /// Reads a checkpoint of this log that somebody shows, and the key of the log that signed it.
    /// Nothing but the log's signatures is looked at, or kept.
    ///
    /// # Errors
    /// Those of [`Policy::open`], by the key that comes nearest.
    pub fn open(&self, bytes: &[u8]) -> Result<(&VerifierKey, Opened), TlogError> {
        let note = Note::parse(bytes)?;
        let note = self.trusted(&note).ok_or(TlogError::Unsigned)?.to_string();
        let mut error = TlogError::Unsigned;
        for key in &self.vkeys {
            match Policy::of_log(key.clone()).open(note.as_bytes()) {
                Ok(opened) => return Ok((key, opened)),
                Err(TlogError::Unsigned) => {}
                Err(other) => error = other,
            }
        }
        Err(error)
    }
}

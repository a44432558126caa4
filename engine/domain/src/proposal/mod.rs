//! Proposals: texts in versions, support, and amendments as changes to a named version.

mod amendment_declined;
mod amendment_integrated;
mod amendment_proposed;
mod proposal_submitted;
mod proposal_supported;
mod proposal_withdrawn;
pub mod text;
mod version_published;

pub use amendment_declined::{AmendmentDeclined, DeclineAmendment};
pub use amendment_integrated::{AmendmentIntegrated, IntegrateAmendment};
pub use amendment_proposed::{AmendmentProposed, ProposeAmendment};
pub use proposal_submitted::{ProposalSubmitted, SubmitProposal};
pub use proposal_supported::{ProposalSupported, SupportProposal};
pub use proposal_withdrawn::{ProposalWithdrawn, WithdrawProposal};
pub use version_published::{PublishVersion, VersionPublished};

use crate::authority::Cx;
use crate::entity::Kind;
use crate::id::{Document, Hash, Line, Prose, StatementId};
use crate::rejection::{Rejection, rejections};
use crate::role::Power;
use bincode::{Decode, Encode};
use std::collections::BTreeMap;
use text::{Change, Conflict, MisfitReason};

rejections! {
    /// Refusals of the proposals context, in order of precedence.
    Proposals {
        /// There is no such proposal.
        ProposalUnknown => "proposal.unknown",
        /// There is no such amendment.
        AmendmentUnknown => "amendment.unknown",
        /// Neither the proposal's author nor a role with the power over proposals.
        NotAuthors => "proposal.not-authors",
        /// The proposal is withdrawn.
        Withdrawn => "proposal.withdrawn",
        /// The proposal is adopted: its text stands.
        Adopted => "proposal.adopted",
        /// A vote on the proposal is open: its text is frozen until it closes.
        VoteOpen => "proposal.vote-open",
        /// The amendment is integrated or declined already.
        AmendmentSettled => "amendment.settled",
        /// The version named is not the current one.
        VersionStale => "proposal.version-stale",
        /// The version named is none of this proposal's.
        VersionUnknown => "proposal.version-unknown",
        /// The member supports this version already.
        AlreadySupported => "proposal.already-supported",
        /// No change, too many of them, or one that changes nothing.
        ChangesEmpty => "changes.empty",
        /// The changes are not in order, or two of them meet.
        ChangesDisorder => "changes.disorder",
        /// The lines to remove are not those of the version named.
        ChangesOtherLines => "changes.other-lines",
        /// A line of the changes holds a line feed or another control character.
        ChangesControl => "changes.control",
        /// The amendment meets a change made since; the conflicts can be read.
        AmendmentConflict => "amendment.conflict",
        /// Integrating would change nothing: the text says it already.
        AmendmentVoid => "amendment.void",
        /// The text would be empty or longer than allowed.
        TextLength => "proposal.text-length",
        /// The merged text does not have the hash that the statement names.
        ResultMismatch => "amendment.result-mismatch",
    }
}

impl From<MisfitReason> for Proposals {
    fn from(reason: MisfitReason) -> Self {
        match reason {
            MisfitReason::Empty => Self::ChangesEmpty,
            MisfitReason::Disorder => Self::ChangesDisorder,
            MisfitReason::OtherLines => Self::ChangesOtherLines,
            MisfitReason::Control => Self::ChangesControl,
        }
    }
}

/// A version of a proposal's text.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Version {
    /// Its name: SHA-256 of the text.
    pub hash: Hash,
    /// The changes that made it from the version before; none for the first.
    pub changes: Vec<Change>,
    /// Position at which it was published.
    pub position: u64,
}

/// A proposal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Proposal {
    /// Number of the member who submitted it.
    pub author: u32,
    /// Title for people.
    pub title: Option<Line>,
    /// The current text, by line.
    pub lines: Vec<String>,
    /// Every version, in order.
    pub versions: Vec<Version>,
    /// Supporters by number, each with the number of the version last supported.
    pub supporters: BTreeMap<u32, u32>,
    /// Position of the withdrawal.
    pub withdrawn: Option<u64>,
    /// Number of the vote on it that is open.
    pub open_vote: Option<u32>,
    /// Number of the vote that adopted it.
    pub adopted_by: Option<u32>,
}

impl Proposal {
    /// Name of the current version.
    #[must_use]
    pub fn current(&self) -> Option<Hash> {
        self.versions.last().map(|version| version.hash)
    }

    /// Number of the current version, from 0.
    #[must_use]
    pub fn current_number(&self) -> u32 {
        u32::try_from(self.versions.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// How many support the current version: support is for a text, so a new one starts at none.
    #[must_use]
    pub fn support(&self) -> usize {
        let current = self.current_number();
        self.supporters.values().filter(|&&version| version == current).count()
    }

    /// Number of the latest version with that name.
    #[must_use]
    pub fn version_number(&self, hash: Hash) -> Option<u32> {
        let number = self.versions.iter().rposition(|version| version.hash == hash)?;
        u32::try_from(number).ok()
    }

    /// The text of a version, by line. Earlier versions are read by undoing the changes since.
    #[must_use]
    pub fn lines_at(&self, number: u32) -> Option<Vec<String>> {
        let mut lines = self.lines.clone();
        let number = usize::try_from(number).ok()?;
        for version in self.versions.get(number.checked_add(1)?..)?.iter().rev() {
            lines = text::apply(&lines, &undo(&version.changes)).ok()?;
        }
        Some(lines)
    }

    /// Carries changes to version `base` over all changes made since.
    ///
    /// # Errors
    /// The conflicts.
    pub fn rebase(&self, base: u32, changes: &[Change]) -> Result<Vec<Change>, Vec<Conflict>> {
        let next = usize::try_from(base).unwrap_or(usize::MAX).saturating_add(1);
        let since = self.versions.get(next..).unwrap_or_default();
        let since: Vec<&[Change]> = since.iter().map(|v| v.changes.as_slice()).collect();
        text::rebase(changes, &since)
    }

    /// Is adopted in a version, which becomes the current one if it is not.
    pub(crate) fn adopt(&mut self, vote: u32, version: Hash, position: u64) {
        if self.current() != Some(version) {
            let number = self.version_number(version);
            if let Some(insert) = number.and_then(|number| self.lines_at(number)) {
                self.publish(&[Change { at: 0, remove: self.lines.clone(), insert }], position);
            }
        }
        self.adopted_by = Some(vote);
    }

    pub(crate) fn publish(&mut self, changes: &[Change], position: u64) {
        if let Ok(lines) = text::apply(&self.lines, changes) {
            self.lines = lines;
        }
        let hash = text::version_of(&self.lines);
        self.versions.push(Version { hash, changes: changes.to_vec(), position });
    }
}

/// The changes that lead back.
fn undo(changes: &[Change]) -> Vec<Change> {
    let mut shift = 0_i64;
    let back = |change: &Change| {
        let at = u32::try_from(i64::from(change.at).saturating_add(shift)).unwrap_or(0);
        let inserted = i64::try_from(change.insert.len()).unwrap_or(0);
        let removed = i64::try_from(change.remove.len()).unwrap_or(0);
        shift = shift.saturating_add(inserted).saturating_sub(removed);
        Change { at, remove: change.insert.clone(), insert: change.remove.clone() }
    };
    changes.iter().map(back).collect()
}

/// What became of an amendment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Settled {
    /// Nothing yet.
    #[default]
    Open,
    /// Integrated at that position.
    Integrated(u64),
    /// Declined at that position, with the reason.
    Declined(u64, Prose),
}

/// An amendment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Amendment {
    /// Number of the proposal.
    pub proposal: u32,
    /// Number of the member who proposes it.
    pub author: u32,
    /// Number of the version that it changes.
    pub base: u32,
    /// The changes.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: Option<Prose>,
    /// What became of it.
    pub settled: Settled,
}

/// A proposal by its statement's id.
fn find<'a>(cx: &Cx<'a>, id: StatementId) -> Result<(u32, &'a Proposal), Proposals> {
    let index = cx.find_uuid(Kind::Proposal, id.0).ok_or(Proposals::ProposalUnknown)?;
    let proposal = cx.world.tables.proposals.get(index).ok_or(Proposals::ProposalUnknown)?;
    Ok((index, proposal))
}

/// An amendment by its statement's id, with its proposal.
fn find_amendment<'a>(
    cx: &Cx<'a>,
    id: StatementId,
) -> Result<(u32, &'a Amendment, &'a Proposal), Proposals> {
    let unknown = Proposals::AmendmentUnknown;
    let index = cx.find_uuid(Kind::Amendment, id.0).ok_or(unknown)?;
    let amendment = cx.world.tables.amendments.get(index).ok_or(unknown)?;
    let proposal = cx.world.tables.proposals.get(amendment.proposal).ok_or(unknown)?;
    Ok((index, amendment, proposal))
}

/// The author may, and so may a role with the power.
fn check_may_edit(cx: &Cx<'_>, proposal: &Proposal) -> Result<(), Rejection> {
    if cx.member()? == proposal.author || cx.require(Power::Proposals).is_ok() {
        return Ok(());
    }
    Err(Proposals::NotAuthors.into())
}

/// Neither withdrawn, nor adopted, nor being voted on.
fn check_open(proposal: &Proposal) -> Result<(), Proposals> {
    if proposal.withdrawn.is_some() {
        return Err(Proposals::Withdrawn);
    }
    if proposal.adopted_by.is_some() {
        return Err(Proposals::Adopted);
    }
    if proposal.open_vote.is_some() { Err(Proposals::VoteOpen) } else { Ok(()) }
}

/// The name of the version that the changes make of the current one.
pub(crate) fn changed(proposal: &Proposal, changes: &[Change]) -> Result<Hash, Proposals> {
    check_result(proposal, changes).map(|lines| text::version_of(&lines))
}

/// The text that the changes make of the current one.
fn check_result(proposal: &Proposal, changes: &[Change]) -> Result<Vec<String>, Proposals> {
    let lines = text::apply(&proposal.lines, changes)?;
    if Document::new(&text::join(&lines)).is_err() {
        return Err(Proposals::TextLength);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn earlier_versions_can_be_read() {
        let change = |at, remove: &[&str], insert: &[&str]| Change {
            at,
            remove: remove.iter().map(|&s| s.to_owned()).collect(),
            insert: insert.iter().map(|&s| s.to_owned()).collect(),
        };
        let mut proposal = Proposal { lines: text::lines("a\nb\nc"), ..Proposal::default() };
        let first = text::version_of(&proposal.lines);
        proposal.versions.push(Version { hash: first, changes: vec![], position: 0 });
        proposal.publish(&[change(0, &["a"], &["x", "y"]), change(2, &["c"], &[])], 1);
        proposal.publish(&[change(2, &["b"], &["B", "C"])], 2);
        assert_eq!(text::join(&proposal.lines), "x\ny\nB\nC");
        assert_eq!(proposal.lines_at(1).map(|l| text::join(&l)), Some("x\ny\nb".into()));
        assert_eq!(proposal.lines_at(0).map(|l| text::version_of(&l)), Some(first));
        assert_eq!(proposal.lines_at(3), None);
    }
}

//! `consent.amended/1`: the text of a consent round is amended, and the round begins again.

use super::procedure::{ObjectionState, procedure};
use super::rules::FrozenRules;
use super::{VoteOpened, Votes, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::counting::MethodSpec;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, MemberId, Prose, StatementId};
use crate::proposal::text::Change;
use crate::proposal::{self, Proposals};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Amends the text of an open consent round so as to integrate objections. All consents are given
/// again: the round ends without an outcome, and one on the new text, named by this statement,
/// takes its place with the same rules and an electorate frozen anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmendConsent {
    /// Which vote.
    pub vote: StatementId,
    /// The terms of the round, as on a ballot.
    pub terms: Hash,
    /// The version that is amended: the one voted on.
    pub base: Hash,
    /// The changes to it.
    pub changes: Vec<Change>,
    /// Whose objections they integrate.
    pub integrates: Vec<MemberId>,
    /// Why.
    pub reason: Prose,
    /// First moment at which positions on the new text no longer count.
    pub closes_at: Timestamp,
}

/// The text of a consent round was amended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ConsentAmended {
    before: u32,
    opened: VoteOpened,
    rules: FrozenRules,
    proposal: u32,
    changes: Vec<Change>,
    integrates: Vec<u32>,
    reason: Prose,
}

impl Command for AmendConsent {
    type Event = ConsentAmended;

    fn decide(self, cx: &Cx<'_>) -> Result<ConsentAmended, Rejection> {
        let granted = cx.require_scoped(Power::Votes)?;
        let (before, vote) = find(cx, self.vote)?;
        granted.check_groups(vote.electorate.groups.as_deref())?;
        if !matches!(vote.method, Some(MethodSpec::Consent { .. })) {
            return Err(Votes::NotConsent.into());
        }
        vote.check_open(cx.at)?;
        if self.terms != vote.terms.0 {
            return Err(Votes::OtherTerms.into());
        }
        let frozen = vote.options.iter().find_map(|option| option.proposal);
        let (index, version) = frozen.ok_or(Votes::NoText)?;
        let text = cx.world.tables.proposals.get(index).ok_or(Votes::ProposalUnknown)?;
        if self.base != version || text.current() != Some(version) {
            return Err(Proposals::VersionStale.into());
        }
        let state = procedure(cx.world, before);
        let objector = |id: &MemberId| {
            let member = cx.find_uuid(Kind::Member, id.0);
            let stands = |member: &u32| {
                state.objections.iter().any(|one| one.author == *member && one.state.stands())
            };
            member.filter(stands).ok_or(Votes::ObjectionUnknown)
        };
        let integrates = self.integrates.iter().map(objector).collect::<Result<_, Votes>>()?;
        let result = proposal::changed(text, &self.changes)?;
        let opened = VoteOpened::again(cx, vote, result, self.closes_at)?;
        Ok(ConsentAmended {
            before,
            opened,
            rules: state.rules.clone().unwrap_or_default(),
            proposal: index,
            changes: self.changes,
            integrates,
            reason: self.reason,
        })
    }
}

impl Event for ConsentAmended {
    fn stream(&self) -> EntityRef {
        self.opened.stream()
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        self.opened.names(add);
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        self.opened.entities(visit);
        visit(EntityRef::new(Kind::Vote, self.before));
        visit(EntityRef::new(Kind::Procedure, self.before));
        visit(EntityRef::new(Kind::Procedure, self.stream().index));
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let (next, position) = (self.stream().index, recorded.position);
        match entity {
            EntityMut::Vote(vote) if index == self.before => vote.closed = Some(position),
            EntityMut::Procedure(procedure) if index == self.before => {
                procedure.amended_by = Some(next);
                for objection in &mut procedure.objections {
                    if objection.state.stands() && self.integrates.contains(&objection.author) {
                        objection.state = ObjectionState::Integrated;
                        let entry = (ObjectionState::Integrated, self.reason.clone(), position);
                        objection.history.push(entry);
                    }
                }
            }
            EntityMut::Procedure(procedure) => {
                procedure.rules = Some(self.rules.clone());
                procedure.opened_at = Some(recorded.record.at);
                procedure.amends = Some(self.before);
            }
            EntityMut::Proposal(proposal) => {
                proposal.publish(&self.changes, position);
                proposal.open_vote = Some(next);
            }
            entity => self.opened.evolve(index, entity, recorded),
        }
    }
}

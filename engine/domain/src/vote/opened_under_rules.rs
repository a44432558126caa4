//! `vote.opened/2`

use super::rules::{self, FrozenRules, VoteRules};
use super::vote_opened::Versions;
use super::{OpenVote, Vote, VoteOpened};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::Recorded;
use crate::id::StatementId;
use crate::rejection::Rejection;
use crate::role::FrozenSubject;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Opens a vote under rules of its own. Options may be versions of one proposal that compete, as
/// long as the current one is among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenVoteUnderRules {
    /// The vote, as in `vote.opened/1`.
    pub vote: OpenVote,
    /// Its rules.
    pub rules: VoteRules,
}

/// A vote was opened under rules of its own.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VoteOpenedUnderRules {
    opened: VoteOpened,
    rules: FrozenRules,
}

impl Command for OpenVoteUnderRules {
    type Event = VoteOpenedUnderRules;

    fn decide(self, cx: &Cx<'_>) -> Result<VoteOpenedUnderRules, Rejection> {
        let mut opened = self.vote.freeze(cx, Versions::Competing)?;
        let mut vote = Vote::default();
        opened.fill(&mut vote, cx.position);
        let rules = rules::freeze(cx, self.rules, &vote)?;
        if let Some(member) = rules.subject.and_then(FrozenSubject::excluded) {
            opened.exclude(cx, member)?;
        }
        Ok(VoteOpenedUnderRules { opened, rules })
    }
}

impl VoteOpenedUnderRules {
    /// The same, under another number and name.
    pub(super) fn named(mut self, index: u32, vote: StatementId) -> Self {
        self.opened.rename(index, vote);
        self
    }

    /// Whether it follows the vote with that number.
    pub(super) fn follows(&self, vote: u32) -> bool {
        self.rules.follows.is_some_and(|(first, _)| first == vote)
    }

    /// Whether both follow one vote.
    pub(super) fn follows_same_as(&self, other: &Self) -> bool {
        self.rules.follows.is_some_and(|(first, _)| other.follows(first))
    }

    /// Whether one of its options stands for the proposal with that number.
    pub(super) fn is_on(&self, proposal: u32) -> bool {
        self.opened.is_on(proposal)
    }
}

impl Event for VoteOpenedUnderRules {
    fn stream(&self) -> EntityRef {
        self.opened.stream()
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        self.opened.names(add);
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        self.opened.entities(visit);
        visit(EntityRef::new(Kind::Procedure, self.stream().index));
        if let Some((first, _)) = self.rules.follows {
            visit(EntityRef::new(Kind::Procedure, first));
        }
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Procedure(procedure) if index == self.stream().index => {
                procedure.rules = Some(self.rules.clone());
                procedure.opened_at = Some(recorded.record.at);
            }
            EntityMut::Procedure(first) => first.followed_by = Some(self.stream().index),
            entity => self.opened.evolve(index, entity, recorded),
        }
    }
}

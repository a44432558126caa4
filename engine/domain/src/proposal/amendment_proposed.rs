//! `amendment.proposed/1`

use super::text::{self, Change};
use super::{Proposals, check_open, find};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, Prose, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Proposes an amendment: changes to a named version, which need not be the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposeAmendment {
    /// Which proposal.
    pub proposal: StatementId,
    /// The version that is changed.
    pub base: Hash,
    /// The changes.
    pub changes: Vec<Change>,
    /// Why.
    pub reason: Prose,
}

/// An amendment was proposed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AmendmentProposed {
    index: u32,
    amendment: StatementId,
    proposal: u32,
    author: u32,
    base: u32,
    changes: Vec<Change>,
    reason: Prose,
}

impl Command for ProposeAmendment {
    type Event = AmendmentProposed;

    fn decide(self, cx: &Cx<'_>) -> Result<AmendmentProposed, Rejection> {
        let author = cx.member()?;
        let (index, proposal) = find(cx, self.proposal)?;
        check_open(proposal)?;
        let base = proposal.version_number(self.base).ok_or(Proposals::VersionUnknown)?;
        let lines = proposal.lines_at(base).ok_or(Proposals::VersionUnknown)?;
        text::apply(&lines, &self.changes).map_err(Proposals::from)?;
        Ok(AmendmentProposed {
            index: cx.world.tables.amendments.next_index(),
            amendment: cx.id,
            proposal: index,
            author,
            base,
            changes: self.changes,
            reason: self.reason,
        })
    }
}

impl Event for AmendmentProposed {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.proposal)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        let entity = EntityRef::new(Kind::Amendment, self.index);
        add(Entry::Named(entity, Name::Uuid(self.amendment.0)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Amendment, self.index));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, _: &Recorded<'_>) {
        if let EntityMut::Amendment(amendment) = entity {
            amendment.proposal = self.proposal;
            amendment.author = self.author;
            amendment.base = self.base;
            amendment.changes.clone_from(&self.changes);
            amendment.reason = Some(self.reason.clone());
        }
    }
}

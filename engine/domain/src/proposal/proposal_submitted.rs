//! `proposal.submitted/1`

use super::{Version, text};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Document, Line, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Submits a proposal; it is named by this statement's id, its first version by the text's hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubmitProposal {
    /// Title for people.
    pub title: Line,
    /// The text.
    pub text: Document,
}

/// A proposal was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProposalSubmitted {
    index: u32,
    proposal: StatementId,
    author: u32,
    title: Line,
    text: Document,
}

impl Command for SubmitProposal {
    type Event = ProposalSubmitted;

    fn decide(self, cx: &Cx<'_>) -> Result<ProposalSubmitted, Rejection> {
        Ok(ProposalSubmitted {
            index: cx.world.tables.proposals.next_index(),
            proposal: cx.id,
            author: cx.member()?,
            title: self.title,
            text: self.text,
        })
    }
}

impl Event for ProposalSubmitted {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Proposal, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.proposal.0)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Proposal(proposal) = entity {
            proposal.author = self.author;
            proposal.title = Some(self.title.clone());
            proposal.lines = text::lines(self.text.as_str());
            proposal.versions = vec![Version {
                hash: text::version_of(&proposal.lines),
                changes: Vec::new(),
                position: recorded.position,
            }];
        }
    }
}

//! `safeguard.set/1`

use super::{Safeguards, Subject, Terms, standing};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Sets what a subject asks for, or changes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetSafeguard {
    /// What is covered.
    pub subject: Subject,
    /// How many different holders must agree, the requester being one.
    pub holders: u32,
    /// Hours before the act can be carried.
    pub delay_hours: u32,
    /// Hours after which a request lapses.
    pub window_hours: u32,
}

/// A safeguard was set.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SafeguardSet {
    subject: Subject,
    terms: Terms,
}

impl Command for SetSafeguard {
    type Event = SafeguardSet;

    fn decide(self, cx: &Cx<'_>) -> Result<SafeguardSet, Rejection> {
        cx.require(Power::Roles)?;
        let Self { subject, holders, delay_hours, window_hours } = self;
        let terms = Terms { delay_hours, holders, window_hours };
        terms.check(subject)?;
        let live = subject.live(cx.world, cx.at);
        if terms.holders > live {
            return Err(Safeguards::TooFewHolders.into());
        }
        if standing(cx.world, subject).is_some() || terms.softens(subject, live) {
            cx.changes_safeguard(subject);
        } else {
            cx.changes_rules();
        }
        Ok(SafeguardSet { subject, terms })
    }
}

impl Event for SafeguardSet {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Safeguard, self.subject.index())
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Word(self.subject.word().to_owned())));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Safeguard(safeguard) = entity {
            safeguard.terms = Some(self.terms);
            safeguard.since = recorded.position;
        }
    }
}

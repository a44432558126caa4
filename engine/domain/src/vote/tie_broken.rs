//! `tie.broken/1`

use super::procedure::{Procedure, TieBreak, TieBreaker};
use super::rules::{FrozenRules, TiePolicy};
use super::settle::{self, Settlement};
use super::{Vote, Votes, adopted, excluded, find, procedure};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, Prose, Slug, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Breaks the tie of a vote whose rules leave that to a role (a casting vote).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BreakTie {
    /// Which vote.
    pub vote: StatementId,
    /// The tied options, the preferred first; others may follow. In a yes/no vote the option to
    /// adopt it, nothing to reject it.
    pub order: Vec<Slug>,
    /// Why.
    pub reason: Prose,
}

/// A tie was broken, by a role or by lot.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct TieBroken {
    vote: u32,
    order: Vec<u32>,
    by: TieBreaker,
    adopted: Vec<(u32, Hash)>,
}

impl Command for BreakTie {
    type Event = TieBroken;

    fn decide(self, cx: &Cx<'_>) -> Result<TieBroken, Rejection> {
        let granted = cx.require_scoped(Power::Votes)?;
        let role = granted.role;
        let (index, vote) = find(cx, self.vote)?;
        granted.check_groups(vote.electorate.groups.as_deref())?;
        check_apart(cx, index)?;
        let tied = Tied::find(cx, self.vote)?;
        if tied.rules.tie != Some(TiePolicy::Chair) {
            return Err(Votes::TieOtherPolicy.into());
        }
        let column = |id: &Slug| {
            let place = tied.vote.options.iter().position(|option| option.id == *id);
            place.and_then(|place| u32::try_from(place).ok()).ok_or(Votes::TieOptions)
        };
        let order = self.order.iter().map(column).collect::<Result<Vec<u32>, Votes>>()?;
        let mut once = order.clone();
        once.sort_unstable();
        once.dedup();
        let named = |column: &u32| order.contains(column);
        let all = tied.vote.is_on_one_text() || tied.open.tied.iter().all(named);
        if once.len() != order.len() || !all {
            return Err(Votes::TieOptions.into());
        }
        Ok(tied.broken(cx, order, TieBreaker::Chair { role, reason: self.reason }))
    }
}

/// Nobody has the casting vote on their own recall, nor somebody who acts for them.
fn check_apart(cx: &Cx<'_>, vote: u32) -> Result<(), Votes> {
    let Some(aside) = excluded(cx.world, vote) else { return Ok(()) };
    let mandate = cx.acting_as.and_then(|held| cx.world.tables.assignments.get(held));
    let own = cx.author.member() == Some(aside);
    let own = own || mandate.is_some_and(|held| held.member == aside);
    if own { Err(Votes::OwnRecall) } else { Ok(()) }
}

/// A vote with a tie that nobody has dealt with.
pub(super) struct Tied<'a> {
    pub(super) index: u32,
    pub(super) vote: &'a Vote,
    pub(super) rules: &'a FrozenRules,
    procedure: &'a Procedure,
    pub(super) open: Settlement,
}

impl<'a> Tied<'a> {
    /// The vote, if it is declared and tied, and the tie is still open.
    pub(super) fn find(cx: &Cx<'a>, id: StatementId) -> Result<Self, Votes> {
        let (index, vote) = find(cx, id)?;
        let declared = vote.declared.as_ref().ok_or(Votes::NotDeclared)?;
        let procedure = procedure(cx.world, index);
        let rules = procedure.rules.as_ref().ok_or(Votes::TieOtherPolicy)?;
        if procedure.tie_break.is_some() || procedure.followed_by.is_some() {
            return Err(Votes::TieBroken);
        }
        let open = settle::open(vote, &declared.outcome);
        if open.tied.is_empty() {
            return Err(Votes::NotTied);
        }
        Ok(Self { index, vote, rules, procedure, open })
    }

    /// The event: what is adopted once the tie is broken by that order.
    pub(super) fn broken(self, cx: &Cx<'_>, order: Vec<u32>, by: TieBreaker) -> TieBroken {
        let Self { index, vote, .. } = self;
        let position = cx.position;
        let tie_break = TieBreak { order: order.clone(), by: by.clone(), position };
        let procedure = Procedure { tie_break: Some(tie_break), ..self.procedure.clone() };
        let counts = || super::tally(cx.world, index, vote, vote.method.as_ref()?).ok();
        let settled = vote
            .declared
            .as_ref()
            .map(|declared| settle::settle(vote, &procedure, &declared.outcome, counts));
        let adopted = settled.map(|settled| adopted(cx.world, vote, &settled.elected));
        TieBroken { vote: index, order, by, adopted: adopted.unwrap_or_default() }
    }
}

impl Event for TieBroken {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.vote)
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(EntityRef::new(Kind::Procedure, self.vote));
        for (proposal, _) in &self.adopted {
            visit(EntityRef::new(Kind::Proposal, *proposal));
        }
    }

    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let position = recorded.position;
        match entity {
            EntityMut::Procedure(procedure) => {
                let (order, by) = (self.order.clone(), self.by.clone());
                procedure.tie_break = Some(TieBreak { order, by, position });
            }
            EntityMut::Proposal(proposal) => {
                let version = self.adopted.iter().find(|(number, _)| *number == index);
                if let Some((_, version)) = version {
                    proposal.adopt(self.vote, *version, position);
                }
            }
            _ => {}
        }
    }
}

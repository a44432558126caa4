//! Who votes for whom (methods, section 9): a direct vote overrides; else the most specific
//! delegation is followed, to the first who votes; a circle, or an end without a vote, abstains.

use super::{Delegation, DelegationRule, FrozenScope};
use crate::vote::{BallotBox, Vote};
use crate::world::World;
use serde::Serialize;
use std::collections::BTreeMap;

/// Delegated votes that nobody cast, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// They lead into a circle.
    pub circle: u64,
    /// Nobody whom they lead to has voted.
    pub no_vote: u64,
    /// The delegate had as many as the vote admits.
    pub over_limit: u64,
}

/// Who is represented, and by whom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Represented {
    /// For each voter by number, the numbers of those whose votes they cast, in the order in
    /// which these delegated; only voters who have some.
    pub by_voter: BTreeMap<u32, Vec<u32>>,
    /// Delegated votes that nobody cast.
    pub lost: Lost,
}

impl Represented {
    /// How many are represented.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.by_voter.values().map(|members| members.len() as u64).sum()
    }

    /// How many votes a voter casts for others.
    #[must_use]
    pub fn held_by(&self, voter: u32) -> u64 {
        self.by_voter.get(&voter).map_or(0, |members| members.len() as u64)
    }
}

/// Where a chain of delegations ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Voter(u32),
    NoVote,
    Circle,
}

/// Works out the delegations of a vote as they stood when it closed (or stand now).
#[must_use]
pub fn represented(
    world: &World,
    index: u32,
    vote: &Vote,
    rule: &DelegationRule,
    ballots: &BallotBox,
) -> Represented {
    let position = vote.closed.unwrap_or(world.position);
    let chains = Chains { world, index, vote, rule, ballots, position };
    let mut ends: BTreeMap<u32, End> = BTreeMap::new();
    // For each voter, whom they represent, and the position at which these delegated.
    let mut held: BTreeMap<u32, Vec<(u64, u32)>> = BTreeMap::new();
    let mut lost = Lost::default();
    for (member, _) in world.tables.delegators.iter() {
        let Some(delegation) = chains.next(member) else { continue };
        match chains.end(member, &mut ends) {
            End::Voter(voter) => held.entry(voter).or_default().push((delegation.from, member)),
            End::NoVote => lost.no_vote += 1,
            End::Circle => lost.circle += 1,
        }
    }
    let most = rule.max_weight.map_or(u32::MAX, |most| most.saturating_sub(1));
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut by_voter = BTreeMap::new();
    for (voter, mut given) in held {
        given.sort_unstable();
        lost.over_limit += given.len().saturating_sub(most) as u64;
        given.truncate(most);
        if !given.is_empty() {
            by_voter.insert(voter, given.into_iter().map(|(_, member)| member).collect());
        }
    }
    Represented { by_voter, lost }
}

struct Chains<'a> {
    world: &'a World,
    index: u32,
    vote: &'a Vote,
    rule: &'a DelegationRule,
    ballots: &'a BallotBox,
    position: u64,
}

impl<'a> Chains<'a> {
    /// The delegation that counts for a member: who may vote, has not, and delegates.
    fn next(&self, member: u32) -> Option<&'a Delegation> {
        let state = self.world.tables.members.get(member)?;
        let gone = state.left.is_some_and(|left| left < self.position);
        let aside = crate::vote::excluded(self.world, self.index) == Some(member);
        if gone || aside || !self.vote.includes(state) || self.ballots.row(member).is_some() {
            return None;
        }
        let specific = |one: &&Delegation| match &one.scope {
            FrozenScope::Vote(vote) if *vote == self.index => Some(2),
            FrozenScope::Topic(topic) if self.rule.topic.as_ref() == Some(topic) => Some(1),
            FrozenScope::All => Some(0),
            _ => None,
        };
        let given = self.world.tables.delegators.get(member)?.in_force(self.position);
        let given = given.filter_map(|one| Some((specific(&one)?, one)));
        given.max_by_key(|(specific, _)| *specific).map(|(_, one)| one)
    }

    /// Where the chain of a member who delegates ends; ends found before are remembered.
    fn end(&self, member: u32, ends: &mut BTreeMap<u32, End>) -> End {
        if !self.rule.transitive {
            let to = self.next(member).map(|one| one.to);
            return to.filter(|to| self.votes(*to)).map_or(End::NoVote, End::Voter);
        }
        let mut passed = Vec::new();
        let mut at = member;
        let end = loop {
            if let Some(end) = ends.get(&at) {
                break *end;
            }
            // Whoever stands on the way is in a circle until the end is known.
            ends.insert(at, End::Circle);
            passed.push(at);
            match self.next(at).map(|one| one.to) {
                None => break End::NoVote,
                Some(to) if self.votes(to) => break End::Voter(to),
                Some(to) => at = to,
            }
        };
        for one in passed {
            ends.insert(one, end);
        }
        end
    }

    fn votes(&self, member: u32) -> bool {
        self.ballots.row(member).is_some()
    }
}

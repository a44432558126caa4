//! `vote.opened/1`

use super::{Electorate, FrozenOption, Hash32, OPTIONS_MAX, VOTE_DAYS_MAX, Vote, Votes};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::counting::MethodSpec;
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, Line, Prose, Slug, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An option of a vote: a name, or a proposal in a named version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BallotOption {
    /// Its id on ballots.
    pub id: Slug,
    /// Its name for people.
    pub label: Line,
    /// The proposal that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<StatementId>,
    /// The proposal's current version, which the vote freezes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Hash>,
}

/// Who may vote: those who are members at the opening.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ElectorateRule {
    /// Every member.
    Members,
    /// The members of these groups.
    Groups(Vec<Slug>),
}

/// Opens a vote: freezes text versions, method, electorate and calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenVote {
    /// Title for people.
    pub title: Line,
    /// The question, if the title does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Prose>,
    /// The options; one for a yes/no vote.
    pub options: Vec<BallotOption>,
    /// The method with its parameters.
    pub method: MethodSpec,
    /// Who may vote.
    pub electorate: ElectorateRule,
    /// First moment at which ballots count; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// First moment at which ballots no longer count.
    pub closes_at: Timestamp,
}

/// A vote was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct VoteOpened {
    index: u32,
    vote: StatementId,
    title: Line,
    question: Option<Prose>,
    options: Vec<FrozenOption>,
    method: MethodSpec,
    electorate: Electorate,
    opens_at: Timestamp,
    closes_at: Timestamp,
    terms: Hash,
}

impl Command for OpenVote {
    type Event = VoteOpened;

    fn decide(self, cx: &Cx<'_>) -> Result<VoteOpened, Rejection> {
        self.freeze(cx, Versions::Current)
    }
}

/// Which versions of a proposal options may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Versions {
    /// The current one.
    Current,
    /// Any, as long as another option names the current one.
    Competing,
}

impl OpenVote {
    /// Everything that the opening freezes, or the first rule that forbids it.
    pub(super) fn freeze(self, cx: &Cx<'_>, versions: Versions) -> Result<VoteOpened, Rejection> {
        let granted = cx.require_scoped(Power::Votes)?;
        let opens_at = self.opens_at.unwrap_or(cx.at).max(cx.at);
        check_calendar(opens_at, self.closes_at)?;
        if self.options.len() > OPTIONS_MAX {
            return Err(Votes::TooManyOptions.into());
        }
        let labels: Vec<String> = self.options.iter().map(|o| o.label.to_string()).collect();
        if self.method.validate(&labels).is_err() {
            return Err(Votes::Method.into());
        }
        let ids: BTreeSet<&Slug> = self.options.iter().map(|option| &option.id).collect();
        if ids.len() != self.options.len() {
            return Err(Votes::OptionTwice.into());
        }
        let options = freeze_options(cx, self.options, versions)?;
        let groups = groups(cx, self.electorate)?;
        granted.check_groups(groups.as_deref())?;
        let electorate = freeze_electorate(cx, groups, None)?;
        Ok(VoteOpened {
            index: cx.world.tables.votes.next_index(),
            vote: cx.id,
            title: self.title,
            question: self.question,
            options,
            method: self.method,
            electorate,
            opens_at,
            closes_at: self.closes_at,
            terms: cx.payload_hash,
        })
    }
}

/// Freezes every option, or answers with the first rule of the list that one of them breaks.
fn freeze_options(
    cx: &Cx<'_>,
    options: Vec<BallotOption>,
    versions: Versions,
) -> Result<Vec<FrozenOption>, Votes> {
    let named: Vec<(Option<StatementId>, Option<Hash>)> =
        options.iter().map(|option| (option.proposal, option.version)).collect();
    let competes = |id: StatementId, current: Option<Hash>| {
        versions == Versions::Competing && named.contains(&(Some(id), current))
    };
    let mut frozen = Vec::with_capacity(options.len());
    let mut refused = None;
    for option in options {
        match freeze_option(cx, option, &competes) {
            Ok(option) => frozen.push(option),
            Err(rejection) => {
                refused = Some(refused.map_or(rejection, |r: Votes| r.min(rejection)));
            }
        }
    }
    refused.map_or(Ok(frozen), Err)
}

fn freeze_option(
    cx: &Cx<'_>,
    option: BallotOption,
    competes: &dyn Fn(StatementId, Option<Hash>) -> bool,
) -> Result<FrozenOption, Votes> {
    let proposal = match (option.proposal, option.version) {
        (None, None) => None,
        (Some(id), Some(version)) => {
            let index = cx.find_uuid(Kind::Proposal, id.0).ok_or(Votes::ProposalUnknown)?;
            let proposal = cx.world.tables.proposals.get(index);
            let proposal = proposal.ok_or(Votes::ProposalUnknown)?;
            let closed = proposal.withdrawn.is_some() || proposal.adopted_by.is_some();
            if closed || proposal.open_vote.is_some() {
                return Err(Votes::ProposalNotOpen);
            }
            let current = proposal.current();
            let known = proposal.version_number(version).is_some();
            if current != Some(version) && !(known && competes(id, current)) {
                return Err(Votes::VersionStale);
            }
            Some((index, version))
        }
        _ => return Err(Votes::VersionMissing),
    };
    Ok(FrozenOption { id: option.id, label: option.label, proposal })
}

pub(super) fn check_calendar(opens_at: Timestamp, closes_at: Timestamp) -> Result<(), Votes> {
    let longest = opens_at.plus_ms(VOTE_DAYS_MAX.saturating_mul(Timestamp::DAY_MS));
    if closes_at <= opens_at || closes_at > longest { Err(Votes::Calendar) } else { Ok(()) }
}

/// Numbers of the groups whose members may vote.
fn groups(cx: &Cx<'_>, rule: ElectorateRule) -> Result<Option<Vec<u32>>, Votes> {
    Ok(match rule {
        ElectorateRule::Members => None,
        ElectorateRule::Groups(slugs) => {
            let found = slugs.iter().map(|slug| cx.find(Kind::Group, slug));
            Some(found.collect::<Option<Vec<u32>>>().ok_or(Votes::GroupUnknown)?)
        }
    })
}

fn freeze_electorate(
    cx: &Cx<'_>,
    groups: Option<Vec<u32>>,
    excluded: Option<u32>,
) -> Result<Electorate, Votes> {
    let mut electorate = Electorate { groups, ..Electorate::default() };
    let members = cx.world.tables.members.iter();
    let members = members.filter(|(index, _)| Some(*index) != excluded);
    let present =
        members.filter(|(_, member)| member.left.is_none() && electorate.includes(member));
    let name = |index| cx.world.directory.name(EntityRef::new(Kind::Member, index));
    let mut ids: Vec<u128> = present
        .filter_map(|(index, _)| match name(index) {
            Some(Name::Uuid(id)) => Some(*id),
            _ => None,
        })
        .collect();
    if ids.is_empty() {
        return Err(Votes::NobodyEligible);
    }
    ids.sort_unstable();
    let census: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
    electorate.eligible = ids.len() as u64;
    electorate.root = Hash32(Hash::of(&census));
    Ok(electorate)
}

impl VoteOpened {
    /// The same vote again, from now on, on the version that its text has become.
    pub(super) fn again(
        cx: &Cx<'_>,
        before: &Vote,
        version: Hash,
        closes_at: Timestamp,
    ) -> Result<Self, Votes> {
        check_calendar(cx.at, closes_at)?;
        let mut options = before.options.clone();
        for (_, frozen) in options.iter_mut().filter_map(|option| option.proposal.as_mut()) {
            *frozen = version;
        }
        Ok(Self {
            index: cx.world.tables.votes.next_index(),
            vote: cx.id,
            title: before.title.clone().ok_or(Votes::VoteUnknown)?,
            question: before.question.clone(),
            options,
            method: before.method.clone().ok_or(Votes::VoteUnknown)?,
            electorate: freeze_electorate(cx, before.electorate.groups.clone(), None)?,
            opens_at: cx.at,
            closes_at,
            terms: cx.payload_hash,
        })
    }

    /// Leaves a member out of the electorate, whom it is about.
    pub(super) fn exclude(&mut self, cx: &Cx<'_>, member: u32) -> Result<(), Votes> {
        let groups = self.electorate.groups.take();
        self.electorate = freeze_electorate(cx, groups, Some(member))?;
        Ok(())
    }

    /// Gives it another number and name.
    pub(super) fn rename(&mut self, index: u32, vote: StatementId) {
        (self.index, self.vote) = (index, vote);
    }

    /// Whether one of its options stands for the proposal with that number.
    pub(super) fn is_on(&self, proposal: u32) -> bool {
        self.options.iter().any(|option| option.proposal.is_some_and(|(one, _)| one == proposal))
    }

    /// The vote as opened at a position.
    pub(super) fn fill(&self, vote: &mut Vote, position: u64) {
        vote.title = Some(self.title.clone());
        vote.question.clone_from(&self.question);
        vote.options.clone_from(&self.options);
        vote.method = Some(self.method.clone());
        vote.electorate.clone_from(&self.electorate);
        vote.opened = position;
        vote.opens_at = self.opens_at;
        vote.closes_at = self.closes_at;
        vote.terms = Hash32(self.terms);
    }
}

impl Event for VoteOpened {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.vote.0)));
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
        for (proposal, _) in self.options.iter().filter_map(|option| option.proposal) {
            visit(EntityRef::new(Kind::Proposal, proposal));
        }
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        match entity {
            EntityMut::Vote(vote) => self.fill(vote, recorded.position),
            EntityMut::Proposal(proposal) => proposal.open_vote = Some(self.index),
            _ => {}
        }
    }
}

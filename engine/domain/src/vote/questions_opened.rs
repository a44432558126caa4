//! `votes.opened/1`: several questions put to one electorate, to be answered together.
//!
//! Each question is a vote of its own, with options, method, rules and outcome; all have the
//! electorate, the calendar and the terms of the one statement that opens them, so that whoever
//! answers one has read them all.

use super::opened_under_rules::VoteOpenedUnderRules;
use super::procedure::Sheet;
use super::rules::VoteRules;
use super::vote_opened::check_calendar;
use super::{BallotOption, ElectorateRule, OpenVote, OpenVoteUnderRules, QUESTIONS_MAX, Votes};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::counting::MethodSpec;
use crate::entity::{EntityRef, Entry, Kind};
use crate::fact::Recorded;
use crate::id::{Line, Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::Power;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// One of several questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Title for people.
    pub title: Line,
    /// The question, if the title does not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Prose>,
    /// The options; one for a yes/no question.
    pub options: Vec<BallotOption>,
    /// The method with its parameters.
    pub method: MethodSpec,
    /// Its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<VoteRules>,
}

/// Opens several votes at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenQuestions {
    /// Title of the whole, for people.
    pub title: Line,
    /// Who may vote.
    pub electorate: ElectorateRule,
    /// First moment at which ballots count; at once when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// First moment at which ballots no longer count.
    pub closes_at: Timestamp,
    /// The questions, from 2 to [`QUESTIONS_MAX`].
    pub questions: Vec<Question>,
}

/// Several votes were opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct QuestionsOpened {
    title: Line,
    first: u32,
    votes: Vec<VoteOpenedUnderRules>,
}

/// Name of the vote that a question is, by its place from 0. The first has the name of the
/// statement; the others the first 16 bytes of
/// SHA-256(`"archipel.question.v1\n"` || id, 16 bytes || place, 4 bytes, big-endian), marked as a
/// UUID of version 8 (RFC 9562 5.8), which no statement can have.
#[must_use]
pub fn question_id(statement: StatementId, place: u32) -> StatementId {
    if place == 0 {
        return statement;
    }
    let mut hasher = Sha256::new();
    hasher.update(b"archipel.question.v1\n");
    hasher.update(statement.0.to_be_bytes());
    hasher.update(place.to_be_bytes());
    let digest: [u8; 32] = hasher.finalize().into();
    let head = digest.first_chunk::<16>().copied().unwrap_or_default();
    let bits = u128::from_be_bytes(head);
    let (version, variant) = ((0xf << 76, 0x8 << 76), (0x3 << 62, 0x2 << 62));
    let marked = |bits: u128, (mask, mark): (u128, u128)| (bits & !mask) | mark;
    StatementId(marked(marked(bits, version), variant))
}

impl Command for OpenQuestions {
    type Event = QuestionsOpened;

    fn decide(self, cx: &Cx<'_>) -> Result<QuestionsOpened, Rejection> {
        // How far it reaches is checked with each question.
        let _granted = cx.require_scoped(Power::Votes)?;
        check_calendar(self.opens_at.unwrap_or(cx.at).max(cx.at), self.closes_at)?;
        if !(2..=QUESTIONS_MAX).contains(&self.questions.len()) {
            return Err(Votes::QuestionCount.into());
        }
        let first = cx.world.tables.votes.next_index();
        let mut named = BTreeSet::new();
        let mut votes = Vec::with_capacity(self.questions.len());
        for (place, question) in (0..).zip(self.questions) {
            let Question { title, question, options, method, rules } = question;
            // One text is in one vote at a time: not in two of these either.
            let texts: BTreeSet<StatementId> =
                options.iter().filter_map(|option| option.proposal).collect();
            let twice = texts.iter().any(|text| named.contains(text));
            named.extend(texts);
            let (electorate, opens_at) = (self.electorate.clone(), self.opens_at);
            let closes_at = self.closes_at;
            let vote =
                OpenVote { title, question, options, method, electorate, opens_at, closes_at };
            let rules = rules.unwrap_or_default();
            let opened = OpenVoteUnderRules { vote, rules }.decide(cx)?;
            if twice {
                return Err(Votes::ProposalNotOpen.into());
            }
            if votes.iter().any(|other: &VoteOpenedUnderRules| opened.follows_same_as(other)) {
                return Err(Votes::NotFollowable.into());
            }
            votes.push(opened.named(first.saturating_add(place), question_id(cx.id, place)));
        }
        Ok(QuestionsOpened { title: self.title, first, votes })
    }
}

impl QuestionsOpened {
    fn vote(&self, index: u32) -> Option<&VoteOpenedUnderRules> {
        self.votes.get(usize::try_from(index.checked_sub(self.first)?).ok()?)
    }

    fn sheet(&self) -> Sheet {
        let count = u32::try_from(self.votes.len()).unwrap_or(u32::MAX);
        Sheet { title: self.title.clone(), first: self.first, count }
    }
}

impl Event for QuestionsOpened {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Vote, self.first)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        for vote in &self.votes {
            vote.names(add);
        }
    }

    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        for vote in &self.votes {
            vote.entities(visit);
        }
    }

    fn evolve(&self, index: u32, mut entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        let of_vote = match &mut entity {
            EntityMut::Vote(_) => self.vote(index),
            EntityMut::Procedure(procedure) => {
                let own = self.vote(index);
                if own.is_some() {
                    procedure.sheet = Some(self.sheet());
                }
                // Otherwise it is that of a vote that one of these follows.
                own.or_else(|| self.votes.iter().find(|vote| vote.follows(index)))
            }
            EntityMut::Proposal(_) => self.votes.iter().find(|vote| vote.is_on(index)),
            _ => None,
        };
        if let Some(vote) = of_vote {
            vote.evolve(index, entity, recorded);
        }
    }
}

//! Votes that follow another: a second convocation, a second ballot.

use super::procedure::procedure;
use super::rules::{FollowUp, Follows};
use super::{Vote, Votes, find, settle};
use crate::authority::Cx;
use crate::id::Slug;

/// The vote that the new one follows, if its outcome calls for it and nothing followed it yet.
pub(super) fn check(cx: &Cx<'_>, follows: &Follows, vote: &Vote) -> Result<(u32, FollowUp), Votes> {
    let (index, first) = find(cx, follows.vote)?;
    let declared = first.declared.as_ref().ok_or(Votes::NotFollowable)?;
    if procedure(cx.world, index).followed_by.is_some() {
        return Err(Votes::NotFollowable);
    }
    match follows.kind {
        FollowUp::SecondConvocation => {
            let settled = settle::of(cx.world, index);
            let quorum = settled.and_then(|settled| settled.quorum);
            if quorum.is_none_or(|quorum| quorum.met) {
                return Err(Votes::NotFollowable);
            }
            check_same(first, vote)?;
        }
        FollowUp::Fallback => {
            let adopted = !declared.outcome.winners.is_empty();
            if adopted || !first.is_by_consent() || vote.is_by_consent() {
                return Err(Votes::NotFollowable);
            }
            check_same(first, vote)?;
        }
        FollowUp::SecondBallot => {
            let settled = settle::of(cx.world, index).ok_or(Votes::NotFollowable)?;
            if settled.tied.is_empty() {
                return Err(Votes::NotFollowable);
            }
            let tied = settled.tied.iter().filter_map(|column| first.option(*column));
            let mut tied: Vec<Slug> = tied.map(|option| option.id.clone()).collect();
            let again = vote.options.iter().map(|option| option.id.clone());
            let mut again: Vec<Slug> = again.collect();
            tied.sort();
            again.sort();
            if tied != again {
                return Err(Votes::FollowOptions);
            }
        }
    }
    Ok((index, follows.kind))
}

/// The same options, for the same texts.
fn check_same(first: &Vote, vote: &Vote) -> Result<(), Votes> {
    let named = |vote: &Vote| -> Vec<_> {
        vote.options.iter().map(|option| (option.id.clone(), option.proposal)).collect()
    };
    if named(first) == named(vote) { Ok(()) } else { Err(Votes::FollowOptions) }
}

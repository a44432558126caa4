//! Rules as tables, laws as properties. `count` is tested through its public face.

mod cardinals;
mod choices;
mod consents;
mod judgment;
mod laws;
mod limits;
mod majorities;
mod matrices;
mod meek;
mod metamorphic;
mod naive;
mod peers;
mod rankings;
mod register;
mod sets;
mod specs;
mod transferable;

use super::spec::MethodSpec;
use super::yes_no::{Majority, Rule};
use super::*;

pub(super) fn names(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

/// `o0 o1 o2 ...`
pub(super) fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("o{number}")).collect()
}

pub(super) fn simple() -> MethodSpec {
    MethodSpec::YesNo { rule: Rule { quorum: None, majority: Majority::Simple } }
}

pub(super) fn approval(seats: u32, max_choices: Option<u32>) -> MethodSpec {
    MethodSpec::Approval { seats, max_choices }
}

/// Majority judgment with grades `g0 g1 g2 ...`.
pub(super) fn judgment(grade_count: usize, seats: u32, ungraded: Ungraded) -> MethodSpec {
    let grades = (0..grade_count).map(|grade| format!("g{grade}")).collect();
    MethodSpec::MajorityJudgment { grades, seats, ungraded }
}

//! Approval voting: most approvals win (methods, section 5).
//!
//! The score of an option is the number of valid ballots that approve of it. With k seats the k
//! best win; where several are level at the k-th place, all of them are named and none is picked.

use super::outcome::{Evidence, Outcome, Score};
use super::{CountError, Method, Received, ranking};

/// Counts approvals, given per option in the order of `options`.
pub(super) fn count(
    seats: u32,
    options: &[String],
    approvals: &[u64],
    received: Received,
) -> Result<Outcome, CountError> {
    let ballots = received.counts()?;
    if approvals.len() != options.len() {
        return Err(CountError::TallyOfAnotherShape {
            expected: options.len(),
            found: approvals.len(),
        });
    }
    if approvals.iter().any(|approving| *approving > ballots.valid) {
        return Err(CountError::BallotsDoNotAddUp);
    }
    let ranking = ranking::rank(options, approvals);
    let seats = ranking::fill(seats, &ranking);
    let scores = options.iter().cloned().zip(approvals.iter().copied().map(Score::Integer));
    Ok(Outcome {
        method: Method::Approval,
        options: options.to_vec(),
        winners: ranking::winners(&seats),
        ranking,
        scores: scores.collect(),
        ties: ranking::ties(&seats),
        ballots,
        evidence: Evidence::Approval { seats },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::counting::outcome::{Seats, Tie, TieRule, TieStage};

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn run(seats: u32, approvals: &[u64], cast: u64) -> Result<Outcome, CountError> {
        let options: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let received = Received { cast, blank: 1, invalid: 1 };
        count(seats, &options, approvals, received)
    }

    #[test]
    fn most_approvals_win_and_a_tie_at_the_last_seat_is_left_open() {
        let cases = [
            // seats, approvals of a b c d, winners, elected, contested, tied
            (1, [3, 5, 1, 0], "b", "b", 0, ""),
            (1, [5, 5, 1, 0], "a b", "", 1, "a b"),
            (2, [5, 5, 1, 0], "a b", "a b", 0, ""),
            (2, [5, 7, 5, 5], "b a c d", "b", 1, "a c d"),
            (3, [5, 7, 5, 5], "b a c d", "b", 2, "a c d"),
            (4, [5, 7, 5, 5], "b a c d", "b a c d", 0, ""),
            (1, [0, 0, 0, 0], "a b c d", "", 1, "a b c d"),
        ];
        for (seats, approvals, winners, elected, contested, tied) in cases {
            let outcome = run(seats, &approvals, 10).unwrap();
            assert_eq!(outcome.winners, names(winners), "{seats} {approvals:?}");
            let filled = Seats { seats, elected: names(elected), contested, tied: names(tied) };
            assert_eq!(outcome.evidence, Evidence::Approval { seats: filled });
            let tie = Tie { stage: TieStage::Seats, options: names(tied), rule: TieRule::None };
            assert_eq!(outcome.ties, if tied.is_empty() { vec![] } else { vec![tie] });
        }
    }

    #[test]
    fn a_tally_that_does_not_add_up_is_refused() {
        assert_eq!(run(1, &[9, 0, 0, 0], 10), Err(CountError::BallotsDoNotAddUp));
        assert_eq!(run(1, &[0, 0, 0, 0], 1), Err(CountError::BallotsDoNotAddUp));
        let shape = CountError::TallyOfAnotherShape { expected: 4, found: 3 };
        assert_eq!(run(1, &[0, 0, 0], 10), Err(shape));
    }
}

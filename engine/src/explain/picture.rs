//! Pictures of outcomes as SVG: merit profiles, duels, transfers by round, budgets, scores.
//!
//! Every picture stands alone: text is text, colours only repeat what labels say, and there is a
//! title and a description for those who do not see it. Lengths are whole numbers.

use super::{Tongue, words};
use archipel_domain::counting::budget::BudgetEvidence;
use archipel_domain::counting::majority_judgment::MajorityJudgmentEvidence;
use archipel_domain::counting::outcome::{Evidence, Outcome, Score};
use archipel_domain::counting::ranked::{RankedEvidence, Round};
use std::fmt::Write as _;

const LABEL: usize = 190;
const BAR: usize = 600;
const ROW: usize = 26;
const TOP: usize = 34;
/// Most options of a matrix of duels; scores are drawn of more.
const DUELS_MAX: usize = 30;
/// Red to green through grey, told apart without colour vision by lightness.
const GRADES: [&str; 7] =
    ["#7f1d1d", "#c2410c", "#d97706", "#a3a3a3", "#84cc16", "#16a34a", "#065f46"];

/// Draws an outcome.
#[must_use]
pub fn picture(outcome: &Outcome, tongue: Tongue) -> String {
    let mut drawing = Drawing { shapes: String::new(), width: LABEL + BAR + 100, height: TOP };
    match &outcome.evidence {
        Evidence::MajorityJudgment(evidence) => drawing.merits(outcome, evidence),
        Evidence::Ranked(evidence) if !evidence.rounds.is_empty() => {
            drawing.rounds(&evidence.rounds, &outcome.winners, tongue);
        }
        Evidence::Ranked(evidence) if outcome.options.len() <= DUELS_MAX => {
            drawing.duels(outcome, evidence);
        }
        Evidence::Budget(evidence) => drawing.budget(evidence, outcome, tongue),
        _ => drawing.scores(outcome),
    }
    let title = format!("{} — {}", outcome.method, outcome.winners.join(", "));
    drawing.finish(&title, &words::sentences(outcome, tongue).join(" "))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // No control character is allowed in XML.
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The first characters of a name, as many as fit beside a bar.
fn shortened(name: &str) -> String {
    match name.char_indices().nth(26) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// A score as a fraction; 0 for one that is no number.
fn fraction(score: &Score) -> (u128, u128) {
    match score {
        Score::Integer(number) => ((*number).into(), 1),
        Score::Signed(number) => (u128::try_from(*number).unwrap_or(0), 1),
        Score::Text(text) => {
            let (above, below) = text.split_once('/').unwrap_or((text, "1"));
            (above.parse().unwrap_or(0), below.parse().unwrap_or(1).max(1))
        }
    }
}

/// `part` of `whole`, in `of` steps.
fn scaled(part: u128, whole: u128, of: usize) -> usize {
    let of = u128::try_from(of).unwrap_or(u128::MAX);
    let scaled = part.saturating_mul(of).checked_div(whole.max(1)).unwrap_or(0);
    usize::try_from(scaled.min(of)).unwrap_or(0)
}

struct Drawing {
    shapes: String,
    width: usize,
    height: usize,
}

impl Drawing {
    fn finish(self, title: &str, description: &str) -> String {
        let (width, height) = (self.width, self.height + 12);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
             aria-labelledby=\"title desc\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
             <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{}</svg>\n",
            escaped(title),
            escaped(description),
            self.shapes,
        )
    }

    fn text(&mut self, x: usize, y: usize, anchor: &str, fill: &str, text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.shapes,
            "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{text}</text>"
        );
    }

    fn bar(&mut self, x: usize, y: usize, width: usize, fill: &str, title: &str) {
        let (height, title) = (ROW - 6, escaped(title));
        let _ = writeln!(
            self.shapes,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" \
             stroke=\"#ffffff\"><title>{title}</title></rect>"
        );
    }

    /// A row with a name to the left; where it begins from above.
    fn row(&mut self, name: &str, is_winner: bool) -> usize {
        let y = self.height;
        self.height += ROW;
        let mark = if is_winner { "★ " } else { "" };
        let name = format!("{mark}{}", shortened(name));
        self.text(LABEL - 8, y + 15, "end", "#111111", &name);
        y
    }

    fn scores(&mut self, outcome: &Outcome) {
        let value = |name: &String| outcome.scores.get(name).map_or((0, 1), fraction);
        // Compared as whole numbers of thousandths: a picture may round, an outcome does not.
        let whole = |(above, below): (u128, u128)| above.saturating_mul(1000) / below;
        let most = outcome.options.iter().map(|name| whole(value(name))).max().unwrap_or(0);
        for name in outcome.ranking.iter().flatten() {
            let is_winner = outcome.winners.contains(name);
            let y = self.row(name, is_winner);
            let width = scaled(whole(value(name)), most, BAR);
            let fill = if is_winner { "#065f46" } else { "#a3a3a3" };
            let said = outcome.scores.get(name).map(Score::rounded).unwrap_or_default();
            self.bar(LABEL, y, width, fill, &said);
            self.text(LABEL + width + 6, y + 15, "start", "#111111", &said);
        }
    }

    fn merits(&mut self, outcome: &Outcome, evidence: &MajorityJudgmentEvidence) {
        let count = evidence.grades.len();
        let fill = |grade: usize| {
            let place = scaled(grade as u128, count.saturating_sub(1) as u128, GRADES.len() - 1);
            GRADES.get(place).copied().unwrap_or("#a3a3a3")
        };
        for (grade, name) in evidence.grades.iter().enumerate() {
            let x = LABEL + grade * (BAR + 90) / count.max(1);
            let _ = writeln!(
                self.shapes,
                "<rect x=\"{x}\" y=\"8\" width=\"12\" height=\"12\" fill=\"{}\"/>",
                fill(grade)
            );
            self.text(x + 16, 19, "start", "#111111", &shortened(name));
        }
        let top = self.height;
        for name in outcome.ranking.iter().flatten() {
            let y = self.row(name, outcome.winners.contains(name));
            let Some(merit) = evidence.merits.get(name) else { continue };
            let total: u128 = merit.profile.iter().copied().map(u128::from).sum();
            let (mut before, mut x) = (0_u128, LABEL);
            // The best grade to the left, as profiles are usually shown.
            for (grade, ballots) in merit.profile.iter().enumerate().rev() {
                before += u128::from(*ballots);
                let end = LABEL + scaled(before, total, BAR);
                let title = evidence.grades.get(grade).map(String::as_str).unwrap_or_default();
                self.bar(x, y, end - x, fill(grade), &format!("{title}: {ballots}"));
                x = end;
            }
            let grade = merit.majority_grade.and_then(|grade| usize::try_from(grade).ok());
            let grade = grade.and_then(|grade| evidence.grades.get(grade));
            let grade = grade.map(|grade| shortened(grade)).unwrap_or_default();
            self.text(LABEL + BAR + 8, y + 15, "start", "#111111", &grade);
        }
        let (middle, bottom) = (LABEL + BAR / 2, self.height);
        let _ = writeln!(
            self.shapes,
            "<line x1=\"{middle}\" y1=\"{top}\" x2=\"{middle}\" y2=\"{bottom}\" \
             stroke=\"#111111\" stroke-dasharray=\"4 3\"/>"
        );
    }

    fn duels(&mut self, outcome: &Outcome, evidence: &RankedEvidence) {
        const CELL: usize = 52;
        let names: Vec<&String> = outcome.ranking.iter().flatten().collect();
        self.width = LABEL + names.len() * CELL + 20;
        for (column, name) in names.iter().enumerate() {
            let short: String = name.chars().take(6).collect();
            self.text(LABEL + column * CELL + CELL / 2, 22, "middle", "#111111", &short);
        }
        let above = |a: &str, b: &str| {
            evidence.pairwise.get(a).and_then(|row| row.get(b)).copied().unwrap_or(0)
        };
        for a in &names {
            let y = self.row(a, outcome.winners.contains(a));
            for (column, b) in names.iter().enumerate().filter(|(_, b)| *b != a) {
                let (own, other) = (above(a, b), above(b, a));
                let fill = match own.cmp(&other) {
                    std::cmp::Ordering::Greater => "#bbf7d0",
                    std::cmp::Ordering::Equal => "#e5e5e5",
                    std::cmp::Ordering::Less => "#fecaca",
                };
                let x = LABEL + column * CELL;
                self.bar(x, y, CELL, fill, &format!("{a} {own} : {other} {b}"));
                let sign = if own > other { "▲" } else { "" };
                let said = format!("{own}{sign}");
                self.text(x + CELL / 2, y + 15, "middle", "#111111", &said);
            }
        }
    }

    fn rounds(&mut self, rounds: &[Round], winners: &[String], tongue: Tongue) {
        let whole = |score: &Score| {
            let (above, below) = fraction(score);
            above.saturating_mul(1000) / below
        };
        for (number, round) in (1..).zip(rounds) {
            let heading = format!("{} {number}", tongue.pick("Tour", "Round"));
            self.text(8, self.height + 15, "start", "#525252", &heading);
            self.height += ROW;
            let total: u128 = round.votes.values().map(whole).sum();
            let mut votes: Vec<(&String, &Score)> = round.votes.iter().collect();
            votes.sort_by(|a, b| whole(b.1).cmp(&whole(a.1)).then(a.0.cmp(b.0)));
            for (name, score) in votes {
                // Where rounds elect nobody by themselves, the last one shows who has won.
                let has_won = number == rounds.len() && winners.contains(name);
                let is_elected = has_won || round.elected.contains(name);
                let y = self.row(name, is_elected);
                let width = scaled(whole(score), total, BAR);
                let is_out = round.eliminated.contains(name);
                let fill = match (is_out, is_elected) {
                    (true, _) => "#c2410c",
                    (_, true) => "#065f46",
                    _ => "#a3a3a3",
                };
                let sign = if is_out { " ✕" } else { "" };
                let said = format!("{}{sign}", score.rounded());
                self.bar(LABEL, y, width, fill, &said);
                self.text(LABEL + width + 6, y + 15, "start", "#111111", &said);
            }
        }
    }

    fn budget(&mut self, evidence: &BudgetEvidence, outcome: &Outcome, tongue: Tongue) {
        let heading = tongue
            .pick("coût · voix ; le trait est le budget", "cost · votes; the line is the budget");
        self.text(LABEL, 19, "start", "#525252", heading);
        let most = evidence.costs.values().copied().max().unwrap_or(0);
        for name in outcome.ranking.iter().flatten() {
            let is_winner = outcome.winners.contains(name);
            let y = self.row(name, is_winner);
            let cost = evidence.costs.get(name).copied().unwrap_or(0);
            let width = scaled(cost.into(), most.max(evidence.budget).into(), BAR);
            let fill = match (evidence.seats.elected.contains(name), is_winner) {
                (true, _) => "#065f46",
                (_, true) => "#84cc16",
                _ => "#d4d4d4",
            };
            let votes = outcome.scores.get(name).map(Score::rounded).unwrap_or_default();
            let said = format!("{} · {votes}", words::money(cost.into(), evidence.unit));
            self.bar(LABEL, y, width, fill, &said);
            self.text(LABEL + width + 6, y + 15, "start", "#111111", &said);
        }
        let end = LABEL + scaled(evidence.budget.into(), most.max(evidence.budget).into(), BAR);
        let _ = writeln!(
            self.shapes,
            "<line x1=\"{end}\" y1=\"{TOP}\" x2=\"{end}\" y2=\"{}\" stroke=\"#111111\" \
             stroke-dasharray=\"4 3\"/>",
            self.height
        );
    }
}

//! The rule of each counting method, in one sentence.

use crate::lang::Lang;
use archipel_domain::counting::budget::BudgetRule;
use archipel_domain::counting::committee::CommitteeRule;
use archipel_domain::counting::judgment::JudgmentRule;
use archipel_domain::counting::{Method, RankedRule};

/// The rule of a method, in one sentence.
pub(crate) fn rule(lang: Lang, method: Method) -> &'static str {
    match method {
        Method::YesNo => lang.pick(
            "un texte contre le statu quo, par quorum et majorité déclarés",
            "one text against the status quo, by a declared quorum and majority",
        ),
        Method::Consent => lang.pick(
            "un texte, adopté sauf objection qui demeure (ou plus de k objections)",
            "one text, adopted unless objections stand (or more than k of them)",
        ),
        Method::Approval => lang.pick("le plus d’approbations", "most approvals"),
        Method::MajorityJudgment => lang.pick(
            "la meilleure médiane basse des mentions, une à une retirées en cas d’égalité",
            "best lower median of the grades, taken away one by one among equals",
        ),
        Method::Ranked(rule) => ranked_rule(lang, rule),
        Method::Judgment(rule) => judgment_rule(lang, rule),
        Method::Score => lang.pick("le plus de points, de 0 au maximum", "most points, from 0 up"),
        Method::Dots => lang.pick(
            "le plus de points, chacun·e en répartissant un nombre fixe",
            "most points, everybody sharing out a fixed number",
        ),
        Method::Quadratic => lang.pick(
            "le plus de voix pour moins contre ; n voix coûtent n² crédits",
            "most votes for less those against; n votes cost n² credits",
        ),
        Method::Committee(rule) => committee_rule(lang, rule),
        Method::Budget(rule) => budget_rule(lang, rule),
    }
}

fn ranked_rule(lang: Lang, rule: RankedRule) -> &'static str {
    use RankedRule as R;
    match rule {
        R::Plurality => lang.pick("le plus de premières places", "most first places"),
        R::TwoRound => lang.pick(
            "plus de la moitié des premières places, sinon second tour entre les deux premières",
            "more than half of the first places, else a second round between the best two",
        ),
        R::Borda => lang.pick(
            "2 points par option battue sur un bulletin, 1 par option à égalité",
            "2 points for each option beaten on a ballot, 1 for each one level",
        ),
        R::Irv => lang.pick(
            "la dernière sort, une à la fois, jusqu’à plus de la moitié ; égalités toutes suivies",
            "the last goes out, one at a time, until more than half; all ties followed",
        ),
        R::Copeland => lang.pick(
            "1 point par duel gagné, 1/2 par duel nul",
            "1 point for each duel won, 1/2 for each tied",
        ),
        R::MinimaxMargins => {
            lang.pick("la plus petite pire défaite, en écart", "smallest worst defeat, as a margin")
        }
        R::MinimaxWinningVotes => lang.pick(
            "la plus petite pire défaite, en voix gagnantes",
            "smallest worst defeat, as winning votes",
        ),
        R::SchulzeMargins => {
            lang.pick("les plus forts chemins d’écarts", "strongest paths of margins")
        }
        R::SchulzeWinningVotes => lang
            .pick("les plus forts chemins de voix gagnantes", "strongest paths of winning votes"),
        R::RankedPairsMargins => lang.pick(
            "duels verrouillés du plus grand écart au plus petit, sans cycle",
            "duels locked from the largest margin down, without a cycle",
        ),
        R::RankedPairsWinningVotes => lang.pick(
            "duels verrouillés du plus de voix gagnantes au moins, sans cycle",
            "duels locked from the most winning votes down, without a cycle",
        ),
        R::StvScottish => lang.pick(
            "vote unique transférable écossais (SSI 2007/42), plusieurs sièges",
            "single transferable vote of Scotland (SSI 2007/42), several seats",
        ),
        R::StvMeek => lang.pick(
            "vote unique transférable de Meek (1987), plusieurs sièges",
            "single transferable vote by Meek (1987), several seats",
        ),
    }
}

fn judgment_rule(lang: Lang, rule: JudgmentRule) -> &'static str {
    match rule {
        JudgmentRule::UsualJudgment => lang.pick(
            "médiane basse, puis écart des partisan·es et opposant·es sur les mentions médianes",
            "lower median, then those above less those below, over those at it",
        ),
        JudgmentRule::TypicalJudgment => lang.pick(
            "médiane basse, puis part au-dessus moins part au-dessous",
            "lower median, then the share above it less that below",
        ),
        JudgmentRule::CentralJudgment => lang.pick(
            "médiane basse, puis écart rapporté aux mentions hors médiane",
            "lower median, then those above less those below, over both",
        ),
    }
}

fn committee_rule(lang: Lang, rule: CommitteeRule) -> &'static str {
    match rule {
        CommitteeRule::Pav => lang.pick(
            "le comité qui donne le plus de 1 + 1/2 + ... + 1/n par bulletin qui a n élu·es",
            "the committee with most 1 + 1/2 + ... + 1/n for ballots with n elected",
        ),
        CommitteeRule::SeqPav => {
            lang.pick("la même somme, siège après siège", "the same sum, one seat after the other")
        }
        CommitteeRule::SeqPhragmen => lang.pick(
            "chaque siège pèse 1 sur ses soutiens, là où cela charge le moins",
            "each seat is a load of 1 on its supporters, where it weighs least",
        ),
        CommitteeRule::EqualShares => lang.pick(
            "chacun·e a k/n de siège ; on achète au moins cher par soutien",
            "everybody has k/n of a seat; the cheapest for its supporters is bought",
        ),
    }
}

fn budget_rule(lang: Lang, rule: BudgetRule) -> &'static str {
    match rule {
        BudgetRule::GreedyVotes => lang.pick(
            "le plus de voix d’abord ; ce qui ne tient plus est sauté",
            "most votes first; what no longer fits is skipped",
        ),
        BudgetRule::GreedyVotesPerCost => lang.pick(
            "le plus de voix par unité de coût d’abord ; ce qui ne tient plus est sauté",
            "most votes for each unit of cost first; what no longer fits is skipped",
        ),
        BudgetRule::EqualSharesCost => lang.pick(
            "parts égales du budget ; un projet vaut son coût à qui le soutient",
            "equal shares of the budget; a project is worth its cost to its supporters",
        ),
        BudgetRule::EqualSharesCardinality => lang.pick(
            "parts égales du budget ; un projet vaut 1, ou ses points, à qui le soutient",
            "equal shares of the budget; a project is worth 1, or its points, to its supporters",
        ),
    }
}

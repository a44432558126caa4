//! Every outcome is explained in both languages and drawn; nothing in it is taken for markup.

use super::*;
use crate::ballot_file::{CountOptions, Format, ReadOptions, count_file, read};
use archipel_domain::counting::committee::CommitteeRule;
use archipel_domain::counting::{JudgmentRule, Method, RankedRule};

fn counted(text: &str, format: Format, method: Method, seats: u32) -> Outcome {
    let file = read(text.as_bytes(), format, &ReadOptions::default()).unwrap();
    let options = CountOptions { seats, ..CountOptions::default() };
    count_file(&file, method, &options).unwrap().outcome
}

const GRADES: &str = ",<A & \"B\">,C,D\n1,3,1,2\n2,2,2,1\n3,3,1,3\n";
const RANKS: &str = ",<A & \"B\">,C,D\n1,1,2,3\n2,2,1,3\n3,1,3,2\n4,3,1,2\n5,,,1\n";
const BUDGET: &str = "META\nkey;value\nbudget;10.50\nvote_type;approval\nPROJECTS\n\
    project_id;cost\n<A & B>;6\nb;6\nc;3\nVOTES\nvoter_id;vote\n1;<A & B>,c\n2;b,c\n";

#[test]
fn all_outcomes_have_words_and_a_picture() {
    let mut outcomes = vec![
        counted("Texte\nfor\nfor\nagainst\n", Format::CsvChoices, Method::YesNo, 1),
        counted(GRADES, Format::CsvPoints, Method::Score, 1),
        counted(GRADES, Format::CsvGrades, Method::MajorityJudgment, 1),
        counted(GRADES, Format::CsvGrades, Method::Judgment(JudgmentRule::UsualJudgment), 2),
    ];
    for rule in RankedRule::ALL {
        outcomes.push(counted(RANKS, Format::CsvRanks, Method::Ranked(rule), 1));
    }
    for method in Method::all().filter(|method| matches!(method, Method::Budget(_))) {
        outcomes.push(counted(BUDGET, Format::Pabulib, method, 1));
    }
    let approvals = "# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: <A & B>\n\
        # ALTERNATIVE NAME 2: C\n# ALTERNATIVE NAME 3: D\n2: {1,2},{3}\n1: {3},{1,2}\n";
    for rule in CommitteeRule::ALL {
        outcomes.push(counted(approvals, Format::PreflibCat, Method::Committee(rule), 2));
    }
    outcomes.push(counted(approvals, Format::PreflibCat, Method::Approval, 1));
    for outcome in outcomes {
        let said = explain(&outcome);
        assert_eq!(said.fr.len(), said.en.len(), "{outcome:?}");
        assert!(said.fr.len() > 1 && said.fr != said.en, "{said:?}");
        for tongue in [Tongue::French, Tongue::English] {
            let svg = picture(&outcome, tongue);
            assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
            // Only what we draw: names are text.
            assert!(!svg.contains("<A"), "{svg}");
            for tag in svg.split('<').skip(1) {
                let name = tag.split([' ', '>', '/']).find(|name| !name.is_empty()).unwrap();
                let known = ["svg", "title", "desc", "rect", "text", "line"];
                assert!(known.contains(&name), "{name}");
            }
        }
    }
}

#[test]
fn words_say_why() {
    let irv = counted(RANKS, Format::CsvRanks, Method::Ranked(RankedRule::Irv), 1);
    let said = explain(&irv).en.join("\n");
    assert!(said.contains("Round 1: <A & \"B\"> 2, C 2, D 1 ; goes out : “D”."), "{said}");
    let schulze = Method::Ranked(RankedRule::SchulzeMargins);
    let said = explain(&counted(RANKS, Format::CsvRanks, schulze, 1)).fr.join("\n");
    assert!(said.contains("En duel"), "{said}");
    let yes = counted("Texte\nfor\nfor\nagainst\n", Format::CsvChoices, Method::YesNo, 1);
    let said = explain(&yes).fr.join("\n");
    assert!(said.contains("il faut au moins 2 voix pour"), "{said}");
    let greedy = Method::all().find(|method| method.name() == "pb-greedy-votes").unwrap();
    let said = explain(&counted(BUDGET, Format::Pabulib, greedy, 1)).en.join("\n");
    assert!(said.contains("“c” is funded (2): 3.0, 7.5 left."), "{said}");
    assert!(said.contains("2 choices of projects tie"), "{said}");
}

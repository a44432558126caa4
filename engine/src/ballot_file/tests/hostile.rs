//! Files that were counted otherwise than anybody would read them.

use super::sets::BUDGET;
use super::*;
use archipel_domain::counting::RankedRule;
use archipel_domain::counting::budget::BudgetRule;
use archipel_domain::counting::outcome::Score;

fn refused(text: &str, format: Format) -> String {
    match read_text(text, format) {
        Ok(file) => panic!("{text:?} is {file:?}"),
        Err(error) => error.to_string(),
    }
}

fn notices(file: &BallotFile) -> Vec<String> {
    file.notices.iter().map(ToString::to_string).collect()
}

fn rows(file: &BallotFile) -> Vec<Vec<u8>> {
    file.ballots.iter().map(|(_, Ballot(row))| row.clone()).collect()
}

#[test]
fn only_the_order_of_ranks_matters() {
    let file = read_text("A,B\n1,3\n1,3\n2,1\n,\n9,\n", Format::CsvRanks).unwrap();
    assert_eq!(rows(&file), [[2, 3], [2, 3], [3, 2], [1, 1], [2, 1]]);
    let outcome =
        outcome_of(&file, Method::Ranked(RankedRule::Irv), &CountOptions::default()).unwrap();
    assert_eq!((outcome.winners, outcome.ballots.invalid), (names("A"), 0));
    let file = read_text("A,B,C\n7,18446744073709551615,7\n", Format::CsvRanks).unwrap();
    assert_eq!(rows(&file), [[2, 3, 2]]);
    let tally = "Option 1->: A\nOption 2->: B\nV: 13 ff\nV: z2 aa\nV: -5 bb\n";
    let file = read_text(tally, Format::DebianTally).unwrap();
    assert_eq!(rows(&file), [[2, 3], [3, 2], [1, 2]]);
    let many: Vec<String> = (1..=300).map(|number| number.to_string()).collect();
    let names: Vec<String> = many.iter().map(|number| format!("n{number}")).collect();
    let error = refused(&format!("{}\n{}\n", names.join(","), many.join(",")), Format::CsvRanks);
    assert_eq!(error, "line 2, column 1: there are more than 250 options to rank");
}

#[test]
fn a_withdrawal_holds_for_the_whole_blt() {
    let text = "3 1\n2 1 2 3 0\n1 2 0\n[withdrawn 2]\n1 3=2 1 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"t\"\n";
    let file = read_text(text, Format::Blt).unwrap();
    assert_eq!(file.options, names("A C"));
    assert_eq!(rows(&file), [[2, 3], [1, 1], [3, 2]]);
    let outcome =
        outcome_of(&file, Method::Ranked(RankedRule::Irv), &CountOptions::default()).unwrap();
    assert_eq!((outcome.winners, outcome.ballots.invalid), (names("A"), 0));
    let minus = text.replace("[withdrawn 2]", "-2");
    assert_eq!(read_text(&minus, Format::Blt), Ok(file));
}

#[test]
fn dialects_of_blt_say_the_same() {
    let head = "3 1\n2 1 2 3 0\n1 2 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"t\"\n";
    let plain = read_text(head, Format::Blt).unwrap();
    for (from, to) in [
        ("2 1 2 3 0", "2.0 1 2 3 0"),
        ("2 1 2 3 0", "(7) 2.00 1 2 3 0"),
        ("2 1 2 3 0", "(id 7) 2 1 2 3 0"),
        ("3 1\n2 1 2 3 0\n1 2 0\n0\n", "3 1 2 1 2 3 0 1 2 0 0 "),
        ("3 1\n2 1 2 3 0\n1 2 0\n0\n", "# all\n3 1 2 1 2 3 0 (id 9) 1.0 2 0 0 # x\n"),
        ("\n\"B\"\n", " \"B\" "),
    ] {
        let other = head.replace(from, to);
        assert_ne!(other, head);
        assert_eq!(read_text(&other, Format::Blt).as_ref(), Ok(&plain), "{other}");
    }
    let line = "3 1 -2 2 1 3 0 0 \"A\" \"B\" \"C #1\" \"t\"";
    let file = read_text(line, Format::Blt).unwrap();
    assert_eq!(
        (&file.options, rows(&file)),
        (&names("A C_#1").iter().map(|n| n.replace('_', " ")).collect(), vec![vec![2, 3]])
    );
}

#[test]
fn blt_of_which_one_can_not_tell_is_refused() {
    for (text, error) in [
        ("2 1\n2.5 1 0\n0\n", "line 2, column 1: “2.5” is not a whole number from 0 on"),
        ("2 1\n2. 1 0\n0\n", "line 2, column 1: “2.” is not a whole number from 0 on"),
        ("2 1\n(id 7 1 0\n0\n", "line 2, column 1: expected a closing parenthesis"),
        (
            "2 1\n2 1 2 0 1 2 0\n0\n",
            "line 2, column 7: expected one ballot a line, with its 0 at the end",
        ),
        (
            "2 1 2 1 0 3 0 0 \"A\" \"B\" \"t\"",
            "line 1, column 11: expected an option: ballots on one line are not blank",
        ),
        (
            "2 1 2 1 0",
            "line 1, column 1: expected numbers of options and of seats alone; or ballots that \
             end with 0, and a 0 after them, on the same line",
        ),
        (
            "3 1\n2 1 2 3 0\n0\n\"A\"\n\"B\"\n",
            "line 5, column 1: expected a name for each option, and a title",
        ),
    ] {
        assert_eq!(refused(text, Format::Blt), error, "{text:?}");
    }
}

/// Without a title, whether a name is missing can not be told: it is said, not guessed.
#[test]
fn blt_without_a_title_is_noticed() {
    let text = "3 1\n2 1 2 3 0\n0\n\"A\"\n\"B\"\n\"C\"\n";
    let file = read_text(text, Format::Blt).unwrap();
    assert_eq!(file.options, ["A", "B", "C"]);
    let noticed: Vec<String> = file.notices.iter().map(ToString::to_string).collect();
    assert_eq!(
        noticed,
        ["line 6, column 1: there is no title: each text is taken for the name of an option"]
    );
}

#[test]
fn anything_is_not_an_election() {
    let irv = Some(Method::Ranked(RankedRule::Irv));
    for text in [
        "",
        "hello",
        "hello\n",
        "\u{feff}hello\r\n\r\n",
        "A,B\n",
        "<html>\n<body>\n1\n",
        "{\"a\":1}",
        " {\"a\":1}\n1\n",
        "candidate,mention_1,mention_2\n",
    ] {
        for method in [irv, None, Some(Method::Score), Some(Method::YesNo)] {
            assert_eq!(detect("x", text.as_bytes(), method), None, "{text:?}");
        }
    }
    let sheet = "V: 12 abc\nV: 21 0def\n";
    assert_eq!(detect("x", sheet.as_bytes(), irv), Some(Format::DebianTally));
    let error = "line 1, column 1: expected the options, as in “Option 1----->: name”, before the \
                 ballots";
    assert_eq!(refused(sheet, Format::DebianTally), error);
    // A long header is no single line.
    let names: Vec<String> = (0..900).map(|number| format!("option {number:08}")).collect();
    let wide = format!("{}\n{}1\n", names.join(","), "1,".repeat(899));
    assert_eq!(detect("x", wide.as_bytes(), irv), Some(Format::CsvRanks));
}

#[test]
fn ratings_order_what_a_comma_joins() {
    let file = read_text("2:A/2,B/5\n1:A/3,C/3,B/9>D/9\n1:A,B\n1:A=B>C\n", Format::Abif).unwrap();
    let expected = [[3, 2, 1, 1], [3, 2, 3, 4], [2, 2, 1, 1], [2, 2, 3, 1]];
    assert_eq!(rows(&file), expected);
    // Said outright, the order stands against the ratings.
    let file = read_text("2:A/1>B/5\n1:A/1=B/5\n1:A/1=B/1,C/4\n", Format::Abif).unwrap();
    assert_eq!(rows(&file), [[2, 3, 1], [2, 2, 1], [3, 3, 2]]);
    for (text, error) in [
        (
            "2:A/2,B",
            "line 1, column 8: expected a rating of each option that “,” joins, or of none",
        ),
        (
            "2:A/2=B/3,C/1",
            "line 1, column 14: expected equal ratings on both sides of “=” beside “,”",
        ),
        ("2:A/4.5>B/2", "line 1, column 5: “4.5” is not a whole number from 0 on"),
        ("2:A/-4>B/2", "line 1, column 5: “-4” is not a whole number from 0 on"),
        ("2:A/ 30001", "line 1, column 6: 30001 is out of range"),
    ] {
        assert_eq!(refused(text, Format::Abif), error, "{text}");
    }
}

#[test]
fn what_a_token_stands_for_is_the_token() {
    let text = "2:[Ann]>B\n1:\"Bob B.\"\n1:C\n=A:[Ann]\n=B:[Bob B.]\n=Ann2:[B]\n";
    let file = read_text(text, Format::Abif).unwrap();
    assert_eq!(file.options, names("A B Ann2 C"));
    assert_eq!(file.titles, ["Ann", "Bob B.", "B", ""]);
    assert_eq!(rows(&file), [[2, 3, 1, 1], [1, 2, 1, 1], [1, 1, 1, 2]]);
    let error = refused("=A:[X]\n=B:[X]\n1:[X]\n", Format::Abif);
    assert_eq!(error, "line 3, column 6: expected a token: several stand for this");
}

fn budget(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BUDGET.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

#[test]
fn amounts_of_which_one_can_not_tell_are_refused() {
    for said in ["1.000", "1,000", "1,000,000", "1.000,50", "5.251", "10.123456"] {
        let error = refused(&budget(&[("100,5", said)]), Format::Pabulib);
        let expected = format!("the amount “{said}” is ambiguous: write it without separators");
        assert!(error.starts_with(&format!("line 3, column 2: {expected}")), "{error}");
    }
    let error = refused(&budget(&[("40.25", "1.000")]), Format::Pabulib);
    assert!(error.starts_with("line 10, column 2: the amount “1.000” is ambiguous"), "{error}");
    for (said, found) in [("100,50", 10_050), ("100", 10_000), ("100.0", 10_000)] {
        let file = read_text(&budget(&[("100,5", said)]), Format::Pabulib).unwrap();
        assert_eq!(file.budget.unwrap().budget, found);
    }
}

#[test]
fn long_orders_are_exact_or_refused() {
    let ordinal = |most: &str| {
        budget(&[("cumulative", "ordinal"), ("odd;x;y", &format!("max_length;{most}"))])
    };
    for most in ["30001", "99999999999", "99999999999999999999999"] {
        let error = refused(&ordinal(most), Format::Pabulib);
        let expected = "line 6, column 2: max_length is above 30000, the most points of a project";
        assert_eq!(error, expected);
    }
    let file = read_text(&ordinal("30000"), Format::Pabulib).unwrap();
    let method = Method::Budget(BudgetRule::GreedyVotes);
    let scores = outcome_of(&file, method, &CountOptions::default()).unwrap().scores;
    assert_eq!((&scores["p"], &scores["q"]), (&Score::Integer(59_999), &Score::Integer(30_000)));
}

#[test]
fn odd_rows_of_budgets_are_noticed() {
    let twice = budget(&[("odd;x;y", "budget;7")]);
    assert_eq!(refused(&twice, Format::Pabulib), "line 6, column 1: “budget” occurs twice");
    let odd = budget(&[
        ("odd;x;y", "max_length;1\nmax_points;2\nmax_sum_points;3"),
        ("num_votes;9", "num_votes;4"),
        ("2;2;p\n", "2;1;p\n;4\n"),
    ]);
    let file = read_text(&odd, Format::Pabulib).unwrap();
    assert_eq!(
        notices(&file),
        [
            "line 18, column 3: the row ends before its vote; such rows: 1, counted as blank",
            "line 17, column 2: the voter “1” occurs again; such rows: 1, all counted",
            "line 16, column 3: max_length says 1; ballots that exceed it: 1, all counted",
            "line 16, column 3: max_points says 2; ballots that exceed it: 1, all counted",
            "line 16, column 3: max_sum_points says 3; ballots that exceed it: 1, all counted",
        ]
    );
    assert_eq!(
        (file.options, file.titles),
        (names("p q r"), ["a; b", "an \"x\" here", ""].map(str::to_owned).to_vec())
    );
}

#[test]
fn what_costs_nothing_is_named_with_its_place() {
    let file = read_text(&budget(&[("40.25", "0.00")]), Format::Pabulib).unwrap();
    let method = Method::Budget(BudgetRule::GreedyVotes);
    let error = outcome_of(&file, method, &CountOptions::default()).unwrap_err().to_string();
    assert_eq!(error, "line 10, column 2: the project “q” costs nothing");
    // Where there is no money to spend, nothing has to cost anything.
    assert!(outcome_of(&file, Method::Score, &CountOptions::default()).is_ok());
}

#[test]
fn columns_of_ids_are_no_options() {
    for header in ["id", "Voter", "voter_id", "BULLETIN", "ballot"] {
        let text = format!("{header},A,B\n101,3,2\n102,4,1\n");
        for format in [Format::CsvPoints, Format::CsvGrades, Format::CsvRanks] {
            let file = read_text(&text, format).unwrap();
            assert_eq!((&file.options, file.ballots.len()), (&names("A B"), 2));
            let said = "is taken for numbers of ballots, not for an option";
            let notice = format!("line 1, column 1: the column “{header}” {said}");
            assert_eq!(notices(&file), [notice]);
        }
        assert_eq!(detect("x", text.as_bytes(), None), Some(Format::CsvGrades));
    }
    let named = "voter_id,A,B\nv-1,3,2\n";
    assert_eq!(detect("x", named.as_bytes(), None), Some(Format::CsvGrades));
    assert!(read_text(named, Format::CsvGrades).is_ok());
    // Alone, it is what is voted on.
    assert_eq!(read_text("Bulletin\npour\n", Format::CsvChoices).unwrap().options, ["Bulletin"]);
}

#[test]
fn rows_have_a_bounded_number_of_columns() {
    let commas = ",".repeat(2_000_000);
    for text in [format!("A{commas}\n"), format!("A,B\n{commas}\n")] {
        for format in [Format::CsvPoints, Format::CsvRanks, Format::CsvGrades, Format::CsvProfile] {
            assert!(
                refused(&text, format).ends_with("column 1051: there are more than 1050 columns")
            );
        }
        let found = detect("x", text.as_bytes(), Some(Method::Score));
        assert_eq!(found, text.starts_with("A,B\n").then_some(Format::CsvPoints));
    }
}

/// A file with an option of that name.
type Named = dyn Fn(&str) -> String;

#[test]
fn names_that_deceive_are_refused_or_noticed() {
    let preflib = |name: &str| {
        format!(
            "# NUMBER ALTERNATIVES: 3\n# ALTERNATIVE NAME 1: \u{e9}\n# ALTERNATIVE NAME 2: B\n\
             # ALTERNATIVE NAME 3: {name}\n1: 1\n"
        )
    };
    let blt = |name: &str| format!("3 1\n0\n\"\u{e9}\"\n\"B\"\n\"{name}\"\n\"t\"\n");
    let csv = |name: &str| format!("\u{e9},B,{name}\n1,2,3\n");
    let abif = |name: &str| format!("1:[\u{e9}]>B\n\n1:[{name}]\n");
    let tally =
        |name: &str| format!("Option 1->: \u{e9}\nOption 2->: B\nOption 3->: {name}\nV: 1-- ff\n");
    let profile = |name: &str| format!("id,mention_1,mention_2\n\u{e9},1,1\nB,1,1\n{name},1,1\n");
    let pabulib = |name: &str| {
        BUDGET
            .replace("q , p", "")
            .replace("3,1;", ";")
            .replace("60;p", "60;\u{e9}")
            .replace("25;q", &format!("25;{name}"))
            .replace("2;2;p", ";2;")
    };
    let texts: [(Format, &Named, &str); 7] = [
        (Format::PreflibOrder, &preflib, "line 4, column 1"),
        (Format::Blt, &blt, "line 5, column 1"),
        (Format::CsvRanks, &csv, "line 1, column 3"),
        (Format::Abif, &abif, "line 3, column 1"),
        (Format::DebianTally, &tally, "line 3, column 1"),
        (Format::CsvProfile, &profile, "line 4, column 1"),
        (Format::Pabulib, &pabulib, "line 10, column 3"),
    ];
    for (format, text, place) in texts {
        let error = refused(&text("e\u{301}"), format);
        let said = "“e\u{301}” is the name of another option too, in other code points";
        assert_eq!(error, format!("{place}: {said}"), "{format}");
        let error = refused(&text("x\u{1b}[31mRED"), format);
        let said = "the name of an option holds the control character U+001B";
        assert_eq!(error, format!("{place}: {said}"), "{format}");
        let file = read_text(&text("x\u{202e}evil"), format).unwrap();
        let said = "the name of an option holds U+202E, which changes the direction of writing";
        assert!(notices(&file).contains(&format!("{place}: {said}")), "{format}");
    }
}

#[test]
fn exports_say_what_they_leave_out() {
    let file = read_text("A #1,B\n1,2\n,\n,\n", Format::CsvRanks).unwrap();
    let text = write(&file, Format::PreflibOrder).unwrap();
    assert!(text.contains("\n# DESCRIPTION: without the blank ballots, of which there are 2\n"));
    assert_eq!(rows(&read_text(&text, Format::PreflibOrder).unwrap()), [[2, 3]]);
    let text = write(&file, Format::Blt).unwrap();
    assert!(text.contains("\"A #1\"\n"), "{text}");
    let again = read_text(&text, Format::Blt).unwrap();
    assert_eq!((again.options, again.ballots.len()), (file.options, 3));
}

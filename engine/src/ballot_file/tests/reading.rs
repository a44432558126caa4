//! Each format: what is put up with, what is refused and where.

use super::*;
use archipel_domain::counting::{Method, SpecError};

pub(super) const GRADES: &str = ",Ada,Bea\n7,6,0\n8,1,2\n";
pub(super) const PROFILE: &str = "candidate_id,x_mention_1,x_mention_2,x_mention_3,population\n\
                       A,1,2,,all\nB,3,0,,all\n";
pub(super) const ORDER: &str = "# NUMBER ALTERNATIVES: 3\n# DATA TYPE: toi\n\
# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: b\n# ALTERNATIVE NAME 3: c\n3: 1,2\n2: 3,1\n";
pub(super) const CAT: &str = "# FILE NAME: t.cat\n# DESCRIPTION:\n# DATA TYPE: cat\n\
                   # NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 7\n\
                   # NUMBER UNIQUE PREFERENCES: 3\n# NUMBER CATEGORIES: 2\n\
                   # ALTERNATIVE NAME 1: A: the first\n# ALTERNATIVE NAME 2: B\n\
                   # ALTERNATIVE NAME 3: C\n\
                   4: {1,3},2\n2: {},{1,2,3}\n1: 2,{1}\n";

#[test]
fn grades_are_read() {
    let file = read_text(GRADES, Format::CsvGrades).unwrap();
    assert_eq!(file.options, names("Ada Bea"));
    assert_eq!(file.grades, names("1 2 3 4 5 6"));
    assert_eq!(file.ballots, ballots(&[(1, &[7, 1]), (1, &[2, 3])]));
}

#[test]
fn grades_may_start_elsewhere() {
    let from = |worst_grade| {
        let options = ReadOptions { worst_grade, ..ReadOptions::default() };
        read(b"Ada,Bea\n2,\n1,0\n", Format::CsvGrades, &options)
    };
    let zero = from(0).unwrap();
    assert_eq!(zero.grades, names("0 1 2"));
    assert_eq!(zero.ballots, ballots(&[(1, &[4, 1]), (1, &[3, 2])]));
    assert_eq!(from(1).unwrap().ballots, ballots(&[(1, &[3, 1]), (1, &[2, 1])]));
    assert_eq!(from(2).unwrap_err(), ReadErrorKind::OutOfRange(0).at(3, 2));
}

#[test]
fn profiles_are_read_best_mention_first() {
    let file = read_text(PROFILE, Format::CsvProfile).unwrap();
    assert_eq!(file.options, names("A B"));
    assert_eq!(file.grades, names("x_mention_2 x_mention_1"));
    let counts = vec![vec![2, 1], vec![0, 3]];
    assert_eq!(file.profiles, Some(Profiles { counts, cast: 3 }));
    let options = ReadOptions { worst_first: true, ..ReadOptions::default() };
    let file = read(PROFILE.as_bytes(), Format::CsvProfile, &options).unwrap();
    assert_eq!(file.grades, names("x_mention_1 x_mention_2"));
    assert_eq!(file.profiles.unwrap().counts, [[1, 2], [3, 0]]);
}

#[test]
fn a_mention_may_mean_no_opinion() {
    let text = "id,mention_2,mention_1,mention_3\nA,1,2,3\nB,2,2,1\n";
    let options = ReadOptions { no_opinion: Some(3), ..ReadOptions::default() };
    let file = read(text.as_bytes(), Format::CsvProfile, &options).unwrap();
    assert_eq!(file.grades, names("mention_2 mention_1"));
    let counts = vec![vec![1, 2], vec![2, 2]];
    assert_eq!(file.profiles, Some(Profiles { counts, cast: 6 }));
}

#[test]
fn categories_are_read() {
    let file = read_text(CAT, Format::PreflibCat).unwrap();
    assert_eq!(file.options, ["A: the first", "B", "C"]);
    let rows: [(u64, &[u8]); 3] = [(4, &[2, 1, 2]), (2, &[1, 1, 1]), (1, &[1, 2, 1])];
    assert_eq!(file.ballots, ballots(&rows));
    let outcome = outcome_of(&file, Method::Approval, &CountOptions::default()).unwrap();
    assert_eq!(outcome.winners, ["A: the first", "C"]);
    assert_eq!((outcome.ballots.cast, outcome.ballots.blank), (7, 2));
}

#[test]
fn oddities_of_real_files_change_nothing() {
    for (text, format) in
        [(GRADES, Format::CsvGrades), (PROFILE, Format::CsvProfile), (CAT, Format::PreflibCat)]
    {
        let plain = read_text(text, format).unwrap();
        let odd = [
            format!("\u{feff}{text}"),
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
            format!("\u{feff}{}\r\n\r\n", text.trim_end().replace('\n', "\r\n")),
            text.replacen('\n', "\n\n", 1),
            text.replace(',', " , "),
        ];
        for odd in odd {
            assert_eq!(read_text(&odd, format).as_ref(), Ok(&plain), "{odd:?}");
        }
        if format != Format::PreflibCat {
            assert_eq!(read_text(&text.replace(',', ";"), format).as_ref(), Ok(&plain));
            assert_eq!(read_text(&text.replace(',', "\t"), format), Ok(plain));
        }
    }
}

#[test]
fn names_keep_their_spelling() {
    let text = ",\"Le Pen, M.\",\"dite \"\"la 2\"\"\",\"a;\nb\",אבג,e\u{301},è\n1,1,1,1,1,1,1\n";
    let file = read_text(text, Format::CsvGrades).unwrap();
    let expected = ["Le Pen, M.", "dite \"la 2\"", "a;\nb", "אבג", "e\u{301}", "è"];
    assert_eq!(file.options, expected);
    let ends_quoted = "\"A\",\"B\"\r\n\"1\",\"2\"\r\n";
    let file = read_text(ends_quoted, Format::CsvGrades).unwrap();
    assert_eq!(file.ballots, ballots(&[(1, &[2, 3])]));
}

#[test]
fn csv_errors_name_line_and_field() {
    use ReadErrorKind as Kind;
    let twice = || Kind::Names(SpecError::DuplicateOption("A".to_owned()));
    let length = |expected, found| Kind::RowLength { expected, found };
    let cases = [
        (Format::CsvGrades, "", 1, 1, Kind::Empty),
        (Format::CsvGrades, "\n\n", 1, 1, Kind::Empty),
        (Format::CsvGrades, ",A,B\n1,2\n", 2, 1, length(3, 2)),
        (Format::CsvGrades, ",A,B\n\n1,2,3,4\n", 3, 1, length(3, 4)),
        (Format::CsvGrades, ",A,B\n1,2,x\n", 2, 3, Kind::NotANumber("x".to_owned())),
        (Format::CsvGrades, ",A,B\n1,2,-1\n", 2, 3, Kind::NotANumber("-1".to_owned())),
        (Format::CsvGrades, ",A,B\n1,2.5,1\n", 2, 2, Kind::NotANumber("2.5".to_owned())),
        (Format::CsvGrades, ",A,B\n1,2,21\n", 2, 3, Kind::OutOfRange(21)),
        (Format::CsvGrades, ",A,A\n", 1, 1, twice()),
        (Format::CsvGrades, ",A,\n", 1, 1, Kind::Names(SpecError::EmptyName)),
        (Format::CsvGrades, ",A,\"B\n1,2,3", 1, 3, Kind::OpenQuote),
        (Format::CsvGrades, ",\"A\"x,B\n", 1, 2, Kind::TextAfterQuote),
        (Format::CsvGrades, ",A,B\n\"1\n2\",\"3\"x,\n", 3, 2, Kind::TextAfterQuote),
        (Format::CsvProfile, "id,a,b\nA,1,2\n", 1, 1, Kind::NoMention),
        (Format::CsvProfile, "id,mention_1,mention_3\nA,1,2\n", 1, 1, Kind::MentionNumbers),
        (Format::CsvProfile, "id,mention_1,mention_1\nA,1,2\n", 1, 1, Kind::MentionNumbers),
        (
            Format::CsvProfile,
            "id,mention_1,mention_2\nA,1,\n",
            1,
            1,
            Kind::Names(SpecError::TooFewGrades),
        ),
        (
            Format::CsvProfile,
            "id,mention_1,mention_2\nA,1,2\nB,1,\n",
            3,
            3,
            Kind::NotANumber(String::new()),
        ),
        (Format::CsvProfile, "id,mention_1,mention_2\nA,1,2\n\nA,1,2\n", 4, 1, twice()),
        (
            Format::CsvProfile,
            "id,mention_1,mention_2\nA,18446744073709551615,1\n",
            2,
            3,
            Kind::CountsTooLarge,
        ),
        (
            Format::CsvProfile,
            "id,mention_1,mention_2\nA,1,18446744073709551616\n",
            2,
            3,
            Kind::CountsTooLarge,
        ),
    ];
    for (format, text, line, column, kind) in cases {
        assert_eq!(read_text(text, format), Err(kind.at(line, column)), "{text:?}");
    }
}

#[test]
fn preflib_errors_name_line_and_character() {
    use ReadErrorKind as Kind;
    let other = |key, expected, found| Kind::OtherCount { key, expected, found };
    // Replaced in CAT | by | line, column, reason
    let cases = [
        (
            "DATA TYPE: cat",
            "DATA TYPE: toi",
            3,
            1,
            Kind::OtherType { found: "toi".to_owned(), expected: "cat" },
        ),
        (
            "# NUMBER ALTERNATIVES: 3\n",
            "",
            1,
            1,
            Kind::MissingKey("NUMBER ALTERNATIVES".to_owned()),
        ),
        ("NAME 3", "NAME 4", 1, 1, Kind::MissingKey("ALTERNATIVE NAME 3".to_owned())),
        ("NAME 3", "NAME 2", 10, 1, Kind::RepeatedKey("ALTERNATIVE NAME 2".to_owned())),
        (
            "ALTERNATIVES: 3",
            "ALTERNATIVES: 4000000000",
            4,
            1,
            Kind::Names(SpecError::TooManyOptions),
        ),
        ("ALTERNATIVES: 3", "ALTERNATIVES: x", 4, 1, Kind::NotANumber("x".to_owned())),
        ("NAME 3: C", "NAME 3:", 4, 1, Kind::Names(SpecError::EmptyName)),
        ("1: 2,{1}\n", "", 5, 1, other("NUMBER VOTERS", 7, 6)),
        ("PREFERENCES: 3", "PREFERENCES: 4", 6, 1, other("NUMBER UNIQUE PREFERENCES", 4, 3)),
        ("1: 2,{1}", "1: 2", 13, 1, other("NUMBER CATEGORIES", 2, 1)),
        ("1: 2,{1}", "1: 2,{1},3", 13, 1, other("NUMBER CATEGORIES", 2, 3)),
        ("1: 2,{1}", "1: 2,{4}", 13, 7, Kind::OutOfRange(4)),
        ("1: 2,{1}", "1: 0,{1}", 13, 4, Kind::OutOfRange(0)),
        ("1: 2,{1}", "0: 2,{1}", 13, 1, Kind::OutOfRange(0)),
        ("1: 2,{1}", "1: 2,{2}", 13, 7, Kind::AlternativeTwice(2)),
        ("1: 2,{1}", "1; 2,{1}", 13, 2, Kind::Expected("a colon after the count")),
        ("1: 2,{1}", "1: 2 {1}", 13, 6, Kind::Expected("a comma between categories")),
        ("1: 2,{1}", "1: 2,{1", 13, 8, Kind::Expected("a comma or a closing brace")),
        ("1: 2,{1}", "1: 2,{1,}", 13, 9, Kind::Expected("a number")),
        ("1: 2,{1}", "1: ,{1}", 13, 4, Kind::Expected("a number")),
        ("1: 2,{1}", "x", 13, 1, Kind::Expected("a number")),
        ("4: {1,3},2", "18446744073709551615: {1,3},2", 12, 1, Kind::CountsTooLarge),
    ];
    for (from, to, line, column, kind) in cases {
        let text = CAT.replacen(from, to, 1);
        assert_ne!(text, CAT, "{from}");
        assert_eq!(read_text(&text, Format::PreflibCat), Err(kind.at(line, column)), "{to:?}");
    }
    // Before September 2022, the first line was the number of alternatives.
    let old = read_text("3\n1,A\n", Format::PreflibCat).unwrap_err();
    assert_eq!(old.kind, Kind::MissingKey("NUMBER ALTERNATIVES".to_owned()));
    let binary = read(b"ok\n\xc3\xa9\xff", Format::PreflibCat, &ReadOptions::default());
    assert_eq!(binary, Err(Kind::NotUtf8.at(2, 2)));
    assert_eq!(binary.unwrap_err().to_string(), "line 2, column 2: the file is not UTF-8");
}

#[test]
fn counts_beyond_32_bits() {
    let text = CAT.replace("VOTERS: 7", "VOTERS: 10000000003").replace("4:", "10000000000:");
    let file = read_text(&text, Format::PreflibCat).unwrap();
    let outcome = outcome_of(&file, Method::Approval, &CountOptions::default()).unwrap();
    assert_eq!(outcome.ballots.valid, 10_000_000_001);
}

#[test]
fn formats_are_detected() {
    let cases = [
        ("x.csv", GRADES, Some(Format::CsvGrades)),
        ("x.csv", "A,B\n1,2\n", Some(Format::CsvGrades)),
        ("x.csv", "\u{feff};A;B\r\n1;2;3\r\n", Some(Format::CsvGrades)),
        ("x", PROFILE, Some(Format::CsvProfile)),
        ("x", CAT, Some(Format::PreflibCat)),
        ("X.CAT", "", Some(Format::PreflibCat)),
        ("x.toi", "", Some(Format::PreflibOrder)),
        ("x", "# DATA TYPE: toi\n", Some(Format::PreflibOrder)),
        ("x", "# DATA TYPE: wmd\n", None),
        ("x.blt", "", Some(Format::Blt)),
        ("x.csv", "A,B\nx,y\n", None),
        ("x.csv", "", None),
        (".cat", "", None),
    ];
    for (path, text, format) in cases {
        assert_eq!(detect(path, text.as_bytes(), None), format, "{path} {text:?}");
    }
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert!("csv".parse::<Format>().is_err());
}

//! Which file is counted by which method, and no bytes at all that panic.

use super::reading::{CAT, GRADES, ORDER, PROFILE};
use super::sets::{BUDGET, RATED, TALLY};
use super::*;
use archipel_domain::counting::{Method, Outcome, RankedRule, Ungraded};
use proptest::prelude::*;

fn judged(text: &str, format: Format, default: Option<Ungraded>) -> Result<Outcome, String> {
    let options = CountOptions { seats: 1, default_grade: default, ..CountOptions::default() };
    let file = read_text(text, format).map_err(|error| error.to_string())?;
    outcome_of(&file, Method::MajorityJudgment, &options).map_err(|error| error.to_string())
}

#[test]
fn silence_is_the_worst_grade_in_ballots_and_an_error_in_profiles() {
    let silent = ",A,B\n1,3,0\n2,1,2\n3,1,0\n4,0,0\n";
    let worst = judged(silent, Format::CsvGrades, None).unwrap();
    assert_eq!(worst.ballots.blank, 1);
    assert_eq!(judged(silent, Format::CsvGrades, Some(Ungraded::Worst)).unwrap(), worst);
    assert_eq!(worst.winners, ["A"]);
    let median = judged(silent, Format::CsvGrades, Some(Ungraded::Median)).unwrap();
    assert_eq!(median.winners, ["B"]);
    let error = judged(silent, Format::CsvGrades, Some(Ungraded::Error)).unwrap_err();
    assert_eq!(error, "ballot 1 does not grade “B”; say what a missing grade is worth");
    let uneven = "id,mention_1,mention_2\nA,1,2\nB,2,2\n";
    let error = judged(uneven, Format::CsvProfile, None).unwrap_err();
    assert_eq!(error, "“A” has 3 grades for 4 ballots; say what a missing grade is worth");
    let scaled = judged(uneven, Format::CsvProfile, Some(Ungraded::Normalize)).unwrap();
    assert_eq!(scaled.winners, ["B"]);
    let beyond = judged(uneven, Format::CsvProfile, Some(Ungraded::Static(2))).unwrap_err();
    assert_eq!(beyond, "the default grade is not in the list");
}

#[test]
fn each_format_has_its_method() {
    let is_good = |method, format| match format {
        Format::PreflibCat => matches!(method, Method::Approval | Method::Committee(_)),
        Format::PreflibOrder => matches!(method, Method::Ranked(_)),
        _ => matches!(method, Method::MajorityJudgment | Method::Judgment(_)),
    };
    for (text, format, good) in [
        (GRADES, Format::CsvGrades, Method::MajorityJudgment),
        (PROFILE, Format::CsvProfile, Method::MajorityJudgment),
        (CAT, Format::PreflibCat, Method::Approval),
        (ORDER, Format::PreflibOrder, Method::Ranked(RankedRule::Borda)),
    ] {
        let file = read_text(text, format).unwrap();
        for method in Method::all() {
            let outcome = outcome_of(&file, method, &CountOptions::default());
            let other = Err(CountFileError::MethodOfAnotherFile { method, format });
            assert_eq!(is_good(method, format), outcome != other, "{method} {format}");
        }
        let too_many = CountOptions { seats: 9, ..CountOptions::default() };
        assert!(outcome_of(&file, good, &too_many).is_err());
    }
}

const ONE_LINE: &str = "3 1 -2 2.0 1 3 0 (id 7) 1 3=1 0 0 \"A\" \"B\"\n\"C #1\" \"é\"\n";
const WITHDRAWN: &str =
    "3 1\n2 1 2 3 0\n[withdrawn 2]\n(id 7) 2.0 3=2 - 0\n-1\n0\n\"A\"\n\"B\"\n\"C\"\n\"é\"\n";

/// Reads and counts as far as it goes; nothing may panic.
fn try_all(bytes: &[u8]) {
    let _ = detect("x", bytes, None);
    for format in Format::ALL {
        for options in [
            ReadOptions::default(),
            ReadOptions {
                worst_grade: u32::MAX,
                worst_first: true,
                no_opinion: Some(1),
                contest: None,
            },
        ] {
            let Ok(file) = read(bytes, format, &options) else {
                continue;
            };
            for method in Method::all() {
                for default_grade in [None, Some(Ungraded::Normalize), Some(Ungraded::Static(3))] {
                    let _ = outcome_of(
                        &file,
                        method,
                        &CountOptions { seats: 2, default_grade, ..CountOptions::default() },
                    );
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        try_all(&bytes);
    }

    #[test]
    fn no_text_of_the_right_characters_panics(text in "[0-9,;:#{}\"a_ \r\n\u{feff}é]{0,200}") {
        try_all(text.as_bytes());
    }

    /// Real files with a few bytes changed or cut off.
    #[test]
    fn no_damaged_file_panics(
        which in 0usize..9,
        cut in 0usize..400,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let files = [GRADES, PROFILE, CAT, ORDER, BUDGET, RATED, TALLY, ONE_LINE, WITHDRAWN];
        let mut bytes = files[which].as_bytes().to_vec();
        for (index, byte) in changes {
            let place = index.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.max(1));
        try_all(&bytes);
    }
}

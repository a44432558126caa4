//! Labels, amounts and dates as every reader of books takes them.

use archipel_domain::time::Timestamp;

/// A label that says nothing but itself: one line, nothing that begins a comment, splits a field,
/// closes a string, hides or turns around text. The log keeps what was signed.
#[must_use]
pub fn label(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().saturating_add(1));
    for c in text.chars() {
        let c = match c {
            ';' => ',',
            '|' | '\\' => '/',
            '"' => '\'',
            c if c.is_whitespace() || c.is_control() => ' ',
            c if is_unseen(c) => continue,
            c => c,
        };
        // Two spaces end a name.
        if c != ' ' || !(clean.is_empty() || clean.ends_with(' ')) {
            clean.push(c);
        }
    }
    clean.truncate(clean.trim_end().len());
    // A code, a state, a virtual account, a formula.
    if clean.chars().next().is_none_or(|first| first.is_ascii_punctuation() && first != '_') {
        clean.insert(0, '_');
    }
    clean
}

/// Characters that are not seen but change what is: marks and turns of direction, joints without
/// width but for those that scripts and emoji need, and tags.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// An amount of minor units in whole units, exactly.
#[must_use]
pub fn decimal(amount: i128, scale: u8) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let places = usize::from(scale);
    let digits = format!("{:0width$}", amount.unsigned_abs(), width = places.saturating_add(1));
    let (whole, part) = digits.split_at(digits.len().saturating_sub(places));
    let point = if part.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{part}")
}

/// Last day that has one after it in four digits of a year: 9999-12-30.
const LAST_DAY: i64 = 2_932_895;
/// 0001-01-01.
const FIRST_DAY: i64 = -719_162;

/// The day (UTC) of a moment.
#[must_use]
pub(super) fn day(at: Timestamp) -> String {
    date(at.0.div_euclid(Timestamp::DAY_MS).clamp(FIRST_DAY, LAST_DAY))
}

/// The day after.
#[must_use]
pub(super) fn next_day(at: Timestamp) -> String {
    let day = at.0.div_euclid(Timestamp::DAY_MS).clamp(FIRST_DAY, LAST_DAY);
    date(day.saturating_add(1))
}

/// Days since 1970 as a date of the Gregorian calendar. Years are counted from March, so that the
/// odd day comes last; 400 of them are 146,097 days.
fn date(days: i64) -> String {
    let days = days.saturating_add(719_468);
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let leap = of_era / 1_460 - of_era / 36_524 + of_era / 146_096;
    let year = of_era.saturating_sub(leap) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * march + 2) / 5 + 1;
    let month = if march < 10 { march + 3 } else { march - 9 };
    let year = year + 400 * era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_only_labels() {
        for (hostile, expect) in [
            ("Réservation salle", "Réservation salle"),
            ("x\n2024-01-01 * x\n  a  1000 EUR\n  b", "x 2024-01-01 * x a 1000 EUR b"),
            ("pain ; event: faux", "pain , event: faux"),
            ("Payee | note", "Payee / note"),
            ("a  b\t c\u{a0}\u{2003}d", "a b c d"),
            ("(a:y)  5 EUR", "_(a:y) 5 EUR"),
            ("* fait", "_* fait"),
            ("! (code)", "_! (code)"),
            ("=cmd|' /C calc'!A0", "_=cmd/' /C calc'!A0"),
            ("+1", "_+1"),
            ("-1", "_-1"),
            ("@SUM(A1)", "_@SUM(A1)"),
            ("[a:b]", "_[a:b]"),
            ("dit \"oui\" \\ \"", "dit 'oui' / '"),
            ("\u{202e}RUE\u{202c} \u{200f}\u{2066}x", "RUE x"),
            ("a\u{2028}b\u{2029}c\u{85}d\u{b}e", "a b c d e"),
            ("fête 🎉 👩\u{200d}🌾", "fête 🎉 👩\u{200d}🌾"),
            ("\u{feff}\u{200b}", "_"),
            ("   ", "_"),
            ("", "_"),
            ("; event: x", "_, event: x"),
            ("1000 EUR", "1000 EUR"),
        ] {
            assert_eq!(label(hostile), expect, "{hostile:?}");
            assert_eq!(label(&label(hostile)), expect, "twice: {hostile:?}");
        }
    }

    #[test]
    fn days_are_of_the_calendar() {
        for (ms, on, after) in [
            (0, "1970-01-01", "1970-01-02"),
            (-1, "1969-12-31", "1970-01-01"),
            (951_782_400_000, "2000-02-29", "2000-03-01"),
            (1_709_251_199_999, "2024-02-29", "2024-03-01"),
            (4_107_542_399_000, "2100-02-28", "2100-03-01"),
            (i64::MAX, "9999-12-30", "9999-12-31"),
            (i64::MIN, "0001-01-01", "0001-01-02"),
        ] {
            assert_eq!((day(Timestamp(ms)), next_day(Timestamp(ms))), (on.into(), after.into()));
        }
    }

    #[test]
    fn amounts_are_exact() {
        for (amount, scale, expect) in
            [(0, 0, "0"), (-5, 2, "-0.05"), (90, 0, "90"), (1_000, 3, "1.000")]
        {
            assert_eq!(decimal(amount, scale), expect);
        }
    }
}

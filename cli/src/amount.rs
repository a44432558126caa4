//! Amounts as people write them: exact decimals of a unit, never floats.

use crate::failure::Failure;

/// Reads `12`, `12.50` or `12,50` as minor units of a unit with so many decimals.
pub(crate) fn parse(text: &str, scale: u8) -> Result<i64, Failure> {
    let wrong = || Failure::with("usage.amount", format!("{text} ({scale})"));
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, decimals) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let point_without_decimals = digits.len() != whole.len() && decimals.is_empty();
    let scale = usize::from(scale);
    if whole.is_empty() || !plain(whole) || !plain(decimals) || point_without_decimals {
        return Err(wrong());
    }
    // Zeros beyond the last decimal change nothing; anything else there would be lost.
    let kept = decimals.trim_end_matches('0');
    if kept.len() > scale {
        return Err(wrong());
    }
    let minor: i128 = format!("{whole}{kept:0<scale$}").parse().map_err(|_| wrong())?;
    let signed = if negative { minor.checked_neg().ok_or_else(wrong)? } else { minor };
    i64::try_from(signed).map_err(|_| wrong())
}

/// Writes minor units as a decimal, with a point.
pub(crate) fn show(minor: i128, scale: u8) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let width = usize::from(scale).saturating_add(1);
    let digits = format!("{:0width$}", minor.unsigned_abs());
    let (whole, decimals) = digits
        .split_at_checked(digits.len().saturating_sub(usize::from(scale)))
        .unwrap_or_default();
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let cases = [
            ("12", 2, 1_200),
            ("12.5", 2, 1_250),
            ("12,50", 2, 1_250),
            ("-0.01", 2, -1),
            ("0.1", 9, 100_000_000),
            ("90", 0, 90),
            ("1.500", 2, 150),
            ("92233720368547758.07", 2, i64::MAX),
        ];
        for (text, scale, minor) in cases {
            assert_eq!(parse(text, scale).ok(), Some(minor), "{text}");
        }
        for bad in ["", ".", "1.", ".5", "1.005", "1e3", "1 000", "--1", "92233720368547758.08"] {
            assert!(parse(bad, 2).is_err(), "{bad}");
        }
        assert_eq!(show(-1, 2), "-0.01");
        assert_eq!(show(1_250, 2), "12.50");
        assert_eq!(show(90, 0), "90");
        assert_eq!(show(i128::from(i64::MIN), 2), "-92233720368547758.08");
    }
}

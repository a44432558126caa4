//! Exact fractions for people.

use num_rational::BigRational;

/// Longest numerator or denominator that people are shown, in bits.
const SHOWN_BITS_MAX: u64 = 40;

/// A probability for people: `1/10 (10.00 %)`, or only `≈ 8.31 %` where the exact fraction is too
/// long to be read.
#[must_use]
pub fn in_words(value: &BigRational) -> String {
    let scaled = (value * BigRational::from_integer(10_000.into())).round().to_integer();
    let digits = format!("{:0>3}", scaled.to_string());
    let (whole, hundredths) = digits.split_at(digits.len().saturating_sub(2));
    let percent = format!("{whole}.{hundredths} %");
    if value.numer().bits().max(value.denom().bits()) <= SHOWN_BITS_MAX {
        format!("{value} ({percent})")
    } else {
        format!("≈ {percent}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_shown() {
        let of = |text: &str| in_words(&text.parse::<BigRational>().unwrap());
        assert_eq!(of("1/10"), "1/10 (10.00 %)");
        assert_eq!(of("1/30000"), "1/30000 (0.00 %)");
        assert_eq!(of("0"), "0 (0.00 %)");
        assert_eq!(of("1"), "1 (100.00 %)");
        assert_eq!(of("1000000000000000001/8000000000000000000"), "≈ 12.50 %");
    }
}

//! Moments as people write and read them. Always UTC: a deadline must not depend on a machine.

use crate::failure::Failure;
use archipel_domain::time::Timestamp;
use jiff::civil::Date;

/// The present moment, by this machine's clock.
pub(crate) fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_millisecond())
}

/// Reads `2026-12-31`, `2026-12-31T18:00:00+01:00`, `now`, or a time from a moment on: `+90d`,
/// `+2w`, `+36h`, `+15m`, `+30s`.
pub(crate) fn parse(text: &str, from: Timestamp) -> Result<Timestamp, Failure> {
    let wrong = || Failure::with("usage.date", text);
    if text == "now" {
        return Ok(from);
    }
    if let Some(length) = text.strip_prefix('+') {
        return length_ms(length).map(|ms| from.plus_ms(ms)).ok_or_else(wrong);
    }
    if let Ok(date) = text.parse::<Date>() {
        // A bare date also parses as the start of longer forms, so it comes first.
        if text.len() == 10 {
            let midnight = date.at(0, 0, 0, 0);
            let start = jiff::tz::TimeZone::UTC.to_timestamp(midnight).map_err(|_| wrong())?;
            return Ok(Timestamp(start.as_millisecond()));
        }
    }
    let moment: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
    Ok(Timestamp(moment.as_millisecond()))
}

fn length_ms(text: &str) -> Option<i64> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let unit_ms = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => Timestamp::DAY_MS,
        'w' => Timestamp::DAY_MS.checked_mul(7)?,
        _ => return None,
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(unit_ms)
}

/// A moment as RFC 3339, in UTC, to the second.
pub(crate) fn show(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(moment) => format!("{moment:.0}"),
        Err(_) => format!("{ms} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        let from = Timestamp(1_000);
        let cases = [
            ("now", 1_000),
            ("+2d", 1_000 + 2 * Timestamp::DAY_MS),
            ("+90s", 91_000),
            ("1970-01-02", Timestamp::DAY_MS),
            ("1970-01-01T01:00:00+01:00", 0),
            ("1970-01-01T00:00:00Z", 0),
        ];
        for (text, ms) in cases {
            assert_eq!(parse(text, from).ok(), Some(Timestamp(ms)), "{text}");
        }
        for bad in ["", "+", "+d", "+-1d", "+1y", "demain", "2026-13-01", "+99999999999999w"] {
            assert!(parse(bad, from).is_err(), "{bad}");
        }
        assert_eq!(show(1_790_000_000_000), "2026-09-21T14:13:20Z");
    }
}

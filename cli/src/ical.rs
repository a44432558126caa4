//! Calendars as other programs read them: iCalendar, RFC 5545.

use crate::failure::Failure;
use archipel_domain::time::Timestamp;

/// Longest line in octets, its end left out (RFC 5545, 3.1).
const LINE_OCTETS_MAX: usize = 75;

/// Something at a time.
#[derive(Debug)]
pub(crate) struct Event {
    /// The same for the same thing in every calendar, and for nothing else.
    pub(crate) uid: String,
    /// First moment.
    pub(crate) from: Timestamp,
    /// First moment after it.
    pub(crate) until: Timestamp,
    /// What it is.
    pub(crate) summary: String,
    /// More about it.
    pub(crate) description: String,
}

/// A calendar of events, as things stood at `stamp`.
pub(crate) fn calendar(stamp: Timestamp, events: &[Event]) -> Result<String, Failure> {
    let mut text = String::new();
    let mut line = |content: &str| fold(content, &mut text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Archipel//Archipel//FR");
    line("CALSCALE:GREGORIAN");
    let stamp = moment(stamp)?;
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", escaped(&event.uid)));
        line(&format!("DTSTAMP:{stamp}"));
        line(&format!("DTSTART:{}", moment(event.from)?));
        line(&format!("DTEND:{}", moment(event.until)?));
        line(&format!("SUMMARY:{}", escaped(&event.summary)));
        line(&format!("DESCRIPTION:{}", escaped(&event.description)));
        line("TRANSP:TRANSPARENT");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    Ok(text)
}

/// A moment in UTC, to the second.
fn moment(at: Timestamp) -> Result<String, Failure> {
    let wrong = || Failure::with("usage.date", at.0.to_string());
    let moment = jiff::Timestamp::from_millisecond(at.0).map_err(|_| wrong())?;
    Ok(moment.strftime("%Y%m%dT%H%M%SZ").to_string())
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Adds a line, folded where it is longer than a line may be, never within a character.
fn fold(content: &str, text: &mut String) {
    let mut octets = 0;
    for c in content.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            text.push_str("\r\n ");
            octets = 1;
        }
        text.push(c);
        octets += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_and_text_is_escaped() {
        let event = Event {
            uid: "0190-1@archipel.example/convention".to_owned(),
            from: Timestamp(1_790_000_000_000),
            until: Timestamp(1_790_086_400_999),
            summary: "Accueil ; caisse, «\u{a0}été\u{a0}» \\ é".repeat(5),
            description: "un\ndeux\r".to_owned(),
        };
        let text = calendar(Timestamp(0), &[event]).unwrap();
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert!(lines.iter().all(|line| line.len() <= LINE_OCTETS_MAX), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with(' ')));
        let unfolded = text.replace("\r\n ", "");
        let summary =
            "SUMMARY:".to_owned() + &"Accueil \\; caisse\\, «\u{a0}été\u{a0}» \\\\ é".repeat(5);
        assert!(unfolded.contains(&(summary + "\r\n")), "{unfolded}");
        assert!(unfolded.contains("DESCRIPTION:un\\ndeux\r\n"));
        assert!(unfolded.contains("DTSTAMP:19700101T000000Z\r\nDTSTART:20260921T141320Z\r\n"));
        assert!(unfolded.contains("DTEND:20260922T141320Z\r\n"));
    }
}

//! Outcomes in plain words, in French and English, and as pictures: why did this win?
//!
//! All of it is worked out of the outcome and its evidence alone, so that whoever has those has
//! the same words and the same picture, byte for byte.

mod election;
mod picture;
#[cfg(test)]
mod tests;
mod words;

pub use election::explain_election;
pub use picture::picture;

use archipel_domain::counting::Outcome;
use serde::Serialize;

/// A language in which outcomes are explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// French.
    French,
    /// English.
    English,
}

impl Tongue {
    fn pick<'a>(self, french: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::French => french,
            Self::English => english,
        }
    }

    /// A name between quotation marks.
    fn quoted(self, name: &str) -> String {
        match self {
            Self::French => format!("« {name} »"),
            Self::English => format!("“{name}”"),
        }
    }

    /// Names between quotation marks, the last one after “and”.
    fn list<'a>(self, names: impl IntoIterator<Item = &'a String>) -> String {
        let mut quoted: Vec<String> = names.into_iter().map(|name| self.quoted(name)).collect();
        match quoted.pop() {
            Some(last) if !quoted.is_empty() => {
                format!("{} {} {last}", quoted.join(", "), self.pick("et", "and"))
            }
            Some(only) => only,
            None => self.pick("personne", "nobody").to_owned(),
        }
    }
}

/// The sentences that explain an outcome, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// In French.
    pub fr: Vec<String>,
    /// In English.
    pub en: Vec<String>,
}

/// Why an outcome is what it is.
#[must_use]
pub fn explain(outcome: &Outcome) -> Explanation {
    Explanation {
        fr: words::sentences(outcome, Tongue::French),
        en: words::sentences(outcome, Tongue::English),
    }
}

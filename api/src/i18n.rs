//! Messages: one plain sentence or two for every code, in French and in English.

use crate::codes::{self, Class};
use fluent_bundle::FluentResource;
use fluent_bundle::concurrent::FluentBundle;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

/// A language of the messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The language tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language of a tag such as `fr` or `en-GB`.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.tag()))
    }

    /// The language that an `Accept-Language` header prefers; French when it names neither.
    #[must_use]
    pub fn from_accept(header: &str) -> Self {
        let mut best: Option<(u16, Self)> = None;
        for part in header.split(',').take(32) {
            let mut pieces = part.split(';').map(str::trim);
            let tag = pieces.next().unwrap_or_default();
            let lang = if tag == "*" { Some(Self::default()) } else { Self::from_tag(tag) };
            let weight =
                pieces.find_map(|piece| piece.strip_prefix("q=")).map_or(1_000, thousandths);
            let Some(lang) = lang else { continue };
            // The first of equals stays: that is how people list them.
            if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
                best = Some((weight, lang));
            }
        }
        best.map_or_else(Self::default, |(_, lang)| lang)
    }

    const fn source(self) -> &'static str {
        match self {
            Self::Fr => include_str!("../locales/fr.ftl"),
            Self::En => include_str!("../locales/en.ftl"),
        }
    }
}

/// A weight between `0` and `1` with at most three decimals (RFC 9110 section 12.4.2).
fn thousandths(text: &str) -> u16 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{part:0<3}");
    match (whole, digits.get(..3).map(str::parse::<u16>)) {
        ("1", _) => 1_000,
        ("0", Some(Ok(part))) => part,
        _ => 0,
    }
}

/// The Fluent identifier of a code: a point can not stand in one.
#[must_use]
pub fn identifier(code: &str) -> String {
    code.replace('.', "_")
}

type Messages = BTreeMap<String, String>;

/// All messages of a language, formatted once: none has parameters.
pub(crate) fn messages(lang: Lang) -> &'static Messages {
    static ALL: OnceLock<[Messages; 2]> = OnceLock::new();
    let [french, english] = ALL.get_or_init(|| Lang::ALL.map(load));
    match lang {
        Lang::Fr => french,
        Lang::En => english,
    }
}

fn load(lang: Lang) -> Messages {
    // A fault in a file costs the messages after it, never the server; a test finds it.
    let resource = FluentResource::try_new(lang.source().to_owned());
    let resource = resource.unwrap_or_else(|(partial, _)| partial);
    let tag: LanguageIdentifier = lang.tag().parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    bundle.set_use_isolating(false);
    if bundle.add_resource(resource).is_err() {
        return Messages::new();
    }
    let format = |id: String| {
        let pattern = bundle.get_message(&id)?.value()?;
        let text = bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned();
        Some((id, text))
    };
    let titles = Class::ALL.into_iter().map(Class::title);
    codes::all().into_keys().chain(titles).map(identifier).filter_map(format).collect()
}

/// The sentence for a code; the code itself if there is none.
#[must_use]
pub fn message(lang: Lang, code: &str) -> String {
    messages(lang).get(&identifier(code)).cloned().unwrap_or_else(|| code.to_owned())
}

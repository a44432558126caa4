//! The act within a request: `act` and `body`, as in a statement.

use crate::act::{Access, Act, Fact};
use crate::authority::Cx;
use crate::id::{Hash, StatementId};
use crate::rejection::Rejection;
use crate::safeguard::{Safeguards, Uses};
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A requested act; nothing if there is no act of the type that was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked(Option<Box<Act>>);

impl From<Act> for Asked {
    fn from(act: Act) -> Self {
        Self(Some(Box::new(act)))
    }
}

#[derive(Serialize)]
struct Text<'a> {
    act: &'a str,
    body: &'a Act,
}

impl Asked {
    /// The act, if there is one of that type.
    #[must_use]
    pub fn act(&self) -> Option<&Act> {
        self.0.as_deref()
    }

    /// The canonical text that is hashed: `{"act":…,"body":…}`. Members of `serde_json`'s values
    /// are sorted, and its strings and integers are written as the canonical form wants.
    #[must_use]
    pub fn text(&self) -> String {
        let Some(act) = self.act() else { return String::new() };
        let text = serde_json::to_value(Text { act: act.type_name(), body: act });
        text.map(|text| text.to_string()).unwrap_or_default()
    }

    /// SHA-256 of the text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(self.text().as_bytes())
    }

    /// Decides the act as the author's own, and says what it uses.
    pub(super) fn decide(self, cx: &Cx<'_>) -> Result<(Fact, Uses), Rejection> {
        let act = self.0.ok_or(Safeguards::NotGuarded)?;
        if act.asked().is_some() || act.type_name().starts_with("request.") {
            return Err(Safeguards::Nested.into());
        }
        if act.access() != Access::Members {
            return Err(Safeguards::NotGuarded.into());
        }
        let nested = cx.afresh();
        let fact = act.decide(&nested)?;
        Ok((fact, nested.uses()))
    }
}

/// Reads `act` and `body`, and `request` where it belongs.
pub(super) fn read<'de, D: Deserializer<'de>>(
    deserializer: D,
    of_request: bool,
) -> Result<(Asked, Option<StatementId>), D::Error> {
    deserializer.deserialize_map(Members { of_request })
}

/// What is written of a request's act.
pub(super) fn parts<E: serde::ser::Error>(asked: &Asked) -> Result<(&'static str, &Act), E> {
    let act = asked.act().ok_or_else(|| E::custom("there is no act of this type"))?;
    Ok((act.type_name(), act))
}

struct Members {
    of_request: bool,
}

impl<'de> Visitor<'de> for Members {
    type Value = (Asked, Option<StatementId>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an act and its body")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        use serde::de::Error;
        let (mut name, mut asked, mut request) = (None::<String>, None, None);
        while let Some(member) = map.next_key::<String>()? {
            match member.as_str() {
                "act" => name = Some(map.next_value()?),
                "body" => {
                    let name = name.as_deref().ok_or_else(|| A::Error::missing_field("act"))?;
                    asked = Some(map.next_value_seed(Body(name))?);
                }
                "request" if self.of_request => request = Some(map.next_value()?),
                other => return Err(A::Error::unknown_field(other, &["act", "body", "request"])),
            }
        }
        let missing = A::Error::missing_field;
        if name.is_none() {
            return Err(missing("act"));
        }
        if self.of_request && request.is_none() {
            return Err(missing("request"));
        }
        Ok((Asked(asked.ok_or_else(|| missing("body"))?), request))
    }
}

struct Body<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = Option<Box<Act>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        if Act::TYPES.contains(&self.0) {
            Act::deserialize_body(self.0, deserializer).map(|act| act.map(Box::new))
        } else {
            IgnoredAny::deserialize(deserializer).map(|_| None)
        }
    }
}

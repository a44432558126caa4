//! Requests for a fair rotation, from a table of availability.
//!
//! One row a person: a column `name`, perhaps `load` (carried before) and `roles` (those they can
//! hold, with spaces between; all, if it is empty or missing), and one column a period, in order,
//! with `yes`, `oui`, `x`, `1` or with `no`, `non`, `-`, `0` or nothing.

use crate::ballot_file::{ReadError, ReadErrorKind};
use crate::draw::Table;
use archipel_domain::draw::Pool;
use archipel_domain::id::{Hash, MemberId, Slug};
use archipel_domain::role::rotation::{PEOPLE_MAX, Person, Request, RoleLimits, Seat, Standing};
use std::collections::BTreeMap;

/// First bytes of what the id of a name is the hash of.
const NAME_TAG: &[u8] = b"archipel.rotation.name.v1\n";

/// What the table does not say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterOptions {
    /// The roles, each with its number of seats.
    pub roles: Vec<(Slug, u32)>,
    /// Pairs of roles that nobody holds in the same period.
    pub incompatible: Vec<(Slug, Slug)>,
    /// Most seats of one person in a period.
    pub load_cap: u64,
    /// Most periods in a row.
    pub max_consecutive: u32,
    /// Periods without the role after that many.
    pub cooling_off: u32,
    /// Most periods of a role.
    pub max_held: u64,
    /// What the last ties are broken by.
    pub seed: Hash,
}

/// A request, and what people and periods are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterFile {
    /// The request.
    pub request: Request,
    /// Names of the people.
    pub names: BTreeMap<MemberId, String>,
    /// Names of the periods, in order.
    pub periods: Vec<String>,
}

/// The id of a name: itself if it is one, else made of its hash, so that it is the same everywhere.
#[must_use]
pub fn id_of_name(name: &str) -> MemberId {
    name.parse().unwrap_or_else(|_| {
        let Hash(hash) = Hash::of(&[NAME_TAG, name.as_bytes()].concat());
        let (half, _) = hash.split_at(16);
        let bits = half.try_into().map_or(0, u128::from_be_bytes);
        // Version 8 of RFC 9562: a hash.
        MemberId((bits & !(0xf << 76) & !(0b11 << 62)) | (8 << 76) | (0b10 << 62))
    })
}

/// Reads a table of availability.
///
/// # Errors
/// [`ReadError`], which names the place and the reason. Whether the request makes sense is said by
/// [`Request::parse`].
pub fn read_roster(bytes: &[u8], options: &RosterOptions) -> Result<RosterFile, ReadError> {
    let mut table = Table::new(bytes)?;
    let name = table.column("name").or_else(|_| table.column("id"))?;
    let (load, roles) = (table.column("load").ok(), table.column("roles").ok());
    let columns = table.names.iter().enumerate();
    let periods: Vec<(usize, String)> = columns
        .filter(|(place, _)| ![Some(name), load, roles].contains(&Some(*place)))
        .map(|(place, name)| (place, name.clone()))
        .collect();
    if let Some((place, text)) = periods.iter().find(|(_, text)| !Pool::is_name(text)) {
        let kind = ReadErrorKind::NotAName(text.chars().take(40).collect());
        return Err(kind.at(table.line, place + 1));
    }
    let mut names = BTreeMap::new();
    let mut people = Vec::new();
    while let Some(record) = table.next()? {
        if people.len() == PEOPLE_MAX {
            return Err(ReadErrorKind::TooManyRows.at(record.line, 1));
        }
        let field = |column: usize| record.fields.get(column).map_or("", AsRef::as_ref);
        let text = field(name).to_owned();
        if !Pool::is_name(&text) {
            return Err(
                ReadErrorKind::NotAName(text.chars().take(40).collect()).at(record.line, name + 1)
            );
        }
        let id = id_of_name(&text);
        if names.insert(id, text.clone()).is_some() {
            return Err(ReadErrorKind::RepeatedKey(text).at(record.line, name + 1));
        }
        let wrong = |column: usize| {
            ReadErrorKind::UnknownValue(field(column).chars().take(40).collect())
                .at(record.line, column + 1)
        };
        let mut available = Vec::new();
        for (column, _) in &periods {
            available.push(is_yes(field(*column)).ok_or_else(|| wrong(*column))?);
        }
        let past_load = match load {
            Some(column) if !field(column).is_empty() => {
                field(column).parse().map_err(|_| wrong(column))?
            }
            _ => 0,
        };
        let mut eligible = BTreeMap::new();
        match roles {
            Some(column) if !field(column).is_empty() => {
                for role in field(column).split_whitespace() {
                    let role = role.parse().map_err(|_| wrong(column))?;
                    eligible.insert(role, Standing::default());
                }
            }
            _ => {
                let all = options.roles.iter();
                eligible.extend(all.map(|(role, _)| (role.clone(), Standing::default())));
            }
        }
        people.push(Person { id, available, past_load, eligible });
    }
    let periods: Vec<String> = periods.into_iter().map(|(_, name)| name).collect();
    Ok(RosterFile { request: request(options, people, periods.len()), names, periods })
}

fn request(options: &RosterOptions, people: Vec<Person>, periods: usize) -> Request {
    let limits = |(role, _): &(Slug, u32)| RoleLimits {
        role: role.clone(),
        max_consecutive: options.max_consecutive,
        cooling_off: options.cooling_off,
        max_held: options.max_held,
    };
    let seats = options.roles.iter().flat_map(|(role, seats)| {
        let seat =
            |number| Seat { role: role.clone(), number, weight: 1, open: vec![true; periods] };
        // More than a request may have is enough to be refused.
        (1..=*seats.min(&1_000)).map(seat)
    });
    Request {
        periods: u32::try_from(periods).unwrap_or(u32::MAX),
        seed: options.seed,
        load_cap: options.load_cap,
        roles: options.roles.iter().map(limits).collect(),
        incompatible: options.incompatible.clone(),
        seats: seats.collect(),
        people,
    }
}

fn is_yes(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "oui" | "o" | "x" | "1" => Some(true),
        "" | "no" | "n" | "non" | "-" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archipel_domain::role::rotation::{check, solve};

    #[test]
    fn a_table_is_a_request() {
        let options = RosterOptions {
            roles: vec![("caisse".parse().unwrap(), 1), ("veille".parse().unwrap(), 1)],
            incompatible: Vec::new(),
            load_cap: 1,
            max_consecutive: 1,
            cooling_off: 1,
            max_held: 10,
            seed: Hash([1; 32]),
        };
        let text = "name;load;roles;mon;tue\nAna;1;;oui;non\nBo;;caisse;x;x\nCy;0;veille;;1\n";
        let file = read_roster(text.as_bytes(), &options).unwrap();
        assert_eq!(file.periods, ["mon", "tue"]);
        assert_eq!(file.names[&id_of_name("Bo")], "Bo");
        let roster = file.request.parse().unwrap();
        let plan = solve(&roster);
        assert_eq!(check(&roster, &plan), Ok(()));
        // Only Ana or Bo can have the first period, Bo the second, and nobody both in a row.
        assert_eq!(plan.objective.filled, 3);
        for bad in [
            "name,a\nAna,peut-être\n",
            "name,a\nAna,x\nAna,x\n",
            "who,a\nAna,x\n",
            "name,a\n\u{7},x\n",
            "",
        ] {
            assert!(read_roster(bad.as_bytes(), &options).is_err(), "{bad}");
        }
    }
}

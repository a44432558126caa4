//! The names of accounts and units in the books of other programs.
//!
//! A name depends on nothing that is recorded later: on the account's slug and its owner's name,
//! or on the unit's code. Distinct accounts never share a name, nor is one the parent of another.

use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::ledger::OwnerRef;
use archipel_domain::world::World;

/// Words that beancount reads as something else than a currency.
const RESERVED: [&str; 3] = ["FALSE", "NULL", "TRUE"];

/// A slug as one component of an account's name: the first letter in upper case, `.` as `--` and
/// `:` as `---`. No slug has two of its joints side by side, so this can be undone.
#[must_use]
pub fn component(slug: &str) -> String {
    let mut text = String::with_capacity(slug.len().saturating_add(4));
    for c in slug.chars() {
        match c {
            '.' => text.push_str("--"),
            ':' => text.push_str("---"),
            c if text.is_empty() => text.push(c.to_ascii_uppercase()),
            c => text.push(c),
        }
    }
    text
}

/// The name of an account, from its slug and whose it is.
///
/// Each kind of owner has a branch of its own, of one depth: so no account is within another, and
/// sums over branches are sums over owners.
#[must_use]
pub fn account(world: &World, index: u32, owner: OwnerRef) -> String {
    let name = |kind, index| {
        let name = world.directory.name(EntityRef::new(kind, index));
        // Numbers that no name was given to, which no admitted act has.
        name.map_or_else(|| format!("0{index}"), ToString::to_string)
    };
    let own = component(&name(Kind::Account, index));
    match owner {
        OwnerRef::Fund => format!("Assets:Fund:{own}"),
        OwnerRef::Exterior => format!("Equity:Exterior:{own}"),
        // A pseudonym may begin with a lower-case letter.
        OwnerRef::Member(owner) => format!("Assets:Members:M-{}:{own}", name(Kind::Member, owner)),
        OwnerRef::Group(owner) => {
            format!("Assets:Groups:{}:{own}", component(&name(Kind::Group, owner)))
        }
        OwnerRef::Circle(owner) => {
            format!("Assets:Circles:{}:{own}", component(&name(Kind::Circle, owner)))
        }
    }
}

/// A unit's code as a currency: the code itself, but for those that beancount could not read.
/// Codes hold no `.`, so this can be undone too.
#[must_use]
pub fn unit(code: &str) -> String {
    match code.strip_suffix('-') {
        Some(front) => format!("{front}.0"),
        None if RESERVED.contains(&code) => format!("{code}.1"),
        None => code.to_owned(),
    }
}

/// A currency as hledger and ledger want it: in quotes unless it is letters only.
#[must_use]
pub fn quoted(unit: &str) -> String {
    if unit.bytes().all(|byte| byte.is_ascii_uppercase()) {
        unit.to_owned()
    } else {
        format!("\"{unit}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use archipel_domain::id::Slug;
    use archipel_domain::ledger::UnitCode;
    use proptest::prelude::*;

    fn undone(component: &str) -> String {
        component.replace("---", ":").replace("--", ".").to_ascii_lowercase()
    }

    #[test]
    fn names_are_those_of_the_page() {
        for (slug, expect) in [
            ("caisse", "Caisse"),
            ("caisse-2", "Caisse-2"),
            ("caisse:commune", "Caisse---commune"),
            ("caisse.commune", "Caisse--commune"),
            ("2026", "2026"),
        ] {
            assert_eq!(component(slug), expect);
        }
        for (code, expect, in_quotes) in [
            ("EUR", "EUR", "EUR"),
            ("H2O", "H2O", "\"H2O\""),
            ("A-B", "A-B", "\"A-B\""),
            ("EUR-", "EUR.0", "\"EUR.0\""),
            ("EUR--", "EUR-.0", "\"EUR-.0\""),
            ("TRUE", "TRUE.1", "\"TRUE.1\""),
        ] {
            assert_eq!((unit(code).as_str(), quoted(&unit(code)).as_str()), (expect, in_quotes));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn components_are_valid_and_can_be_undone(
            slug in "[a-z0-9]{1,4}([-.:][a-z0-9]{1,4}){0,5}",
        ) {
            prop_assert!(slug.parse::<Slug>().is_ok());
            let made = component(&slug);
            let first = made.as_bytes()[0];
            prop_assert!(first.is_ascii_uppercase() || first.is_ascii_digit());
            prop_assert!(made.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
            prop_assert_eq!(undone(&made), slug);
        }

        #[test]
        fn currencies_are_valid_and_can_be_undone(code in "[A-Z][A-Z0-9-]{1,22}") {
            prop_assert!(code.parse::<UnitCode>().is_ok());
            let made = unit(&code);
            prop_assert!((2..=24).contains(&made.len()));
            prop_assert!(!made.ends_with('-') && !made.ends_with('.'));
            let back = match (made.strip_suffix(".0"), made.strip_suffix(".1")) {
                (Some(front), _) => format!("{front}-"),
                (_, Some(front)) => front.to_owned(),
                _ => made,
            };
            prop_assert_eq!(back, code);
        }
    }
}

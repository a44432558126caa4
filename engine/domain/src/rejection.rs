//! Why an act is refused: one closed, ordered list per context.
//!
//! The order of the variants is the order in which rules are checked: a caller always gets the
//! first that applies. Codes are part of the public interface; each has a message in every
//! language (`api/locales`) and a test.

/// Declares the rejections of one context: variants in order of precedence, each with its code.
macro_rules! rejections {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every rejection of this context, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The stable code.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl From<$name> for crate::rejection::Rejection {
            fn from(rejection: $name) -> Self {
                Self::$name(rejection)
            }
        }
    };
}
pub(crate) use rejections;

pub use crate::authority::Authority;
pub use crate::delegation::Delegations;
pub use crate::election::Elections;
pub use crate::federation::Federation;
pub use crate::ledger::Ledger;
pub use crate::membership::Membership;
pub use crate::proposal::Proposals;
pub use crate::role::Roles;
pub use crate::rota::Rotations;
pub use crate::safeguard::Safeguards;
pub use crate::sortition::Draws;
pub use crate::vote::Votes;

/// A named refusal, of any context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rejection {
    /// Who signs, when, under which mandate and condition: checked before every act's own rules.
    Authority(Authority),
    /// Instance, groups, members, keys and calls.
    Membership(Membership),
    /// Circles, roles and assignments.
    Roles(Roles),
    /// Proposals and amendments.
    Proposals(Proposals),
    /// Votes, ballots and outcomes.
    Votes(Votes),
    /// Units, accounts and moves.
    Ledger(Ledger),
    /// Other logs.
    Federation(Federation),
    /// Delegations of votes.
    Delegations(Delegations),
    /// Draws by lot.
    Draws(Draws),
    /// Acts that need several holders.
    Safeguards(Safeguards),
    /// Elections without candidates.
    Elections(Elections),
    /// Availability and recorded plans of rotation.
    Rotations(Rotations),
}

impl Rejection {
    /// The stable code, such as `ballot.not-eligible`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authority(rejection) => rejection.code(),
            Self::Membership(rejection) => rejection.code(),
            Self::Roles(rejection) => rejection.code(),
            Self::Proposals(rejection) => rejection.code(),
            Self::Votes(rejection) => rejection.code(),
            Self::Ledger(rejection) => rejection.code(),
            Self::Federation(rejection) => rejection.code(),
            Self::Delegations(rejection) => rejection.code(),
            Self::Draws(rejection) => rejection.code(),
            Self::Safeguards(rejection) => rejection.code(),
            Self::Elections(rejection) => rejection.code(),
            Self::Rotations(rejection) => rejection.code(),
        }
    }

    /// Every rejection of every context, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        let authority = Authority::ALL.iter().map(|&r| Self::Authority(r));
        let membership = Membership::ALL.iter().map(|&r| Self::Membership(r));
        let roles = Roles::ALL.iter().map(|&r| Self::Roles(r));
        let proposals = Proposals::ALL.iter().map(|&r| Self::Proposals(r));
        let votes = Votes::ALL.iter().map(|&r| Self::Votes(r));
        let ledger = Ledger::ALL.iter().map(|&r| Self::Ledger(r));
        let federation = Federation::ALL.iter().map(|&r| Self::Federation(r));
        let first = authority.chain(membership).chain(roles).chain(proposals);
        let delegations = Delegations::ALL.iter().map(|&r| Self::Delegations(r));
        let draws = Draws::ALL.iter().map(|&r| Self::Draws(r));
        let second = first.chain(votes).chain(ledger).chain(federation);
        let safeguards = Safeguards::ALL.iter().map(|&r| Self::Safeguards(r));
        let elections = Elections::ALL.iter().map(|&r| Self::Elections(r));
        let rotations = Rotations::ALL.iter().map(|&r| Self::Rotations(r));
        let third = second.chain(delegations).chain(draws).chain(safeguards);
        third.chain(elections).chain(rotations)
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Rejection {}

#[cfg(test)]
mod tests {
    use super::Rejection;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = BTreeSet::new();
        for rejection in Rejection::all() {
            let code = rejection.code();
            assert!(seen.insert(code), "{code} twice");
            let (context, name) = code.split_once('.').expect("context.name");
            for part in [context, name] {
                assert!(part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{code}");
            }
        }
    }
}

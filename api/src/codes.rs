//! Every code that Archipel ever answers with, and the one map from codes to HTTP statuses.
//!
//! | class | status | when |
//! |---|---|---|
//! | malformed | 400 | the request or the statement has not the right form |
//! | forbidden | 403 | a signature, a key, an author or a mandate is not the right one |
//! | not found | 404 | the address names nothing |
//! | method | 405 | the address does not take this method |
//! | conflict | 409 | the state does not allow it (any more): read again, decide again |
//! | too large | 413 | over a limit |
//! | media type | 415 | the body is of another type |
//! | refused | 422 | a rule forbids it, or it names what does not exist |
//! | internal | 500 | the instance's fault; also codes that only a local command shows |
//! | unavailable | 503 | not now: try again, with the same statement |

mod draws;
mod elections;
mod roles;
mod rotations;
mod safeguards;

use archipel_domain::rejection::{
    Authority, Delegations, Federation, Ledger, Membership, Proposals, Rejection, Votes,
};
use archipel_engine::audit::AuditError;
use archipel_engine::crypto::CryptoError;
use archipel_engine::log::canonical::CanonicalErrorKind;
use archipel_engine::tlog::TlogError;
use archipel_engine::witness::{Refusal, WitnessError};
use std::collections::BTreeMap;

/// A class of problem: one status, one title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// 400
    Malformed,
    /// 403
    Forbidden,
    /// 404
    NotFound,
    /// 405
    Method,
    /// 409
    Conflict,
    /// 413
    TooLarge,
    /// 415
    MediaType,
    /// 422
    Refused,
    /// 500
    Internal,
    /// 503
    Unavailable,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 10] = [
        Self::Malformed,
        Self::Forbidden,
        Self::NotFound,
        Self::Method,
        Self::Conflict,
        Self::TooLarge,
        Self::MediaType,
        Self::Refused,
        Self::Internal,
        Self::Unavailable,
    ];

    /// The HTTP status.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Method => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::MediaType => 415,
            Self::Refused => 422,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The identifier of its title among the messages.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "title.malformed",
            Self::Forbidden => "title.forbidden",
            Self::NotFound => "title.not-found",
            Self::Method => "title.method",
            Self::Conflict => "title.conflict",
            Self::TooLarge => "title.too-large",
            Self::MediaType => "title.media-type",
            Self::Refused => "title.refused",
            Self::Internal => "title.internal",
            Self::Unavailable => "title.unavailable",
        }
    }
}

/// Codes of the HTTP surface itself.
const HTTP: [(&str, Class); 15] = [
    ("http.not-found", Class::NotFound),
    ("http.method", Class::Method),
    ("http.media-type", Class::MediaType),
    ("http.body", Class::Malformed),
    ("http.body-too-large", Class::TooLarge),
    ("http.too-many-lines", Class::TooLarge),
    ("http.envelope", Class::Malformed),
    ("http.not-yet", Class::Unavailable),
    ("http.timeout", Class::Unavailable),
    ("http.overloaded", Class::Unavailable),
    ("http.internal", Class::Internal),
    ("log.no-checkpoint", Class::Unavailable),
    ("log.no-tile", Class::NotFound),
    ("log.withheld", Class::Forbidden),
    ("witness.no-checkpoint", Class::NotFound),
];

/// Codes of the engine that are neither rejections nor faults of form.
const ENGINE: [(&str, Class); 21] = [
    ("statement.unknown-act", Class::Malformed),
    ("statement.wrong-origin", Class::Refused),
    ("statement.id-version", Class::Malformed),
    ("statement.id-time", Class::Malformed),
    ("statement.too-large", Class::TooLarge),
    ("entropy.bad-signature", Class::Forbidden),
    ("statement.id-conflict", Class::Conflict),
    ("submit.too-many", Class::TooLarge),
    ("submit.busy", Class::Unavailable),
    ("submit.read-only", Class::Unavailable),
    ("submit.stopped", Class::Unavailable),
    ("submit.in-doubt", Class::Unavailable),
    ("publish.rolled-back", Class::Unavailable),
    ("publish.signed-damaged", Class::Unavailable),
    ("publish.witnessed", Class::Unavailable),
    ("query.no-such-view", Class::NotFound),
    ("query.parameter", Class::Malformed),
    ("query.not-found", Class::NotFound),
    ("query.ambiguous", Class::Conflict),
    ("query.beyond", Class::NotFound),
    ("query.entry", Class::Internal),
];

/// Codes that a local command shows: stores, instances and key files.
const LOCAL: [&str; 50] = [
    "engine.fold",
    "publish.hashes",
    "publish.io",
    "publish.other-tiles",
    "instance.exists",
    "instance.io",
    "instance.missing",
    "instance.no-registrar",
    "instance.origin",
    "instance.settings",
    "key-file.damaged",
    "key-file.empty-password",
    "key-file.exists",
    "key-file.io",
    "key-file.malformed",
    "key-file.no-entropy",
    "key-file.not-ed25519",
    "key-file.not-key",
    "key-file.not-pem",
    "key-file.not-private",
    "key-file.not-public",
    "key-file.password-needed",
    "key-file.too-costly",
    "key-file.too-large",
    "key-file.unsupported-encryption",
    "key-file.version-2",
    "key-file.wrong-password",
    "rebuild.append",
    "rebuild.inadmissible",
    "rebuild.read",
    "store.conflict",
    "store.damaged",
    "store.derived-behind",
    "store.derived-conflict",
    "store.derived-write",
    "store.duplicate",
    "store.fatal",
    "store.guard",
    "store.in-doubt",
    "store.in-use",
    "store.invalid-entry",
    "store.io",
    "store.not-found",
    "store.not-written",
    "store.read-beyond",
    "store.read-damaged",
    "store.read-io",
    "store.read-only",
    "store.repeated-id",
    "store.rolled-back",
];

/// Every code with its class.
#[must_use]
pub fn all() -> BTreeMap<&'static str, Class> {
    let mut codes = BTreeMap::new();
    codes.extend(LOCAL.into_iter().map(|code| (code, Class::Internal)));
    codes.extend(CanonicalErrorKind::ALL.into_iter().map(|kind| (kind.code(), Class::Malformed)));
    codes.extend(CryptoError::ALL.into_iter().map(|error| (error.code(), of_crypto(error))));
    codes.extend(TlogError::ALL.into_iter().map(|error| (error.code(), of_tlog(error))));
    codes.extend(AuditError::CODES.into_iter().map(|code| (code, Class::Internal)));
    codes.extend(WitnessError::OWN_CODES.map(|code| (code, Class::Internal)));
    codes.extend(Refusal::ALL.map(|refusal| (refusal.code(), of_refusal(refusal))));
    codes.extend(Rejection::all().map(|rejection| (rejection.code(), of_rejection(rejection))));
    // After the faults of form: a statement that is too large is one of them, with its own status.
    codes.extend(ENGINE);
    codes.extend(HTTP);
    codes
}

/// The class of a code, if there is such a code.
#[must_use]
pub fn class(code: &str) -> Option<Class> {
    static ALL: std::sync::OnceLock<BTreeMap<&'static str, Class>> = std::sync::OnceLock::new();
    ALL.get_or_init(all).get(code).copied()
}

const fn of_crypto(error: CryptoError) -> Class {
    match error {
        CryptoError::SignatureInvalid => Class::Forbidden,
        CryptoError::NoEntropy => Class::Internal,
        CryptoError::KeyNotHex
        | CryptoError::KeyNotCanonical
        | CryptoError::KeyWeak
        | CryptoError::KeyTorsion
        | CryptoError::KeyProofContext
        | CryptoError::SignatureNotHex
        | CryptoError::TextLikeTag => Class::Malformed,
    }
}

const fn of_tlog(error: TlogError) -> Class {
    match error {
        TlogError::Path | TlogError::Tile => Class::NotFound,
        TlogError::Unsigned | TlogError::Signature | TlogError::Quorum => Class::Forbidden,
        TlogError::OtherLog => Class::NotFound,
        TlogError::Inclusion | TlogError::Consistency | TlogError::NoFork => Class::Refused,
        TlogError::Vkey
        | TlogError::Note
        | TlogError::Checkpoint
        | TlogError::Receipt
        | TlogError::NoEntry
        | TlogError::ForkFile => Class::Malformed,
    }
}

/// With the status that c2sp.org/tlog-witness gives it.
const fn of_refusal(refusal: Refusal) -> Class {
    match refusal {
        Refusal::Malformed | Refusal::OldBeyond => Class::Malformed,
        Refusal::UnknownLog => Class::NotFound,
        Refusal::Unsigned => Class::Forbidden,
        Refusal::OldSize(_) | Refusal::OtherRoot(_) => Class::Conflict,
        Refusal::Proof => Class::Refused,
        Refusal::Clock => Class::Unavailable,
        Refusal::Failed => Class::Internal,
    }
}

/// A new rejection does not compile until it has a class.
const fn of_rejection(rejection: Rejection) -> Class {
    match rejection {
        Rejection::Authority(rejection) => of_authority(rejection),
        Rejection::Membership(rejection) => of_membership(rejection),
        Rejection::Roles(rejection) => roles::class_of(rejection),
        Rejection::Proposals(rejection) => of_proposals(rejection),
        Rejection::Votes(rejection) => of_votes(rejection),
        Rejection::Ledger(rejection) => of_ledger(rejection),
        Rejection::Federation(rejection) => of_federation(rejection),
        Rejection::Delegations(rejection) => of_delegations(rejection),
        Rejection::Draws(rejection) => draws::class_of(rejection),
        Rejection::Safeguards(rejection) => safeguards::class_of(rejection),
        Rejection::Elections(rejection) => elections::class_of(rejection),
        Rejection::Rotations(rejection) => rotations::class_of(rejection),
    }
}

const fn of_authority(rejection: Authority) -> Class {
    use Authority as A;
    match rejection {
        A::NotFounded | A::AlreadyFounded | A::Revision | A::Changed => Class::Conflict,
        A::IssuedInFuture | A::IssuedBeforeFounding | A::TooManyStreams | A::StreamUnknown => {
            Class::Refused
        }
        A::KeyUnknown
        | A::KeyNotAuthors
        | A::KeyRevoked
        | A::AuthorLeft
        | A::RegistrarOnly
        | A::MembersOnly
        | A::AssignmentUnknown
        | A::NotHolder
        | A::NotStarted
        | A::Ended
        | A::AsRequired
        | A::PowerMissing
        | A::OutOfScope
        | A::NotAccepted => Class::Forbidden,
    }
}

const fn of_membership(rejection: Membership) -> Class {
    use Membership as M;
    match rejection {
        M::FounderSignature => Class::Forbidden,
        M::GroupExists
        | M::MemberExists
        | M::MemberGone
        | M::KeyInUse
        | M::AlreadyRevoked
        | M::CallExists
        | M::AlreadySigned
        | M::NotSigned => Class::Conflict,
        M::FounderCount
        | M::FounderTwice
        | M::FoundingTerm
        | M::GroupUnknown
        | M::MemberUnknown
        | M::TooManyKeys
        | M::NotMembersKey
        | M::LastKey
        | M::CallUnknown => Class::Refused,
    }
}

const fn of_proposals(rejection: Proposals) -> Class {
    use Proposals as P;
    match rejection {
        P::NotAuthors => Class::Forbidden,
        P::Withdrawn
        | P::Adopted
        | P::VoteOpen
        | P::AmendmentSettled
        | P::VersionStale
        | P::AlreadySupported
        | P::AmendmentConflict
        | P::AmendmentVoid => Class::Conflict,
        P::ProposalUnknown
        | P::AmendmentUnknown
        | P::VersionUnknown
        | P::ChangesEmpty
        | P::ChangesDisorder
        | P::ChangesOtherLines
        | P::ChangesControl
        | P::ResultMismatch
        | P::TextLength => Class::Refused,
    }
}

const fn of_votes(rejection: Votes) -> Class {
    use Votes as V;
    match rejection {
        V::NotEligible | V::OwnRecall => Class::Forbidden,
        V::ProposalNotOpen
        | V::VersionStale
        | V::NotYetOpen
        | V::Closed
        | V::NotDue
        | V::AlreadyClosed
        | V::StillOpen
        | V::AlreadyDeclared
        | V::NotFollowable
        | V::OtherForm
        | V::NotDeclared
        | V::TieBroken
        | V::NotTied
        | V::Amended
        | V::ObjectionStands
        | V::DissentLate
        | V::DissentTwice
        | V::ReasonsTwice
        | V::DecisionNone
        | V::DecisionEnded => Class::Conflict,
        V::VoteUnknown
        | V::Calendar
        | V::Method
        | V::OptionTwice
        | V::QuestionCount
        | V::TooManyOptions
        | V::ProposalUnknown
        | V::VersionMissing
        | V::GroupUnknown
        | V::NobodyEligible
        | V::OtherTerms
        | V::OtherMethod
        | V::OptionUnknown
        | V::GradeUnknown
        | V::RankedTwice
        | V::EqualRanks
        | V::PointsOutOfRange
        | V::TooManyPoints
        | V::TooManyChoices
        | V::Ungraded
        | V::TallyMismatch
        | V::Rules
        | V::FollowOptions
        | V::TieOtherPolicy
        | V::TieOptions
        | V::LotSecrets
        | V::DissentUnknown
        | V::ReviewDate
        | V::NotConsent
        | V::NoText
        | V::ReasonNeeded
        | V::ObjectionUnknown => Class::Refused,
    }
}

const fn of_delegations(rejection: Delegations) -> Class {
    use Delegations as D;
    match rejection {
        D::NotDelegable | D::AlreadyGiven | D::NotGiven => Class::Conflict,
        D::DelegateUnknown | D::DelegateSelf | D::TooMany => Class::Refused,
    }
}

const fn of_federation(rejection: Federation) -> Class {
    match rejection {
        Federation::OtherLog
        | Federation::NamedOtherwise
        | Federation::Older
        | Federation::Fork
        | Federation::Known => Class::Conflict,
    }
}

const fn of_ledger(rejection: Ledger) -> Class {
    use Ledger as L;
    match rejection {
        L::NotAuthorised | L::SelfDealing | L::OverCap => Class::Forbidden,
        L::UnitExists
        | L::AccountExists
        | L::AccountClosed
        | L::AccountNotEmpty
        | L::AlreadyReversed
        | L::BelowFloor
        | L::AboveCeiling => Class::Conflict,
        L::UnitUnknown
        | L::AccountUnknown
        | L::OwnerUnknown
        | L::MoveUnknown
        | L::Scale
        | L::Steward
        | L::Bounds
        | L::Unbounded
        | L::UnitMismatch
        | L::LegCount
        | L::ZeroLeg
        | L::AccountTwice
        | L::SumNotZero
        | L::NotAMove
        | L::ReversalOfReversal
        | L::Overflow => Class::Refused,
    }
}

//! The table of acts: every kind of statement, with its command, its event and its stable type.
//!
//! Adding an act means one file with a [`Command`] and an [`Event`], one row in the table below,
//! one test table and the messages of its rejections. Rows are never reordered: the row number is
//! the tag under which facts are stored.

use crate::authority::{Condition, Cx};
use crate::draw::Beacon;
use crate::entity::{EntityRef, Entry};
use crate::fact::Recorded;
use crate::federation::SignedCheckpoint;
use crate::id::{Hash, KeyId, MemberId, SignatureBytes, StatementId};
use crate::rejection::Rejection;
use crate::safeguard::Asked;
use crate::tables::EntityMut;
use crate::time::Timestamp;
use bincode::{Decode, Encode};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Who may author an act, before any power is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Only the first statement of a log.
    Founding,
    /// Members who have not left.
    Members,
    /// The instance's own key.
    Registrar,
    /// Anybody with a key (signatories of calls).
    Anyone,
}

/// A proof, by signature, that the owner of a new key holds it (docs/spec/keys.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyProof {
    /// The key to be enrolled.
    pub key: KeyId,
    /// Whose it will be.
    pub owner: MemberId,
    /// The key's signature over the proof text.
    pub proof: SignatureBytes,
}

/// The body of a statement: what its author asks for.
pub trait Command: Serialize + for<'de> Deserialize<'de> {
    /// What is recorded when it is accepted.
    type Event: Event;

    /// Who may author it.
    const ACCESS: Access = Access::Members;

    /// Decides, purely, against the live state: the event, or the first rule that forbids it.
    ///
    /// # Errors
    /// The [`Rejection`] of the first rule, in the order of its context's list.
    fn decide(self, cx: &Cx<'_>) -> Result<Self::Event, Rejection>;

    /// The proofs of possession that it carries, to be verified by the engine beforehand.
    fn proofs(&self) -> Vec<KeyProof> {
        Vec::new()
    }

    /// The checkpoints of other logs that it carries, to be verified by the engine beforehand.
    fn checkpoints(&self) -> Vec<SignedCheckpoint> {
        Vec::new()
    }

    /// The beacons that it carries, to be verified by the engine beforehand.
    fn beacons(&self) -> Vec<Beacon> {
        Vec::new()
    }

    /// An earlier statement whose record the decision needs (a move to be reversed).
    fn cites(&self) -> Option<StatementId> {
        None
    }

    /// The act within a request.
    fn asked(&self) -> Option<&Asked> {
        None
    }
}

/// What an accepted act changes.
pub trait Event {
    /// The stream whose revision it raises.
    fn stream(&self) -> EntityRef;

    /// The names that it introduces.
    fn names(&self, add: &mut dyn FnMut(Entry)) {
        let _ = add;
    }

    /// The entities whose state it changes; by default the one of its stream.
    fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        visit(self.stream());
    }

    /// Changes one of those entities. Total: checks no rule.
    fn evolve(&self, index: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>);
}

/// A statement whose form and signature are verified: what the rules decide upon.
#[derive(Clone, Debug)]
pub struct Authored {
    /// The statement's id.
    pub id: StatementId,
    /// The member who signs (or the instance, for the registrar's acts).
    pub author: MemberId,
    /// The key that signed.
    pub key: KeyId,
    /// The assignment under which the author acts.
    pub acting_as: Option<StatementId>,
    /// When the author signed, by the author's clock.
    pub issued_at: Timestamp,
    /// What must still hold for the act to be accepted.
    pub condition: Option<Condition>,
    /// SHA-256 of the signed payload.
    pub payload_hash: Hash,
    /// What is asked for.
    pub act: Act,
}

macro_rules! acts {
    ($($name:literal $variant:ident: $($path:ident)::+,)+) => {
        /// A command of any kind.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Act { $(#[doc = concat!("`", $name, "`")] $variant(crate::$($path)::+),)+ }

        /// An event of any kind. The order is stored: never reorder.
        #[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
        pub enum Fact {
            $(#[doc = concat!("From `", $name, "`")]
              $variant(<crate::$($path)::+ as Command>::Event),)+
        }

        $(
            impl From<crate::$($path)::+> for Act {
                fn from(command: crate::$($path)::+) -> Self {
                    Self::$variant(command)
                }
            }
        )+

        impl Act {
            /// Every type name, in order.
            pub const TYPES: &'static [&'static str] = &[$($name,)+];

            /// The stable type name, such as `ballot.cast/1`.
            #[must_use]
            pub const fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }

            /// Who may author it.
            #[must_use]
            pub const fn access(&self) -> Access {
                match self { $(Self::$variant(_) => <crate::$($path)::+ as Command>::ACCESS,)+ }
            }

            /// The proofs of possession that it carries.
            #[must_use]
            pub fn proofs(&self) -> Vec<KeyProof> {
                match self { $(Self::$variant(command) => command.proofs(),)+ }
            }

            /// The checkpoints of other logs that it carries.
            #[must_use]
            pub fn checkpoints(&self) -> Vec<SignedCheckpoint> {
                match self { $(Self::$variant(command) => command.checkpoints(),)+ }
            }

            /// The beacons that it carries.
            #[must_use]
            pub fn beacons(&self) -> Vec<Beacon> {
                match self { $(Self::$variant(command) => command.beacons(),)+ }
            }

            /// The earlier statement whose record the decision needs.
            #[must_use]
            pub fn cites(&self) -> Option<StatementId> {
                match self { $(Self::$variant(command) => command.cites(),)+ }
            }

            /// The act within, if this is a request.
            #[must_use]
            pub fn asked(&self) -> Option<&Asked> {
                match self { $(Self::$variant(command) => command.asked(),)+ }
            }

            /// Decides against the state of the context.
            ///
            /// # Errors
            /// The first rule that forbids the act.
            pub fn decide(self, cx: &Cx<'_>) -> Result<Fact, Rejection> {
                match self {
                    $(Self::$variant(command) => command.decide(cx).map(Fact::$variant),)+
                }
            }

            /// Reads the body of the act with that type name; nothing if there is no such type.
            ///
            /// # Errors
            /// Those of the deserializer.
            pub fn deserialize_body<'de, D: Deserializer<'de>>(
                type_name: &str,
                deserializer: D,
            ) -> Result<Option<Self>, D::Error> {
                match type_name {
                    $($name => <crate::$($path)::+>::deserialize(deserializer)
                        .map(|command| Some(Self::$variant(command))),)+
                    _ => Ok(None),
                }
            }
        }

        /// Serialises as the body alone; the type stands beside it in the statement.
        impl Serialize for Act {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$variant(command) => command.serialize(serializer),)+ }
            }
        }

        impl Fact {
            /// Type name of the act that it comes from.
            #[must_use]
            pub const fn type_name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }

            /// The event, whatever it is.
            #[must_use]
            pub fn event(&self) -> &dyn Event {
                match self { $(Self::$variant(event) => event,)+ }
            }
        }
    };
}

acts! {
    "instance.founded/1" InstanceFounded: membership::FoundInstance,
    "group.registered/1" GroupRegistered: membership::RegisterGroup,
    "member.admitted/1" MemberAdmitted: membership::AdmitMember,
    "member.left/1" MemberLeft: membership::LeaveMembership,
    "key.enrolled/1" KeyEnrolled: membership::EnrolKey,
    "key.rotated/1" KeyRotated: membership::RotateKey,
    "key.revoked/1" KeyRevoked: membership::RevokeKey,
    "call.published/1" CallPublished: membership::PublishCall,
    "call.signed/1" CallSigned: membership::SignCall,
    "call.withdrawn/1" CallWithdrawn: membership::WithdrawFromCall,
    "circle.formed/1" CircleFormed: role::FormCircle,
    "circle.dissolved/1" CircleDissolved: role::DissolveCircle,
    "role.defined/1" RoleDefined: role::DefineRole,
    "role.assigned/1" RoleAssigned: role::AssignRole,
    "role.ended/1" AssignmentEnded: role::EndAssignment,
    "proposal.submitted/1" ProposalSubmitted: proposal::SubmitProposal,
    "proposal.supported/1" ProposalSupported: proposal::SupportProposal,
    "proposal.withdrawn/1" ProposalWithdrawn: proposal::WithdrawProposal,
    "version.published/1" VersionPublished: proposal::PublishVersion,
    "amendment.proposed/1" AmendmentProposed: proposal::ProposeAmendment,
    "amendment.integrated/1" AmendmentIntegrated: proposal::IntegrateAmendment,
    "amendment.declined/1" AmendmentDeclined: proposal::DeclineAmendment,
    "vote.opened/1" VoteOpened: vote::OpenVote,
    "ballot.cast/1" BallotCast: vote::CastBallot,
    "vote.closed/1" VoteClosed: vote::CloseVote,
    "outcome.declared/1" OutcomeDeclared: vote::DeclareOutcome,
    "unit.defined/1" UnitDefined: ledger::DefineUnit,
    "account.opened/1" AccountOpened: ledger::OpenAccount,
    "account.closed/1" AccountClosed: ledger::CloseAccount,
    "move.posted/1" MovePosted: ledger::PostMove,
    "move.reversed/1" MoveReversed: ledger::ReverseMove,
    "checkpoint.witnessed/1" CheckpointWitnessed: federation::WitnessCheckpoint,
    "vote.opened/2" VoteOpenedUnderRules: vote::OpenVoteUnderRules,
    "outcome.declared/2" DeclaredUnderRules: vote::DeclareUnderRules,
    "tie.broken/1" TieBroken: vote::BreakTie,
    "lot.drawn/1" LotDrawn: vote::DrawLot,
    "dissent.attached/1" DissentAttached: vote::AttachDissent,
    "dissent.joined/1" DissentJoined: vote::JoinDissent,
    "decision.reviewed/1" DecisionReviewed: vote::ReviewDecision,
    "delegation.given/1" DelegationGiven: delegation::DelegateVote,
    "delegation.revoked/1" DelegationRevoked: delegation::RevokeDelegation,
    "objection.raised/1" ObjectionRaised: vote::RaiseObjection,
    "objection.answered/1" ObjectionAnswered: vote::AnswerObjection,
    "objection.maintained/1" ObjectionMaintained: vote::MaintainObjection,
    "objection.withdrawn/1" ObjectionWithdrawn: vote::WithdrawObjection,
    "consent.amended/1" ConsentAmended: vote::AmendConsent,
    "votes.opened/1" QuestionsOpened: vote::OpenQuestions,
    "reasons.attached/1" ReasonsAttached: vote::AttachReasons,
    "draw.announced/1" DrawAnnounced: sortition::AnnounceDraw,
    "draw.drawn/1" DrawDrawn: sortition::DrawLots,
    "draw.declined/1" DrawDeclined: sortition::DeclineDraw,
    "circle.formed/2" CircleRemitted: role::FormCircleWithRemit,
    "circle.extended/1" CircleExtended: role::ExtendCircle,
    "role.defined/2" RoleChartered: role::CharterRole,
    "role.amended/1" RoleAmended: role::AmendRole,
    "role.retired/1" RoleRetired: role::RetireRole,
    "role.assigned/2" RoleFilled: role::FillRole,
    "assignment.accepted/1" AssignmentAccepted: role::AcceptAssignment,
    "assignment.declined/1" AssignmentDeclined: role::DeclineAssignment,
    "assignment.recalled/1" AssignmentRecalled: role::RecallAssignment,
    "assignment.delegated/1" AssignmentDelegated: role::DelegateAssignment,
    "assignment.reclaimed/1" AssignmentReclaimed: role::ReclaimAssignment,
    "key.recovered/1" KeyRecovered: membership::RecoverKey,
    "safeguard.set/1" SafeguardSet: safeguard::SetSafeguard,
    "safeguard.lifted/1" SafeguardLifted: safeguard::LiftSafeguard,
    "request.opened/1" RequestOpened: safeguard::OpenRequest,
    "request.countersigned/1" RequestCountersigned: safeguard::CountersignRequest,
    "request.stopped/1" RequestStopped: safeguard::StopRequest,
    "request.carried/1" RequestCarried: safeguard::CarryRequest,
    "election.opened/1" ElectionOpened: election::OpenElection,
    "nomination.sealed/1" NominationSealed: election::SealNomination,
    "nomination.revealed/1" NominationRevealed: election::RevealNomination,
    "nomination.changed/1" NominationChanged: election::ChangeNomination,
    "candidate.proposed/1" CandidateProposed: election::ProposeCandidate,
    "election.consented/1" CandidacyConsented: election::ConsentToCandidate,
    "election.objected/1" CandidacyObjected: election::ObjectToCandidate,
    "election.answered/1" CandidacyAnswered: election::AnswerCandidacy,
    "election.declined/1" CandidacyDeclined: election::DeclineCandidacy,
    "election.concluded/1" ElectionConcluded: election::ConcludeElection,
    "availability.declared/1" AvailabilityDeclared: rota::DeclareAvailability,
    "rotation.planned/1" RotationPlanned: rota::PlanRotation,
}

impl Fact {
    /// What happened: of a request that is carried, the fact within.
    #[must_use]
    pub fn effective(&self) -> &Self {
        match self {
            Self::RequestCarried(carried) => carried.fact(),
            fact => fact,
        }
    }

    /// The stream whose revision it raises.
    #[must_use]
    pub fn stream(&self) -> EntityRef {
        self.event().stream()
    }

    /// The names that it introduces.
    pub fn names(&self, add: &mut dyn FnMut(Entry)) {
        self.event().names(add);
    }

    /// The entities whose state it changes.
    pub fn entities(&self, visit: &mut dyn FnMut(EntityRef)) {
        self.event().entities(visit);
    }
}

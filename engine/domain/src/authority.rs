//! Rules before every act's own: who signs, when, under which mandate and condition.

use crate::act::{Access, Authored};
use crate::entity::{EntityRef, Kind};
use crate::fact::{Author, Record};
use crate::id::{Hash, KeyId, MemberId, Slug, StatementId};
use crate::rejection::{Rejection, rejections};
use crate::role::{self, Power, Scope, standing};
use crate::safeguard::{self, Subject, Uses};
use crate::time::Timestamp;
use crate::world::World;
use serde::{Deserialize, Serialize};
use std::cell::Cell;

rejections! {
    /// Refusals that any act can meet, in order of precedence.
    Authority {
        /// The log is empty: its first statement must found the instance.
        NotFounded => "instance.not-founded",
        /// The instance is founded already.
        AlreadyFounded => "instance.already-founded",
        /// The author's clock is ahead of the log's by more than [`CLOCK_SKEW_MS_MAX`].
        IssuedInFuture => "statement.issued-in-future",
        /// The statement claims to be older than the instance.
        IssuedBeforeFounding => "statement.issued-before-founding",
        /// No member has this key.
        KeyUnknown => "key.unknown",
        /// The key belongs to somebody else than the author named.
        KeyNotAuthors => "key.not-authors",
        /// The key was revoked earlier in the log.
        KeyRevoked => "key.revoked",
        /// The author has left.
        AuthorLeft => "author.left",
        /// Only the instance's own key does this.
        RegistrarOnly => "author.registrar-only",
        /// The instance's own key does not do this.
        MembersOnly => "author.members-only",
        /// The condition names more streams than [`CONDITION_STREAMS_MAX`].
        TooManyStreams => "condition.too-many-streams",
        /// The condition names a stream that does not exist.
        StreamUnknown => "condition.stream-unknown",
        /// The stream is not at the expected revision.
        Revision => "condition.revision",
        /// One of the streams changed after the stated position.
        Changed => "condition.changed",
        /// There is no such assignment.
        AssignmentUnknown => "mandate.unknown",
        /// The assignment is held by somebody else, who has not delegated it to the author.
        NotHolder => "mandate.not-holder",
        /// The holder has not accepted the mandate.
        NotAccepted => "mandate.not-accepted",
        /// The term has not begun.
        NotStarted => "mandate.not-started",
        /// The term is over, the assignment was ended, or its holder has left.
        Ended => "mandate.ended",
        /// The act needs a power, and no assignment is named in `as`.
        AsRequired => "mandate.as-required",
        /// The role does not carry the power, or its holder has not delegated it.
        PowerMissing => "mandate.power-missing",
        /// The role's power does not reach so far.
        OutOfScope => "mandate.out-of-scope",
    }
}

/// How far an author's clock may be ahead of the log's: five minutes.
pub const CLOCK_SKEW_MS_MAX: i64 = 300_000;

/// Most streams that a condition can name.
pub const CONDITION_STREAMS_MAX: usize = 16;

/// Name of a stream in a condition: the kind's word, a slash and the entity's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StreamName {
    /// The kind of entity.
    pub kind: Kind,
    /// Its UUID, slug or code.
    pub name: String,
}

impl StreamName {
    const EXPECTED: &'static str = "a stream such as vote/01890000-0000-7000-8000-000000000000";
}

impl std::fmt::Display for StreamName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind.word(), self.name)
    }
}

impl std::str::FromStr for StreamName {
    type Err = crate::id::InvalidId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/');
        let found = parts.and_then(|(word, name)| Some((Kind::from_word(word)?, name)));
        match found {
            Some((kind, name)) if !name.is_empty() && name.len() <= 64 => {
                Ok(Self { kind, name: name.to_owned() })
            }
            _ => Err(crate::id::InvalidId { expected: Self::EXPECTED }),
        }
    }
}
crate::id::serde_as_text!(StreamName);

/// What a revision must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// The stream has no event.
    Absent,
    /// The stream has at least one event.
    Present,
    /// The last event of the stream has this revision (from 0).
    Exactly(u64),
}

/// An expected revision of one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRevision {
    /// Which stream.
    pub stream: StreamName,
    /// What it must be at.
    pub is: Expected,
}

/// Streams that must not have changed since a position that the author had seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unchanged {
    /// The last position that the author had seen.
    pub since: u64,
    /// Which streams, at most [`CONDITION_STREAMS_MAX`].
    pub streams: Vec<StreamName>,
}

/// The member `if` of a statement: what must still hold for it to be accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// An expected revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<ExpectedRevision>,
    /// Streams without a later event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged: Option<Unchanged>,
}

/// An earlier record that a command cites, found by the engine.
#[derive(Clone, Debug)]
pub struct Cited {
    /// Where it stands.
    pub position: u64,
    /// What it is.
    pub record: Record,
}

/// What a command is decided upon.
pub struct Cx<'a> {
    /// The state just before.
    pub world: &'a World,
    /// The position that the act will have.
    pub position: u64,
    /// When it is recorded: the only clock of the rules.
    pub at: Timestamp,
    /// The statement's id.
    pub id: StatementId,
    /// The key that signed.
    pub key: KeyId,
    /// Who signed, by number.
    pub author: Author,
    /// Who signed, by pseudonym.
    pub author_id: MemberId,
    /// The assignment named in `as`, active, and held by the author or delegated to them.
    pub acting_as: Option<u32>,
    /// SHA-256 of the signed payload.
    pub payload_hash: Hash,
    /// The record that the command cites, if it was found.
    pub cited: Option<&'a Cited>,
    /// What the act was found to use while it was decided.
    uses: Cell<Uses>,
}

impl<'a> Cx<'a> {
    /// The author, as a member.
    ///
    /// # Errors
    /// [`Authority::MembersOnly`].
    pub fn member(&self) -> Result<u32, Authority> {
        self.author.member().ok_or(Authority::MembersOnly)
    }

    /// The role under which the author acts.
    #[must_use]
    pub fn role(&self) -> Option<u32> {
        let assignment = self.world.tables.assignments.get(self.acting_as?)?;
        Some(assignment.role)
    }

    /// The role under which the act is done, which carries the power everywhere: for acts whose
    /// reach can not be told. Others say how far they reach, see [`Cx::require_scoped`].
    ///
    /// # Errors
    /// [`Authority::AsRequired`], [`Authority::PowerMissing`] or [`Authority::OutOfScope`].
    pub fn require(&self, power: Power) -> Result<u32, Authority> {
        let granted = self.require_scoped(power)?;
        granted.check_everywhere()?;
        Ok(granted.role)
    }

    /// The role under which the act is done, which carries the power as far as the answer says.
    ///
    /// # Errors
    /// [`Authority::AsRequired`] or [`Authority::PowerMissing`].
    pub fn require_scoped(&self, power: Power) -> Result<Granted<'_>, Authority> {
        let role = self.role().ok_or(Authority::AsRequired)?;
        let state = self.world.tables.roles.get(role).ok_or(Authority::AsRequired)?;
        if !state.powers.contains(&power) || !self.may_use(power) {
            return Err(Authority::PowerMissing);
        }
        self.uses.set(self.uses.get().with_power(power));
        let charter = role::charter(self.world, role);
        Ok(Granted { role, scope: charter.and_then(|charter| charter.scope(power)) })
    }

    /// Whether the author, where they act as somebody's delegate, was given that power.
    #[must_use]
    pub fn may_use(&self, power: Power) -> bool {
        let Some(index) = self.acting_as else { return true };
        let holder = self.world.tables.assignments.get(index).map(|held| held.member);
        let given = || standing::delegate(self.world, index, self.at);
        holder == self.author.member() || given().is_some_and(|given| given.powers.contains(&power))
    }

    /// Notes that the act changes who may do what: it defines or gives a role that carries powers.
    pub fn changes_rules(&self) {
        self.uses.set(self.uses.get().with_rules());
    }

    /// Notes that the act changes a safeguard.
    pub fn changes_safeguard(&self, subject: Subject) {
        self.uses.set(self.uses.get().with_change(subject));
    }

    /// Notes that the act replaces the keys of a member.
    pub fn recovers_key_of(&self, member: u32) {
        self.uses.set(self.uses.get().with_recovery(member));
    }

    /// Notes that the act takes the last key of another: they could stop no recovery any more.
    pub fn revokes_last_key(&self) {
        self.uses.set(self.uses.get().with_last_key());
    }

    /// What the act was found to use so far.
    #[must_use]
    pub fn uses(&self) -> Uses {
        self.uses.get()
    }

    /// The same, with nothing used yet: for an act within an act.
    #[must_use]
    pub fn afresh(&self) -> Cx<'a> {
        Cx { uses: Cell::default(), ..*self }
    }

    /// The number of a named thing.
    #[must_use]
    pub fn find(&self, kind: Kind, slug: &Slug) -> Option<u32> {
        self.world.directory.by_word(kind, slug.as_str())
    }

    /// The number of a thing named by a UUID.
    #[must_use]
    pub fn find_uuid(&self, kind: Kind, id: u128) -> Option<u32> {
        self.world.directory.by_uuid(kind, id)
    }
}

/// A power, with how far it reaches. Who asks for it checks that the act stays within.
#[must_use]
#[derive(Clone, Copy, Debug)]
pub struct Granted<'a> {
    /// Number of the role.
    pub role: u32,
    /// Where the power holds; everywhere when absent.
    scope: Option<&'a Scope>,
}

impl Granted<'_> {
    /// Whether it reaches a circle.
    ///
    /// # Errors
    /// [`Authority::OutOfScope`].
    pub fn check_circle(&self, cx: &Cx<'_>, circle: u32) -> Result<(), Authority> {
        self.check(|scope| scope.reaches_circle(&cx.world.tables, circle))
    }

    /// Whether it reaches all of these groups; `None` stands for every member.
    ///
    /// # Errors
    /// [`Authority::OutOfScope`].
    pub fn check_groups(&self, groups: Option<&[u32]>) -> Result<(), Authority> {
        self.check(|scope| scope.reaches_groups(groups))
    }

    /// Whether so much may be taken at once in a unit.
    ///
    /// # Errors
    /// [`Authority::OutOfScope`].
    pub fn check_amount(&self, unit: u32, amount: u64) -> Result<(), Authority> {
        self.check(|scope| scope.allows(unit, amount))
    }

    /// Whether it reaches everywhere.
    ///
    /// # Errors
    /// [`Authority::OutOfScope`].
    pub fn check_everywhere(&self) -> Result<(), Authority> {
        self.check(Scope::is_everywhere)
    }

    fn check(&self, reaches: impl FnOnce(&Scope) -> bool) -> Result<(), Authority> {
        if self.scope.is_none_or(reaches) { Ok(()) } else { Err(Authority::OutOfScope) }
    }
}

/// Decides a statement: everything above, in order, then the act's own rules.
///
/// # Errors
/// The first rule that forbids it.
pub fn decide(
    world: &World,
    authored: Authored,
    at: Timestamp,
    cited: Option<&Cited>,
) -> Result<Record, Rejection> {
    let author = resolve_author(world, &authored, at)?;
    if let Some(condition) = &authored.condition {
        check_condition(world, condition)?;
    }
    let acting_as =
        authored.acting_as.map(|id| active_assignment(world, id, author, at)).transpose()?;
    let cx = Cx {
        world,
        position: world.position,
        at,
        id: authored.id,
        key: authored.key,
        author,
        author_id: authored.author,
        acting_as,
        payload_hash: authored.payload_hash,
        cited,
        uses: Cell::default(),
    };
    let fact = authored.act.decide(&cx)?;
    safeguard::check_direct(&cx)?;
    Ok(Record { fact, at, author, acting_as })
}

fn resolve_author(world: &World, authored: &Authored, at: Timestamp) -> Result<Author, Authority> {
    let access = authored.act.access();
    let instance = world.tables.instances.get(0);
    match (instance, access == Access::Founding) {
        (None, false) => return Err(Authority::NotFounded),
        (Some(_), true) => return Err(Authority::AlreadyFounded),
        _ => {}
    }
    if authored.issued_at > at.plus_ms(CLOCK_SKEW_MS_MAX) {
        return Err(Authority::IssuedInFuture);
    }
    let Some(instance) = instance else {
        // The founder's number is 0: the founding act checks that the key is the first founder's.
        return Ok(Author::Member(0));
    };
    if authored.issued_at < instance.founded_at.plus_ms(-CLOCK_SKEW_MS_MAX) {
        return Err(Authority::IssuedBeforeFounding);
    }
    if authored.key == instance.registrar {
        return match (authored.author == instance.id, access) {
            (false, _) => Err(Authority::KeyNotAuthors),
            (true, Access::Registrar) => Ok(Author::Registrar),
            (true, _) => Err(Authority::MembersOnly),
        };
    }
    if authored.author == instance.id && world.directory.key_owner(authored.key).is_none() {
        // Nobody signs a call in the instance's name.
        return Err(Authority::KeyUnknown);
    }
    let author = resolve_member(world, authored, access)?;
    if access == Access::Registrar { Err(Authority::RegistrarOnly) } else { Ok(author) }
}

fn resolve_member(world: &World, authored: &Authored, access: Access) -> Result<Author, Authority> {
    let named = world.directory.by_uuid(Kind::Member, authored.author.0);
    let Some(owner) = world.directory.key_owner(authored.key) else {
        let stranger = named.is_none() && access == Access::Anyone;
        return if stranger { Ok(Author::Outsider) } else { Err(Authority::KeyUnknown) };
    };
    if named != Some(owner) {
        return Err(Authority::KeyNotAuthors);
    }
    let member = world.tables.members.get(owner).ok_or(Authority::KeyUnknown)?;
    if !member.key_is_valid(authored.key) {
        return Err(Authority::KeyRevoked);
    }
    if member.left.is_some() {
        return Err(Authority::AuthorLeft);
    }
    Ok(Author::Member(owner))
}

fn check_condition(world: &World, condition: &Condition) -> Result<(), Authority> {
    let find = |stream: &StreamName| {
        let index = world.directory.by_text(stream.kind, &stream.name);
        index.map(|index| EntityRef::new(stream.kind, index))
    };
    let mut unchanged = Vec::new();
    if let Some(Unchanged { streams, .. }) = &condition.unchanged {
        if streams.len() > CONDITION_STREAMS_MAX {
            return Err(Authority::TooManyStreams);
        }
        // What happens to an assignment or an amendment is in the stream of its role or proposal.
        let known =
            |stream: &&StreamName| !matches!(stream.kind, Kind::Assignment | Kind::Amendment);
        unchanged.extend(streams.iter().filter(known).filter_map(find));
        if unchanged.len() != streams.len() {
            return Err(Authority::StreamUnknown);
        }
    }
    if let Some(expected) = &condition.revision {
        let last = find(&expected.stream).and_then(|stream| world.revisions.last(stream));
        let met = match expected.is {
            Expected::Absent => last.is_none(),
            Expected::Present => last.is_some(),
            Expected::Exactly(revision) => last.is_some_and(|last| last.revision == revision),
        };
        if !met {
            return Err(Authority::Revision);
        }
    }
    let since = condition.unchanged.as_ref().map(|unchanged| unchanged.since);
    let changed = |stream: &EntityRef| {
        let last = world.revisions.last(*stream);
        last.is_some_and(|last| since.is_some_and(|since| last.position > since))
    };
    if unchanged.iter().any(changed) { Err(Authority::Changed) } else { Ok(()) }
}

fn active_assignment(
    world: &World,
    id: StatementId,
    author: Author,
    at: Timestamp,
) -> Result<u32, Authority> {
    let index = world.directory.by_uuid(Kind::Assignment, id.0);
    let index = index.ok_or(Authority::AssignmentUnknown)?;
    let assignment = world.tables.assignments.get(index).ok_or(Authority::AssignmentUnknown)?;
    if author.member() != Some(assignment.member) {
        let delegate = standing::delegate(world, index, at).map(|given| given.to);
        if delegate.is_none() || author.member() != delegate {
            return Err(Authority::NotHolder);
        }
    }
    if standing::tenure(world, index).is_awaited() {
        return Err(Authority::NotAccepted);
    }
    if at < assignment.from {
        return Err(Authority::NotStarted);
    }
    let holder = world.tables.members.get(assignment.member);
    let gone = holder.is_none_or(|holder| holder.left.is_some());
    if assignment.ended.is_some() || at >= assignment.until || gone {
        return Err(Authority::Ended);
    }
    Ok(index)
}

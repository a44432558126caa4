//! Acts of draws by lot in few words.

use archipel_domain::draw::{Announcement, Beacon, Chain, Entropy, NumberSource, Reveal};
use archipel_domain::id::{Hash, StatementId};
use archipel_domain::sortition::{
    AnnounceDraw, DeclineDraw, DrawLots, DrawPool, Fallback, FilePool, Listed, ListedStratum,
    MemberDesign, MemberPool, MemberTerms,
};
use archipel_domain::time::Timestamp;

use super::{Person, acts};

/// So many seats and alternates, for any member.
#[must_use]
pub fn simple(seats: u32, alternates: u32) -> MemberTerms {
    MemberTerms { alternates, design: MemberDesign::Simple, fallback: Fallback::Empty, seats }
}

/// So many seats and one alternate for each group.
#[must_use]
pub fn by_group(seats: &[(&str, u32)]) -> MemberTerms {
    let groups = seats.iter().map(|(group, seats)| (acts::slug(group), *seats)).collect();
    let count = seats.iter().map(|(_, seats)| seats).sum();
    MemberTerms { design: MemberDesign::Seats(groups), ..simple(count, 1) }
}

/// Every member.
#[must_use]
pub fn members(parameters: MemberTerms) -> DrawPool {
    DrawPool::Members(MemberPool { groups: None, parameters })
}

/// The members of these groups.
#[must_use]
pub fn groups(groups: &[&str], parameters: MemberTerms) -> DrawPool {
    let groups = Some(groups.iter().map(|group| acts::slug(group)).collect());
    DrawPool::Members(MemberPool { groups, parameters })
}

/// People in a file.
#[must_use]
pub fn file(people: u32, seats: u32) -> DrawPool {
    let (parameters, root) = (Hash::of(b"parameters"), Hash::of(b"pool"));
    DrawPool::File(FilePool { parameters, people, root, seats })
}

/// The secrets of one draw: three, told from those of others by a number.
#[must_use]
pub fn secrets(of: u64) -> [Hash; 3] {
    [1, 2, 3].map(|one| Hash::of(&(of * 10 + one).to_be_bytes()))
}

/// Commitments to them, of which so many must be revealed.
#[must_use]
pub fn committed(of: u64, least: u32) -> Announcement {
    let commitments = secrets(of).iter().map(|secret| Hash::of(&secret.0)).collect();
    Announcement::Secrets { commitments, least }
}

/// All secrets of a draw, but for this one.
#[must_use]
pub fn revealed(of: u64, missing: Option<usize>) -> Entropy {
    let reveal = |(place, secret)| {
        if missing == Some(place) { Reveal::Missing } else { Reveal::Secret(secret) }
    };
    Entropy::Secrets(secrets(of).into_iter().enumerate().map(reveal).collect())
}

/// Six numbers of 49, of a lottery that is told from others by a number.
#[must_use]
pub fn lottery(of: u64) -> Announcement {
    let source = NumberSource { name: format!("Loto, tirage {of}"), of: 49, taken: 6 };
    Announcement::Numbers { sources: vec![source] }
}

/// What came of it.
#[must_use]
pub fn published() -> Entropy {
    Entropy::Numbers(vec![vec![3, 14, 15, 9, 26, 5]])
}

/// The first round of the quick network that comes after a moment.
///
/// # Panics
/// If the network is not known.
#[must_use]
pub fn round(after: Timestamp) -> (Hash, u64) {
    let chain = Chain::by_name("drand-quicknet").unwrap();
    (chain.hash, chain.first_round_after(after))
}

/// A round, with a signature that nobody made.
#[must_use]
pub fn beacon((chain, round): (Hash, u64)) -> Entropy {
    let (signature, previous_signature) = (vec![7; 48], Vec::new());
    Entropy::Beacon(Beacon { chain, previous_signature, round, signature })
}

/// An announcement.
#[must_use]
pub fn announce(pool: DrawPool, chance: Announcement, comes_at: Option<Timestamp>) -> AnnounceDraw {
    let (title, purpose) = (acts::line("draw"), acts::reason());
    AnnounceDraw { title, purpose, pool, chance, comes_at, fills: None }
}

/// What came for a draw among members.
#[must_use]
pub fn draw(draw: StatementId, entropy: Entropy) -> DrawLots {
    DrawLots { draw, entropy, listed: None }
}

/// What came for a draw among others, in strata: who was drawn, alternates, where to look then.
#[must_use]
pub fn listed(
    draw: StatementId,
    entropy: Entropy,
    strata: &[(&[&str], &[&str], &[u32])],
) -> DrawLots {
    let lines = |names: &[&str]| names.iter().map(|name| acts::line(name)).collect();
    let stratum = |(drawn, alternates, then): &(&[&str], &[&str], &[u32])| ListedStratum {
        alternates: lines(alternates),
        drawn: lines(drawn),
        then: then.to_vec(),
    };
    let strata = strata.iter().map(stratum).collect();
    let listed = Some(Listed { file: Hash::of(b"file"), strata });
    DrawLots { draw, entropy, listed }
}

/// Somebody declines, or is said to be unable to answer.
#[must_use]
pub fn decline(draw: StatementId, who: Person) -> DeclineDraw {
    decline_as(draw, &who.id.to_string())
}

/// The same of somebody who is in a file.
#[must_use]
pub fn decline_as(draw: StatementId, who: &str) -> DeclineDraw {
    DeclineDraw { draw, person: acts::line(who), reason: acts::reason() }
}

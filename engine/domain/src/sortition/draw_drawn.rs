//! `draw.drawn/1`

use super::{
    Draw, Draws, FilePool, FrozenPool, GROUPS_MAX, LotsDrawn, MemberTerms, PLACES_MAX, Places,
    VerifiedBefore, find, pool_at,
};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::draw::{self, Announcement, Beacon, Entropy, Lot, Subject};
use crate::entity::{EntityRef, Kind};
use crate::fact::Recorded;
use crate::id::{Hash, Line, MemberId, StatementId};
use crate::rejection::Rejection;
use crate::tables::EntityMut;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Those of one stratum, as the published file lists them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedStratum {
    /// Who replaces those who decline, in this order.
    pub alternates: Vec<Line>,
    /// Who has a seat, in the order in which they were drawn.
    pub drawn: Vec<Line>,
    /// By the parameters' fallback, from which strata its seats are filled when no alternate is
    /// left, in this order.
    pub then: Vec<u32>,
}

/// Who was drawn from people who are not members: not checked here, but by whoever redoes the
/// draw from the published file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    /// SHA-256 of the published file.
    pub file: Hash,
    /// The strata, in the order of the file.
    pub strata: Vec<ListedStratum>,
}

/// Records what came, from which the draw follows. Any member can: the outcome is not theirs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawLots {
    /// Which draw.
    pub draw: StatementId,
    /// What came.
    pub entropy: Entropy,
    /// Who was drawn, when they are not members. Of members the log draws them itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Listed>,
}

/// The lot was drawn.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DrawDrawn {
    index: u32,
    entropy: Entropy,
    seed: Hash,
    strata: Vec<Places>,
    listed: Option<(Hash, Vec<Line>)>,
}

impl Command for DrawLots {
    type Event = DrawDrawn;

    fn decide(self, cx: &Cx<'_>) -> Result<DrawDrawn, Rejection> {
        let (index, draw) = find(cx, self.draw)?;
        let (pool, chance) =
            draw.pool.as_ref().zip(draw.chance.as_ref()).ok_or(Draws::DrawUnknown)?;
        if draw.drawn.is_some() {
            return Err(Draws::AlreadyDrawn.into());
        }
        if cx.at < draw.comes_at && !is_complete(chance, &self.entropy) {
            return Err(Draws::TooEarly.into());
        }
        let (draw_id, parameters) = (self.draw, pool.parameters());
        let subject = Subject { draw: draw_id, pool: pool.root(), parameters };
        let seed = self.entropy.seed(chance, &subject, &VerifiedBefore).map_err(Draws::from)?;
        let (strata, listed) = match (pool, self.listed) {
            (FrozenPool::Members { groups, terms, .. }, None) => {
                (draw_members(cx, draw, groups.as_deref(), terms, seed)?, None)
            }
            (FrozenPool::File(pool), Some(listed)) => {
                let file = listed.file;
                let (strata, ids) = listed.number(pool)?;
                (strata, Some((file, ids)))
            }
            _ => return Err(Draws::List.into()),
        };
        Ok(DrawDrawn { index, entropy: self.entropy, seed, strata, listed })
    }

    fn beacons(&self) -> Vec<Beacon> {
        match &self.entropy {
            Entropy::Beacon(beacon) => vec![beacon.clone()],
            _ => Vec::new(),
        }
    }
}

/// Whether everything came that was announced: secrets can all be revealed before their date.
pub(crate) fn is_complete(chance: &Announcement, entropy: &Entropy) -> bool {
    let secrets = (chance, entropy);
    matches!(secrets, (Announcement::Secrets { .. }, Entropy::Secrets(_)))
        && entropy.missing().next().is_none()
}

/// Draws from those who were members at the announcement.
fn draw_members(
    cx: &Cx<'_>,
    draw: &Draw,
    groups: Option<&[u32]>,
    terms: &MemberTerms,
    seed: Hash,
) -> Result<Vec<Places>, Draws> {
    let pool = pool_at(cx.world, draw.announced, groups, terms)?;
    let drawn = draw::draw(&pool, &terms.parameters(), &Lot::Seed(seed))?;
    let number = |place: &u32| {
        let id: MemberId = pool.person(*place)?.id.parse().ok()?;
        cx.find_uuid(Kind::Member, id.0)
    };
    let numbers = |places: &[u32]| places.iter().filter_map(number).collect();
    let strata = (0..).zip(&drawn.strata).map(|(stratum, each)| Places {
        drawn: numbers(&each.drawn),
        alternates: numbers(&each.alternates),
        then: terms.then(stratum),
    });
    Ok(strata.collect())
}

impl Listed {
    /// Gives the people numbers, if they are as many as announced and each is listed once.
    fn number(self, pool: &FilePool) -> Result<(Vec<Places>, Vec<Line>), Draws> {
        let strata = self.strata;
        let seats: usize = strata.iter().map(|stratum| stratum.drawn.len()).sum();
        let alternates: usize = strata.iter().map(|stratum| stratum.alternates.len()).sum();
        let all = seats.saturating_add(alternates);
        let is_count = |count: usize, most: u32| u32::try_from(count).is_ok_and(|n| n <= most);
        let fits = u32::try_from(seats) == Ok(pool.seats)
            && is_count(all, pool.people.min(PLACES_MAX))
            && strata.len() <= GROUPS_MAX;
        if !fits || !strata.iter().enumerate().all(|(own, each)| each.leads_on(own, strata.len())) {
            return Err(Draws::List);
        }
        let (mut ids, mut numbers) = (Vec::new(), BTreeMap::new());
        let mut number = |names: Vec<Line>| -> Result<Vec<u32>, Draws> {
            let mut given = Vec::with_capacity(names.len());
            for name in names {
                let next = u32::try_from(ids.len()).map_err(|_| Draws::List)?;
                if numbers.insert(name.clone(), next).is_some() {
                    return Err(Draws::List);
                }
                ids.push(name);
                given.push(next);
            }
            Ok(given)
        };
        let mut places = Vec::with_capacity(strata.len());
        for ListedStratum { drawn, alternates, then } in strata {
            let (drawn, alternates) = (number(drawn)?, number(alternates)?);
            places.push(Places { drawn, alternates, then });
        }
        Ok((places, ids))
    }
}

impl ListedStratum {
    /// Whether it leads to other strata that there are, each once.
    fn leads_on(&self, own: usize, strata: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut then = self.then.iter().map(|number| usize::try_from(*number).unwrap_or(strata));
        then.all(|number| number < strata && number != own && seen.insert(number))
    }
}

impl Event for DrawDrawn {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Draw, self.index)
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Draw(draw) = entity {
            draw.drawn = Some(LotsDrawn {
                position: recorded.position,
                at: recorded.record.at,
                entropy: self.entropy.clone(),
                seed: self.seed,
                strata: self.strata.clone(),
                listed: self.listed.clone(),
            });
        }
    }
}

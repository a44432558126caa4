//! `draw.announced/1`

use super::{DRAW_DAYS_MAX, Draw, DrawPool, Draws, FrozenPool};
use crate::act::{Command, Event};
use crate::authority::Cx;
use crate::draw::{Announcement, Chain};
use crate::entity::{EntityRef, Entry, Kind, Name};
use crate::fact::Recorded;
use crate::id::{Hash, Line, Prose, StatementId};
use crate::rejection::Rejection;
use crate::role::{self, Choosers, Fill, FrozenFill, Power, Roles, Way, check_may_fill};
use crate::tables::EntityMut;
use crate::time::Timestamp;
use crate::vote::rules::TiePolicy;
use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Announces a draw by lot: fixes who can be drawn and how, and where chance will come from,
/// before anybody can know it. The draw is named by this statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnounceDraw {
    /// Title for people.
    pub title: Line,
    /// What it is for.
    pub purpose: Prose,
    /// Who can be drawn, and how.
    pub pool: DrawPool,
    /// Where chance will come from.
    pub chance: Announcement,
    /// When the numbers are published, or until when secrets are awaited. A beacon says itself
    /// when its round comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comes_at: Option<Timestamp>,
    /// The role that it fills, and for which term; those drawn from members only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fills: Option<Fill>,
}

/// A draw was announced.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DrawAnnounced {
    index: u32,
    draw: StatementId,
    title: Line,
    purpose: Prose,
    pool: FrozenPool,
    chance: Announcement,
    comes_at: Timestamp,
    fills: Option<FrozenFill>,
}

impl Command for AnnounceDraw {
    type Event = DrawAnnounced;

    fn decide(self, cx: &Cx<'_>) -> Result<DrawAnnounced, Rejection> {
        let granted = cx.require_scoped(Power::Roles)?;
        let fills = self.fills.as_ref().map(|fill| fill.freeze(cx, Way::Draw)).transpose()?;
        match fills {
            Some(fill) => check_may_fill(cx, &granted, fill.role)?,
            None => granted.check_everywhere()?,
        }
        let pool = self.pool.freeze(cx)?;
        if let Some(fill) = fills {
            check_pool(cx, fill, &pool)?;
        }
        self.chance.check_form().map_err(Draws::from)?;
        let comes_at = chance_comes_at(cx, &self.chance, self.comes_at)?;
        if comes_at <= cx.at {
            return Err(Draws::RoundPast.into());
        }
        if is_chance_replayed(cx, &self.chance) {
            return Err(Draws::Replayed.into());
        }
        Ok(DrawAnnounced {
            index: cx.world.tables.draws.next_index(),
            draw: cx.id,
            title: self.title,
            purpose: self.purpose,
            pool,
            chance: self.chance,
            comes_at,
            fills,
        })
    }
}

/// A role is filled from members, and from those whom its charter names.
fn check_pool(cx: &Cx<'_>, fill: FrozenFill, pool: &FrozenPool) -> Result<(), Rejection> {
    let choosers = match pool {
        FrozenPool::File(_) => return Err(Draws::List.into()),
        FrozenPool::Members { groups: None, .. } => Choosers::Everybody,
        FrozenPool::Members { groups: Some(groups), .. } => Choosers::Groups(groups),
    };
    let charter = role::charter(cx.world, fill.role);
    let named = charter.is_none_or(|charter| charter.is_chosen_by(choosers));
    if named { Ok(()) } else { Err(Roles::OtherElectorate.into()) }
}

/// When chance comes: that of a beacon is refused later if it is past.
pub(crate) fn chance_comes_at(
    cx: &Cx<'_>,
    chance: &Announcement,
    stated: Option<Timestamp>,
) -> Result<Timestamp, Draws> {
    let latest = cx.at.plus_ms(DRAW_DAYS_MAX.saturating_mul(Timestamp::DAY_MS));
    let comes_at = match (chance, stated) {
        (Announcement::Beacon { chain, round }, None) => {
            let time = Chain::by_hash(*chain).and_then(|chain| chain.time_of(*round));
            time.ok_or(Draws::WrongRound)?
        }
        (Announcement::Beacon { .. }, Some(_)) | (_, None) => return Err(Draws::Date),
        (_, Some(stated)) if stated <= cx.at => return Err(Draws::Date),
        (_, Some(stated)) => stated,
    };
    if comes_at > latest { Err(Draws::Date) } else { Ok(comes_at) }
}

/// Whether a round, a commitment or a source of numbers served before, so that what comes may be
/// known.
pub(crate) fn is_chance_replayed(cx: &Cx<'_>, chance: &Announcement) -> bool {
    let tables = &cx.world.tables;
    let in_lots = |hash: &Hash| {
        tables.procedures.iter().any(|(_, procedure)| {
            let tie = procedure.rules.as_ref().and_then(|rules| rules.tie.as_ref());
            matches!(tie, Some(TiePolicy::Lot { commitments }) if commitments.contains(hash))
        })
    };
    let in_elections = tables.elections.iter().filter_map(|(_, one)| one.chance.as_ref());
    let in_draws = tables.draws.iter().filter_map(|(_, draw)| draw.chance.as_ref());
    let mut in_draws = in_draws.chain(in_elections).map(|before| match (chance, before) {
        (Announcement::Beacon { .. }, Announcement::Beacon { .. }) => chance == before,
        (
            Announcement::Secrets { commitments, .. },
            Announcement::Secrets { commitments: known, .. },
        ) => commitments.iter().any(|one| known.contains(one)),
        (Announcement::Numbers { sources }, Announcement::Numbers { sources: known }) => {
            sources.iter().any(|one| known.contains(one))
        }
        _ => false,
    });
    let voted = |commitments: &Vec<Hash>| commitments.iter().any(in_lots);
    let in_votes =
        matches!(chance, Announcement::Secrets { commitments, .. } if voted(commitments));
    in_votes || in_draws.any(|replayed| replayed)
}

impl Event for DrawAnnounced {
    fn stream(&self) -> EntityRef {
        EntityRef::new(Kind::Draw, self.index)
    }

    fn names(&self, add: &mut dyn FnMut(Entry)) {
        add(Entry::Named(self.stream(), Name::Uuid(self.draw.0)));
    }

    fn evolve(&self, _: u32, entity: EntityMut<'_>, recorded: &Recorded<'_>) {
        if let EntityMut::Draw(draw) = entity {
            *draw = Draw {
                title: Some(self.title.clone()),
                purpose: Some(self.purpose.clone()),
                announced: recorded.position,
                announced_at: recorded.record.at,
                pool: Some(self.pool.clone()),
                chance: Some(self.chance.clone()),
                comes_at: self.comes_at,
                fills: self.fills,
                drawn: None,
                declined: Vec::new(),
            };
        }
    }
}

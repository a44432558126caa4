//! The instance as a whole: status, views, activity, and the list of rejections.

use super::names::{name, page};
use super::{Context, Page, QueryError, WITHHELD, votes};
use archipel_domain::entity::Kind;
use archipel_domain::rejection::Rejection;
use archipel_domain::world::{View, World};
use serde_json::{Map, Value, json};

pub(super) fn status(cx: &Context<'_>) -> Value {
    let tables = &cx.world.tables;
    let instance = tables.instances.get(0);
    let present = tables.members.iter().filter(|(_, member)| member.left.is_none());
    let open = tables.votes.iter().filter(|(_, vote)| vote.closed.is_none());
    json!({
        "origin": cx.origin,
        "founded": instance.is_some(),
        "name": instance.and_then(|instance| instance.name.as_ref()),
        "members": present.count(),
        "groups": tables.groups.next_index(),
        "circles": tables.circles.next_index(),
        "roles": tables.roles.next_index(),
        "proposals": tables.proposals.next_index(),
        "amendments": tables.amendments.next_index(),
        "votes": tables.votes.next_index(),
        "open_votes": open.count(),
        "units": tables.units.next_index(),
        "accounts": tables.accounts.next_index(),
        "moves": cx.world.balances.moves(),
    })
}

pub(super) fn instance(cx: &Context<'_>) -> Result<Value, QueryError> {
    let instance = cx.world.tables.instances.get(0).ok_or(QueryError::NotFound)?;
    Ok(json!({
        "id": instance.id,
        "origin": cx.origin,
        "name": instance.name,
        "charter": instance.charter,
        "registrar": instance.registrar,
        "founded_at": instance.founded_at,
        "root_circle": name(cx.world, Kind::Circle, 0),
        "founding_role": name(cx.world, Kind::Role, 0),
    }))
}

/// Other logs.
pub(super) fn logs(world: &World, asked: Page) -> Value {
    page(world.tables.logs.iter(), asked, |(index, log)| {
        json!({
            "log": name(world, Kind::Log, index),
            "origin": log.origin,
            "key": log.seen.map(|seen| seen.key),
            "size": log.seen.map(|seen| seen.size),
            "root": log.seen.map(|seen| seen.root),
            "recorded": log.seen.map(|seen| seen.recorded),
        })
    })
}

pub(super) fn views(world: &World) -> Value {
    let views: Vec<Value> = View::ALL.into_iter().map(|one| view(world, one)).collect();
    json!({"items": views, "total": views.len(), "next": null})
}

pub(super) fn view(world: &World, view: View) -> Value {
    // Whoever knows the state before could find the ballot that leads to the hash after.
    let secret = view == View::Tallies && votes::any_open(world);
    let hash = if secret { json!(WITHHELD) } else { json!(world.state_hash(view)) };
    json!({"view": view.name(), "position": world.position, "state_hash": hash})
}

pub(super) fn timeline(world: &World, asked: Page) -> Value {
    let withheld_from = votes::first_open_day(world);
    let days = page(world.timeline.days(), asked, |(day, counts)| {
        let counts = counts.iter().map(|(act, count)| (act.as_str(), *count));
        let secret = withheld_from.is_some_and(|first| day >= first);
        json!({"day": day, "date": date(day), "acts": acts(counts, secret)})
    });
    let totals = acts(world.timeline.totals().into_iter(), withheld_from.is_some());
    json!({"days": days, "totals": totals})
}

/// Counts by type of act. Where ballots are withheld they are so even if there is none.
fn acts<'a>(counts: impl Iterator<Item = (&'a str, u64)>, secret: bool) -> Map<String, Value> {
    let counts = counts.map(|(act, count)| (act.to_owned(), json!(count)));
    let mut counts: Map<String, Value> = counts.collect();
    if secret {
        counts.insert("ballot.cast/1".to_owned(), json!(WITHHELD));
    }
    counts
}

/// The date of a day since 1970-01-01, in the proleptic Gregorian calendar.
fn date(day: i64) -> String {
    const DAYS_400_YEARS: i64 = 146_097;
    // Years that begin in March, so that the leap day is the last; day 0 is 0000-03-01.
    let day = day.saturating_add(719_468);
    let era = day.div_euclid(DAYS_400_YEARS);
    let day_of_era = day.rem_euclid(DAYS_400_YEARS);
    let leap = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = era.saturating_mul(400).saturating_add(year_of_era + next);
    format!("{year:04}-{month:02}-{day_of_month:02}")
}

pub(super) fn rejections() -> Value {
    let codes: Vec<&str> = Rejection::all().map(Rejection::code).collect();
    json!({"items": codes, "total": codes.len(), "next": null})
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        for (day, expect) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_780, "2026-11-23"),
            (-25_509, "1900-02-28"),
            (-25_508, "1900-03-01"),
        ] {
            assert_eq!(date(day), expect);
        }
    }
}

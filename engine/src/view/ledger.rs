//! Units, accounts and moves.

use super::log::{read_facts, record_of};
use super::names::{find, name, page};
use super::{Context, Page, QueryError, roster};
use crate::books::decimal;
use crate::store::StreamKey;
use archipel_domain::act::Fact;
use archipel_domain::entity::Kind;
use archipel_domain::fact::Record;
use archipel_domain::ledger::{Account, Leg, OwnerRef, Unit};
use archipel_domain::world::World;
use serde_json::{Value, json};

pub(super) fn units(world: &World, asked: Page) -> Value {
    page(world.tables.units.iter(), asked, |(index, unit)| {
        let accounts = || world.tables.accounts.iter().filter(|(_, a)| a.unit == index);
        let balances = accounts().map(|(account, _)| world.balances.of(account));
        let sum = balances.fold(0_i128, i128::saturating_add);
        json!({
            "code": name(world, Kind::Unit, index),
            "name": unit.name,
            "scale": unit.scale,
            "kind": unit.kind,
            "accounts": accounts().count(),
            // Zero at every position: what leaves one account enters another.
            "sum": number(sum),
        })
    })
}

pub(super) fn accounts(world: &World, asked: Page) -> Value {
    page(world.tables.accounts.iter(), asked, |(index, account)| {
        account_line(world, index, account)
    })
}

pub(super) fn account(world: &World, slug: &str) -> Result<Value, QueryError> {
    let index = find(world, Kind::Account, slug)?;
    let account = world.tables.accounts.get(index).ok_or(QueryError::NotFound)?;
    Ok(account_line(world, index, account))
}

fn account_line(world: &World, index: u32, account: &Account) -> Value {
    let owner = match account.owner {
        OwnerRef::Fund => json!("fund"),
        OwnerRef::Exterior => json!("exterior"),
        OwnerRef::Member(owner) => json!({"member": name(world, Kind::Member, owner)}),
        OwnerRef::Group(owner) => json!({"group": name(world, Kind::Group, owner)}),
        OwnerRef::Circle(owner) => json!({"circle": name(world, Kind::Circle, owner)}),
    };
    let balance = world.balances.of(index);
    json!({
        "account": name(world, Kind::Account, index),
        "unit": name(world, Kind::Unit, account.unit),
        "owner": owner,
        "steward": account.steward.map(|role| name(world, Kind::Role, role)),
        "balance": number(balance),
        "balance_text": decimal(balance, scale(world, account)),
        "floor": account.floor,
        "ceiling": account.ceiling,
        "closed": account.closed,
    })
}

fn scale(world: &World, account: &Account) -> u8 {
    world.tables.units.get(account.unit).map_or(0, |unit: &Unit| unit.scale)
}

/// An amount as a JSON integer; as text beyond 64 bits, which no admitted balance reaches.
fn number(amount: i128) -> Value {
    i64::try_from(amount).map_or_else(|_| json!(amount.to_string()), |amount| json!(amount))
}

fn legs_of(record: &Record) -> Option<&[Leg]> {
    match record.fact.effective() {
        Fact::MovePosted(posted) => Some(&posted.legs),
        Fact::MoveReversed(reversed) => Some(&reversed.legs),
        _ => None,
    }
}

/// The moves of an account, with the balance after each. Pages are by position.
pub(super) fn statement(cx: &Context<'_>, slug: &str, asked: Page) -> Result<Value, QueryError> {
    let world = cx.world;
    let index = find(world, Kind::Account, slug)?;
    let account = world.tables.accounts.get(index).ok_or(QueryError::NotFound)?;
    let scale = scale(world, account);
    // A move over several units stands in the stream of its first leg's unit: look in all.
    let mut positions = Vec::new();
    for (unit, _) in world.tables.units.iter() {
        let key = StreamKey { kind: Kind::Unit.number(), index: unit };
        positions.extend(cx.store.stream(key, 0..world.position)?);
    }
    positions.sort_unstable();
    let (mut balance, mut opening, mut total) = (0_i128, 0_i128, 0_u64);
    let (mut items, mut next) = (Vec::new(), None);
    read_facts(cx.store, &positions, &mut |position, record| {
        let legs = legs_of(&record).unwrap_or_default();
        let Some(leg) = legs.iter().find(|leg| leg.account == index) else {
            return;
        };
        balance = balance.saturating_add(i128::from(leg.amount));
        total = total.saturating_add(1);
        if position < asked.from {
            opening = balance;
        } else if (items.len() as u64) < asked.limit {
            let mut item = move_line(world, position, &record);
            if let Some(fields) = item.as_object_mut() {
                fields.insert("amount".to_owned(), json!(leg.amount));
                let text = decimal(i128::from(leg.amount), scale);
                fields.insert("amount_text".to_owned(), json!(text));
                fields.insert("balance".to_owned(), number(balance));
                fields.insert("balance_text".to_owned(), json!(decimal(balance, scale)));
            }
            items.push(item);
        } else {
            next.get_or_insert(position);
        }
    })?;
    Ok(json!({
        "account": name(world, Kind::Account, index),
        "unit": name(world, Kind::Unit, account.unit),
        "opening_balance": number(opening),
        "items": items,
        "total": total,
        "next": next,
    }))
}

fn move_line(world: &World, position: u64, record: &Record) -> Value {
    let (label, reverses) = match record.fact.effective() {
        Fact::MovePosted(posted) => (Some(&posted.label), None),
        Fact::MoveReversed(reversed) => (Some(&reversed.reason), Some(reversed.original)),
        _ => (None, None),
    };
    let legs = legs_of(record).unwrap_or_default().iter().map(|leg| {
        let account = world.tables.accounts.get(leg.account);
        let amount = i128::from(leg.amount);
        json!({
            "account": name(world, Kind::Account, leg.account),
            "amount": leg.amount,
            "amount_text": account.map(|account| decimal(amount, scale(world, account))),
            "unit": account.map(|account| name(world, Kind::Unit, account.unit)),
        })
    });
    json!({
        "position": position,
        "recorded_at": record.at,
        "label": label,
        "legs": legs.collect::<Vec<_>>(),
        // Positions: of the move that this one reverses, and whether this one was reversed.
        "reverses": reverses,
        "reversed": world.reversals.contains(position),
        "author": roster::author(world, record.author),
        "as": record.acting_as.map(|mandate| name(world, Kind::Assignment, mandate)),
    })
}

pub(super) fn one_move(cx: &Context<'_>, id: &str) -> Result<Value, QueryError> {
    let (position, record) = record_of(cx, id)?;
    if legs_of(&record).is_none() {
        return Err(QueryError::NotFound);
    }
    let mut answer = move_line(cx.world, position, &record);
    if let Some(fields) = answer.as_object_mut() {
        fields.insert("id".to_owned(), json!(id));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn amounts_are_written_exactly() {
        for (amount, scale, expect) in [
            (0, 2, "0.00"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (-12_345, 2, "-123.45"),
            (90, 0, "90"),
            (i128::from(i64::MIN), 9, "-9223372036.854775808"),
        ] {
            assert_eq!(decimal(amount, scale), expect);
        }
    }
}

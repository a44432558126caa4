//! The fund chapter: the 1 % called and spent, hours exchanged, a mistake reversed.

use super::convention::{Cast, Refusal, slug};
use super::{Person, ScriptError, Stage, line, sign_all};
use archipel_domain::entity::{EntityRef, Kind};
use archipel_domain::id::Slug;
use archipel_domain::ledger::{
    DefineUnit, OpenAccount, Owner, PostLeg, PostMove, ReverseMove, UnitCode, UnitKind,
};

/// Members who exchange hours.
const EXCHANGERS: usize = 60;
/// Lowest balance of a time account: twenty hours owed.
const TIME_FLOOR_MIN: i64 = -1_200;
/// Highest balance of a time account: sixty hours given.
const TIME_CEILING_MIN: i64 = 3_600;

/// An account at the end.
#[derive(Debug, serde::Serialize)]
pub(crate) struct Balance {
    pub(crate) account: String,
    pub(crate) unit: String,
    pub(crate) scale: u8,
    pub(crate) amount: i128,
}

fn nobody() -> ScriptError {
    ScriptError::Write("the story needs a treasurer".to_owned())
}

fn unit(code: &str) -> Result<UnitCode, ScriptError> {
    code.parse().map_err(|_| ScriptError::Write(format!("{code} is no unit")))
}

fn transfer(
    from: &str,
    to: &str,
    amount: i64,
    code: &str,
    label: &str,
) -> Result<PostMove, ScriptError> {
    let leg = |account: &str, amount: i64| -> Result<PostLeg, ScriptError> {
        Ok(PostLeg { account: slug(account)?, amount, unit: unit(code)? })
    };
    Ok(PostMove { label: line(label), legs: vec![leg(from, -amount)?, leg(to, amount)?] })
}

/// Plays the chapter; answers with the balances that matter.
pub(crate) fn play(
    stage: &mut Stage,
    cast: &Cast,
    groups: &[Slug],
    refusals: &mut Vec<Refusal>,
) -> Result<Vec<Balance>, ScriptError> {
    let treasurer = cast.treasurer().ok_or_else(nobody)?;
    let mandate = Some(cast.treasury);
    let euro =
        DefineUnit { unit: unit("EUR")?, name: line("Euro"), scale: 2, kind: UnitKind::Euro };
    let time =
        DefineUnit { unit: unit("MIN")?, name: line("Minute"), scale: 0, kind: UnitKind::Time };
    stage.by(treasurer, mandate, euro)?;
    stage.by(treasurer, mandate, time)?;
    for (account, owner) in [
        ("dehors", Owner::Exterior),
        ("fonds-commun", Owner::Fund),
        ("campagne:1", Owner::Circle(slug("coordination")?)),
        ("campagne:2", Owner::Circle(slug("coordination")?)),
        ("campagne:3", Owner::Circle(slug("coordination")?)),
    ] {
        stage.by(
            treasurer,
            mandate,
            OpenAccount {
                account: slug(account)?,
                unit: unit("EUR")?,
                owner,
                steward: Some(slug("tresorerie")?),
                floor: None,
                ceiling: None,
            },
        )?;
    }
    contribute(stage, cast, groups)?;
    spend(stage, cast, refusals)?;
    exchange_hours(stage, cast)?;
    Ok(balances(stage))
}

/// One per cent of what each group declares, in whole cents.
fn contribute(stage: &mut Stage, cast: &Cast, groups: &[Slug]) -> Result<(), ScriptError> {
    let treasurer = cast.treasurer().ok_or_else(nobody)?;
    for group in groups {
        let turnover = 100_000 + stage.numbers.below(4_000_000);
        let due = i64::try_from(turnover / 100).unwrap_or(0);
        let label = format!("1 % de {group}");
        let posted = transfer("dehors", "fonds-commun", due, "EUR", &label)?;
        stage.by(treasurer, Some(cast.treasury), posted)?;
    }
    Ok(())
}

fn spend(stage: &mut Stage, cast: &Cast, refusals: &mut Vec<Refusal>) -> Result<(), ScriptError> {
    let treasurer = cast.treasurer().ok_or_else(nobody)?;
    let mandate = Some(cast.treasury);
    for campaign in ["campagne:1", "campagne:2", "campagne:3"] {
        let label = "Budget voté de la campagne";
        stage.by(treasurer, mandate, transfer("fonds-commun", campaign, 150_000, "EUR", label)?)?;
    }
    let rent = transfer("campagne:1", "dehors", 42_000, "EUR", "Location de la salle")?;
    let mistake = stage.by(treasurer, mandate, rent)?.id;
    let reason = line("Salle prêtée : écriture annulée");
    stage.by(treasurer, mandate, ReverseMove { original: mistake, reason })?;
    let twice = ReverseMove { original: mistake, reason: line("Encore") };
    let code = stage.refused(treasurer, mandate, twice)?;
    refusals.push(Refusal { what: "reversed-twice", code });
    let too_much = transfer("campagne:1", "dehors", 150_001, "EUR", "Un centime de trop")?;
    let code = stage.refused(treasurer, mandate, too_much)?;
    refusals.push(Refusal { what: "one-cent-too-much", code });
    let stranger = cast.people.get(9).ok_or_else(nobody)?;
    let theft = transfer("fonds-commun", "dehors", 100, "EUR", "Sans mandat")?;
    let code = stage.refused(stranger, None, theft)?;
    refusals.push(Refusal { what: "without-mandate", code });
    Ok(())
}

fn time_account(number: usize) -> String {
    format!("temps:{:03}", number + 1)
}

fn exchange_hours(stage: &mut Stage, cast: &Cast) -> Result<(), ScriptError> {
    let treasurer = cast.treasurer().ok_or_else(nobody)?;
    let exchangers: Vec<&Person> = cast.people.iter().take(EXCHANGERS).collect();
    let mut drafts = Vec::new();
    for (number, person) in exchangers.iter().enumerate() {
        let act = OpenAccount {
            account: slug(&time_account(number))?,
            unit: unit("MIN")?,
            owner: Owner::Member(person.member),
            steward: None,
            floor: Some(TIME_FLOOR_MIN),
            ceiling: Some(TIME_CEILING_MIN),
        };
        drafts.push((treasurer, stage.draft(&treasurer.member, Some(cast.treasury), act.into())));
    }
    for number in 0..exchangers.len() * 3 {
        let from = number % exchangers.len();
        let to = (from + 1 + stage.numbers.below(exchangers.len() - 1)) % exchangers.len();
        let minutes = i64::try_from(15 * (1 + stage.numbers.below(8))).unwrap_or(15);
        let (from_account, to_account) = (time_account(from), time_account(to));
        let act = transfer(&from_account, &to_account, minutes, "MIN", "Coup de main")?;
        let giver = exchangers.get(from).copied().ok_or_else(nobody)?;
        drafts.push((giver, stage.draft(&giver.member, None, act.into())));
    }
    let signed = sign_all(&stage.origin, drafts.iter().map(|(person, draft)| (*person, draft)))?;
    stage.play(signed)
}

fn balances(stage: &Stage) -> Vec<Balance> {
    let world = stage.engine.views().latest().world;
    let name = |kind, index| {
        let entity = EntityRef::new(kind, index);
        world.directory.name(entity).map(ToString::to_string).unwrap_or_default()
    };
    let accounts = world.tables.accounts.iter().map(|(index, account)| Balance {
        account: name(Kind::Account, index),
        unit: name(Kind::Unit, account.unit),
        scale: world.tables.units.get(account.unit).map_or(0, |unit| unit.scale),
        amount: world.balances.of(index),
    });
    accounts.collect()
}

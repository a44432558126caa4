//! States in memory: counting a million ballots by each method, and folding decoded facts.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use archipel_domain::act::Fact;
use archipel_domain::codec;
use archipel_domain::counting::yes_no::{Majority, Rule};
use archipel_domain::counting::{self, MethodSpec, TallyCounter, Ungraded};
use archipel_domain::fact::{Author, Glance, Record, Recorded};
use archipel_domain::ledger::{Balances, Leg, MovePosted};
use archipel_domain::projection::Projection;
use archipel_domain::time::Timestamp;
use archipel_domain::timeline::Timeline;
use archipel_domain::vote::{BallotCast, Ballots};
use archipel_testkit::sample::scramble;
use archipel_testkit::scenario::acts;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

const ROWS: usize = 1_000_000;
/// Options of the votes that have several.
const OPTIONS: usize = 5;
const FACTS: u64 = 100_000;

fn count(c: &mut Criterion) {
    let grades = ["À rejeter", "Insuffisant", "Passable", "Bien", "Très bien"];
    let grades = grades.map(str::to_owned).to_vec();
    let rule = Rule { quorum: None, majority: Majority::Simple };
    let methods = [
        ("yes/no", MethodSpec::YesNo { rule }, 1, 4),
        ("approval, 5 options", MethodSpec::Approval { seats: 1, max_choices: None }, OPTIONS, 2),
        (
            "majority judgment, 5 options",
            MethodSpec::MajorityJudgment { grades, seats: 1, ungraded: Ungraded::Worst },
            OPTIONS,
            6,
        ),
    ];
    let mut group = c.benchmark_group("count");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (name, method, width, marks) in methods {
        let mark = |n: usize| u8::try_from(1 + scramble(n as u64) % marks).unwrap();
        let matrix: Vec<u8> = (0..ROWS * width).map(mark).collect();
        let options: Vec<String> = (0..width).map(|n| format!("Option {n}")).collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                let mut counter = TallyCounter::new(&method, width);
                counter.add_rows(black_box(&matrix)).unwrap();
                counting::count(&method, &options, &counter.tally(ROWS as u64)).unwrap()
            });
        });
    }
    group.finish();
}

fn record(n: u64) -> Record {
    let dice = scramble(n);
    let (from, to) = (dice as u32 % 20_000, (dice >> 20) as u32 % 20_000);
    let fact = if n.is_multiple_of(2) {
        let row = std::iter::once(1 + (dice >> 40) as u8 % 3).collect();
        Fact::BallotCast(BallotCast { vote: to % 100, voter: from, row })
    } else {
        let legs = [Leg { account: from, amount: -5 }, Leg { account: to, amount: 5 }];
        let legs = legs.into_iter().collect();
        Fact::MovePosted(MovePosted { legs, unit: 0, label: acts::line("Coup de main") })
    };
    let at = Timestamp(1_790_000_000_000 + i64::try_from(n).unwrap());
    Record { fact, at, author: Author::Member(from), acting_as: None }
}

fn fold<P: Projection>(records: &[Record]) -> P {
    let mut state = P::default();
    for (position, record) in (0..).zip(records) {
        state.apply(&Recorded { position, record });
    }
    state
}

fn folds(c: &mut Criterion) {
    let records: Vec<Record> = (0..FACTS).map(record).collect();
    let bytes: Vec<Vec<u8>> = records.iter().map(|record| codec::encode(record).unwrap()).collect();
    let mut group = c.benchmark_group("fold");
    group.throughput(Throughput::Elements(FACTS));
    group.bench_function("tallies", |b| b.iter(|| fold::<Ballots>(&records)));
    group.bench_function("balances", |b| b.iter(|| fold::<Balances>(&records)));
    group.bench_function("timeline", |b| b.iter(|| fold::<Timeline>(&records)));
    group.bench_function("decode in full", |b| {
        b.iter(|| {
            for bytes in &bytes {
                black_box(codec::decode::<Record>(bytes).unwrap());
            }
        });
    });
    group.bench_function("tallies from bytes, by a glance", |b| {
        b.iter(|| {
            let mut state = Ballots::default();
            for bytes in &bytes {
                if let Some(Glance::Ballot { vote, voter, row }) = Glance::at_ballot(bytes) {
                    state.put(vote, voter, row);
                }
            }
            state
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(15)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = count, folds
}
criterion_main!(benches);

//! One statement: canonical form, signature, leaf. One thread; per statement.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

mod common;

use archipel_engine::crypto::{Domain, PublicKey, Signature, Verifier, VerifierCache};
use archipel_engine::log::leaf::Leaf;
use archipel_engine::log::merkle;
use archipel_engine::log::statement::{Draft, Signed, Statement};
use archipel_engine::store::MemoryStore;
use archipel_testkit::keys::{ORIGIN, secret};
use archipel_testkit::sample::scramble;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rayon::prelude::*;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

/// Statements taken in turn, so that no key or text stays in the nearest cache.
const STATEMENTS: usize = 512;

fn statements(c: &mut Criterion) {
    let mut bed = common::Bed::on(Arc::new(MemoryStore::new()));
    let signed = bed.statements(STATEMENTS as u64);
    let parsed: Vec<Statement> =
        signed.iter().map(|signed| Statement::parse(&signed.payload).unwrap()).collect();
    let drafts: Vec<Draft> = parsed
        .iter()
        .map(|Statement { authored, .. }| Draft {
            id: authored.id,
            author: authored.author,
            acting_as: authored.acting_as,
            issued_at: authored.issued_at,
            condition: authored.condition.clone(),
            act: authored.act.clone(),
        })
        .collect();
    let mut turn = (0..STATEMENTS).cycle();
    let mut next = move || turn.next().unwrap();

    let mut group = c.benchmark_group("canonical");
    group.throughput(Throughput::Elements(1));
    group.bench_function("parse", |b| b.iter(|| Statement::parse(&signed[next()].payload)));
    group.bench_function("print", |b| {
        b.iter(|| {
            let at = next();
            drafts[at].payload(ORIGIN, parsed[at].authored.key)
        });
    });
    group.finish();
    signatures(c, &signed, &parsed, &mut next);
    leaves(c, &signed, &parsed, &mut next);
}

fn signatures(
    c: &mut Criterion,
    signed: &[Signed],
    parsed: &[Statement],
    next: &mut dyn FnMut() -> usize,
) {
    let mut group = c.benchmark_group("signature");
    group.throughput(Throughput::Elements(1));
    let key = secret(2);
    group.bench_function("sign", |b| {
        b.iter(|| key.sign(Domain::Statement, &signed[next()].payload));
    });
    let keys: Vec<PublicKey> =
        parsed.iter().map(|one| PublicKey::from_bytes(one.authored.key.0)).collect();
    let held: Vec<Verifier> = keys.iter().map(|key| Verifier::new(key).unwrap()).collect();
    let mut buffer = Vec::new();
    // The library's own functions, for comparison.
    let theirs: Vec<ed25519_dalek::VerifyingKey> = keys
        .iter()
        .map(|key| ed25519_dalek::VerifyingKey::from_bytes(key.as_bytes()).unwrap())
        .collect();
    group.bench_function("the library's verify, not strict, key held", |b| {
        use ed25519_dalek::Verifier as _;
        b.iter(|| {
            let at = next();
            Domain::Statement.message_into(&signed[at].payload, &mut buffer);
            theirs[at].verify(&buffer, &ed25519_dalek::Signature::from_bytes(&signed[at].signature))
        });
    });
    group.bench_function("the library's verify_strict, key held", |b| {
        b.iter(|| {
            let at = next();
            Domain::Statement.message_into(&signed[at].payload, &mut buffer);
            let signature = ed25519_dalek::Signature::from_bytes(&signed[at].signature);
            theirs[at].verify_strict(&buffer, &signature)
        });
    });
    group.bench_function("verify, key held", |b| {
        b.iter(|| {
            let at = next();
            let signature = Signature::from_bytes(signed[at].signature);
            held[at].verify(Domain::Statement, &signed[at].payload, &signature)
        });
    });
    group.bench_function("verify, key from bytes", |b| {
        b.iter(|| {
            let at = next();
            let signature = Signature::from_bytes(signed[at].signature);
            Verifier::new(&keys[at]).unwrap().verify(
                Domain::Statement,
                &signed[at].payload,
                &signature,
            )
        });
    });
    let cache = VerifierCache::default();
    group.bench_function("parse and verify", |b| {
        b.iter(|| {
            let signed = &signed[next()];
            let statement = Statement::parse(&signed.payload).unwrap();
            statement.verify(&signed.payload, signed.signature, ORIGIN, &cache)
        });
    });
    group.throughput(Throughput::Elements(STATEMENTS as u64));
    group.bench_function("verify, key held, all cores", |b| {
        b.iter(|| {
            signed.par_iter().zip(&held).with_min_len(8).for_each(|it| {
                let (signed, key) = it;
                let signature = Signature::from_bytes(signed.signature);
                key.verify(Domain::Statement, &signed.payload, &signature).unwrap();
            });
        });
    });
    group.finish();
}

fn leaves(
    c: &mut Criterion,
    signed: &[Signed],
    parsed: &[Statement],
    next: &mut dyn FnMut() -> usize,
) {
    let leaf = |at: usize| {
        let authored = &parsed[at].authored;
        Leaf::new(signed[at].clone(), authored.key, authored.issued_at)
    };
    let bytes: Vec<Vec<u8>> = (0..STATEMENTS).map(|at| leaf(at).encode().unwrap()).collect();
    let mut group = c.benchmark_group("leaf");
    group.throughput(Throughput::Elements(1));
    group.bench_function("encode", |b| {
        b.iter_batched(|| leaf(next()), |leaf| leaf.encode(), BatchSize::SmallInput);
    });
    group.bench_function("decode", |b| b.iter(|| Leaf::decode(&bytes[next()])));
    group.bench_function("hash", |b| b.iter(|| merkle::leaf_hash(&bytes[next()])));
    let hashes: Vec<merkle::Hash> =
        (0..1_u64 << 16).map(|n| merkle::leaf_hash(&scramble(n).to_be_bytes())).collect();
    group.throughput(Throughput::Elements(1 << 16));
    group.bench_function("root of 65,536 hashes, 1 thread", |b| {
        b.iter(|| merkle::root_of(black_box(&hashes)));
    });
    group.bench_function("root of 65,536 hashes, all cores", |b| {
        b.iter(|| merkle::par_root_of(black_box(&hashes)));
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_millis(1_500));
    targets = statements
}
criterion_main!(benches);

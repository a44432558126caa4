use super::{Bench, InProcess, Log, ORIGIN, START};
use crate::clock::{Clock, ManualClock};
use crate::crypto::SecretKey;
use crate::log::merkle::Hash;
use crate::publish::{Cosigner, PublishError};
use crate::store::ReadError;
use crate::tlog::checkpoint::{Checkpoint, Opened, Policy};
use crate::tlog::cosignature;
use crate::tlog::note::{Algorithm, Note, VerifierKey};
use crate::witness::{
    Alarm, Fed, Feeder, Named, Outcome, Reply, Request, Transport, TransportError, Witnesses,
};
use archipel_domain::time::Timestamp;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A group of witnesses, and a way to them.
struct Group {
    benches: Vec<Bench>,
    clock: Arc<ManualClock>,
}

impl Group {
    fn of(count: u8) -> Self {
        let benches: Vec<Bench> = (10..10 + count).map(Bench::new).collect();
        Self { benches, clock: Arc::new(ManualClock::at(Timestamp(START))) }
    }

    fn way(&self) -> InProcess {
        let urls: Vec<String> = (0..self.benches.len()).map(|n| format!("http://w{n}")).collect();
        let pairs = urls.iter().zip(&self.benches);
        let pairs: Vec<_> = pairs.map(|(url, bench)| (url.as_str(), bench.get())).collect();
        InProcess::new(&pairs)
    }

    fn feeder(&self, log: &Log, quorum: usize, way: Arc<dyn Transport>) -> Feeder {
        let named = |(n, bench): (usize, &Bench)| Named {
            vkey: bench.get().vkey().clone(),
            url: format!("http://w{n}"),
        };
        let witnesses = self.benches.iter().enumerate().map(named).collect();
        let witnesses = Witnesses { quorum, witnesses };
        Feeder::new(log.vkey(), witnesses, way, Arc::clone(&self.clock) as Arc<dyn Clock>)
    }
}

fn feed(feeder: &mut Feeder, log: &Log, size: u64) -> Fed {
    let proofs = |old: u64| Ok::<Vec<Hash>, Infallible>(log.proof(old, size));
    feeder.feed(&log.note(size), &proofs).unwrap()
}

fn outcomes(fed: &Fed) -> Vec<Outcome> {
    fed.reports.iter().map(|(_, outcome)| outcome.clone()).collect()
}

#[test]
fn all_cosign_and_are_asked_from_where_they_are() {
    let group = Group::of(3);
    let (log, way) = (Log::of(40), Arc::new(group.way()));
    let mut feeder = group.feeder(&log, 3, Arc::clone(&way) as Arc<dyn Transport>);
    let fed = feed(&mut feeder, &log, 5);
    assert_eq!((fed.cosigned, fed.quorum_met, fed.alarms.len()), (3, true, 0));
    let opened = feeder.policy().open(fed.note.to_string().as_bytes()).unwrap();
    assert_eq!((opened.checkpoint.size, opened.cosigned.len()), (5, 3));
    // One of them is also fed by somebody else: it says where it is, and is asked again.
    group.benches[1].ask(&log.request(5, 9)).unwrap();
    way.sent.lock().unwrap().clear();
    let fed = feed(&mut feeder, &log, 12);
    assert_eq!((fed.cosigned, fed.alarms.len()), (3, 0));
    let mut sent = way.sent.lock().unwrap().clone();
    sent.sort();
    assert_eq!(sent, ["old 5", "old 5", "old 5", "old 9"]);
    // The same checkpoint again: newer cosignatures take the place of the older ones.
    for bench in &group.benches {
        bench.clock.advance_ms(90_000);
    }
    let proofs = |_: u64| Ok::<Vec<Hash>, Infallible>(Vec::new());
    let again = feeder.feed(&fed.note, &proofs).unwrap();
    let opened = feeder.policy().open(again.note.to_string().as_bytes()).unwrap();
    assert!(opened.cosigned.iter().all(|(_, time)| *time == 1_700_000_090), "{opened:?}");
    assert_eq!(again.note.signatures.len(), 4);
    // A new feeder knows nothing, and finds out from what they show.
    way.sent.lock().unwrap().clear();
    let mut feeder = group.feeder(&log, 3, Arc::clone(&way) as Arc<dyn Transport>);
    assert_eq!(feeder.latest_seen().unwrap().1.checkpoint.size, 12);
    assert_eq!(feed(&mut feeder, &log, 13).cosigned, 3);
    assert_eq!(*way.sent.lock().unwrap(), ["old 12", "old 12", "old 12"]);
}

#[test]
fn one_that_is_away_is_left_alone_for_a_moment() {
    let group = Group::of(3);
    let log = Log::of(40);
    let tries = Arc::new(AtomicUsize::new(0));
    let mut way = group.way();
    way.spoil = {
        let tries = Arc::clone(&tries);
        Box::new(move |url, reply| {
            if !url.starts_with("http://w2") {
                return Ok(reply);
            }
            tries.fetch_add(1, Ordering::SeqCst);
            Err(TransportError("away".to_owned()))
        })
    };
    let mut feeder = group.feeder(&log, 2, Arc::new(way));
    let fed = feed(&mut feeder, &log, 5);
    assert_eq!((fed.cosigned, fed.quorum_met), (2, true));
    assert_eq!(outcomes(&fed)[2], Outcome::Later("away".to_owned()));
    assert_eq!(outcomes(&feed(&mut feeder, &log, 6))[2], Outcome::Resting);
    let mut waited = Vec::new();
    for _ in 0..200 {
        group.clock.advance_ms(1_000);
        if outcomes(&feed(&mut feeder, &log, 7))[2] != Outcome::Resting {
            waited.push(group.clock.now().0 - START);
        }
    }
    let seconds: Vec<i64> = waited.iter().map(|ms| ms / 1_000).collect();
    assert_eq!(seconds, [1, 3, 7, 15, 31, 63, 95, 127, 159, 191]);
    let mut feeder = group.feeder(&log, 3, Arc::new(group.way()));
    let fed = feed(&mut feeder, &log, 8);
    assert!(fed.quorum_met, "{fed:?}");
}

/// What a witness that lies or is broken answers, and what comes of it.
#[test]
fn an_answer_is_worth_what_it_proves() {
    let (other, stranger) = (Log::of(41), SecretKey::from_seed(&[66; 32]));
    let text = |status, body: &str| Reply {
        status,
        content_type: "text/plain".to_owned(),
        body: body.as_bytes().to_vec(),
    };
    let size =
        |body: &str| Reply { content_type: "text/x.tlog.size".to_owned(), ..text(409, body) };
    let w0 = Bench::new(10);
    let key = w0.get().vkey().clone();
    let own = w0.get().dir().secret().unwrap();
    let of_another_text = cosignature::cosign(&other.note(41).text, 9, &key, &own).unwrap();
    let of_stranger = VerifierKey::new("a", Algorithm::CosignatureV1, stranger.public_key());
    let of_stranger = {
        let note = Log::of(40).note(20);
        cosignature::cosign(&note.text, 9, &of_stranger.unwrap(), &stranger).unwrap()
    };
    let rows = [
        (text(200, ""), Outcome::Unusable("200 without signature lines")),
        (text(200, "hello\n"), Outcome::Unusable("200 without signature lines")),
        (text(200, &of_stranger.to_string()), Outcome::Unusable("200 without a line of its key")),
        (
            text(200, &of_another_text.to_string()),
            Outcome::Unusable("its cosignature does not verify"),
        ),
        (text(409, "7\n"), Outcome::Unusable("409 without a size")),
        (size("7"), Outcome::Unusable("409 without a size")),
        (size("07\n"), Outcome::Unusable("409 without a size")),
        (size("0\n"), Outcome::Unusable("409 with the size that was sent")),
        (size("7\n"), Outcome::Unusable("409 with the size that was sent")),
        (size("99\n"), Outcome::Ahead(99)),
        (text(422, ""), Outcome::Refused(422)),
        (text(400, ""), Outcome::Reported(400)),
        (text(403, ""), Outcome::Reported(403)),
        (text(404, ""), Outcome::Reported(404)),
        (text(302, ""), Outcome::Reported(302)),
        (text(503, ""), Outcome::Later("503".to_owned())),
        (text(429, ""), Outcome::Later("429".to_owned())),
    ];
    let log = Log::of(40);
    for (reply, outcome) in rows {
        let group = Group::of(2);
        let mut way = group.way();
        let shown = reply.clone();
        way.spoil = Box::new(move |url, sound| {
            let spoilt = url == "http://w0/add-checkpoint";
            Ok(if spoilt { shown.clone() } else { sound })
        });
        let mut feeder = group.feeder(&log, 1, Arc::new(way));
        let fed = feed(&mut feeder, &log, 20);
        assert_eq!(outcomes(&fed)[0], outcome, "{reply:?}");
        // It harms nobody else, gets nothing into the note, and a word alone proves nothing.
        assert_eq!((fed.cosigned, fed.quorum_met, fed.note.signatures.len()), (1, true, 2));
        assert!(fed.alarms.iter().all(|alarm| alarm.proof().is_none()), "{fed:?}");
        let loud = matches!(outcome, Outcome::Ahead(_) | Outcome::Refused(_));
        assert_eq!(fed.alarms.len(), usize::from(loud), "{reply:?}");
        assert!(feeder.policy().open(fed.note.to_string().as_bytes()).is_ok());
    }
}

#[test]
fn a_log_that_lost_its_end_is_told_with_its_own_signature() {
    let group = Group::of(2);
    let log = Log::of(40);
    let way: Arc<dyn Transport> = Arc::new(group.way());
    assert_eq!(feed(&mut group.feeder(&log, 1, Arc::clone(&way)), &log, 30).cosigned, 2);
    // Restored from an old copy: it knows of 20.
    let mut feeder = group.feeder(&log, 1, Arc::clone(&way));
    let (name, seen) = feeder.latest_seen().unwrap();
    assert_eq!((name.as_str(), seen.checkpoint.size), ("witness.example/w10", 30));
    let fed = feed(&mut feeder, &log, 20);
    assert_eq!((fed.cosigned, outcomes(&fed)), (0, vec![Outcome::Ahead(30), Outcome::Ahead(30)]));
    let proofs = fed.alarms.iter().filter_map(Alarm::proof);
    assert!(proofs.map(|(_, seen)| seen.checkpoint.size).eq([30, 30]), "{fed:?}");
    // And one that went on from there, to another history: of the same size, then of a larger.
    let fork = Log::forked(40, 25);
    for (size, outcome) in [(30, Outcome::Refused(409)), (35, Outcome::Refused(422))] {
        let fed = feed(&mut group.feeder(&log, 1, Arc::clone(&way)), &fork, size);
        assert_eq!((fed.cosigned, outcomes(&fed)), (0, vec![outcome.clone(), outcome]));
        assert_eq!(fed.alarms.iter().filter_map(Alarm::proof).count(), 2, "{fed:?}");
    }
    assert_eq!(group.benches[0].forks().len(), 1, "the witness kept the proof");
}

/// The publisher stops for a proof, and for nothing less.
#[test]
fn the_publisher_stops_for_a_proof_only() {
    let group = Group::of(2);
    let log = Log::of(40);
    let opened = |size| {
        let note = log.note(size);
        let checkpoint = Checkpoint::parse(&note.text).unwrap();
        Opened { checkpoint, cosigned: Vec::new(), note }
    };
    let cosign = |feeder: &mut Feeder, size: u64| {
        let proofs = |old: u64| Ok::<Vec<Hash>, ReadError>(log.proof(old, size));
        Cosigner::cosign(feeder, &opened(size), &proofs)
    };
    let mut lying = group.way();
    lying.spoil = Box::new(|url, reply| {
        let liar = url.starts_with("http://w0");
        let content_type = "text/x.tlog.size".to_owned();
        Ok(if liar { Reply { status: 409, content_type, body: b"99\n".to_vec() } } else { reply })
    });
    let mut feeder = group.feeder(&log, 1, Arc::new(lying));
    assert!(Cosigner::latest_seen(&mut feeder, &Policy::of_log(log.vkey())).is_none());
    let note = cosign(&mut feeder, 30).unwrap();
    assert!(
        Cosigner::policy(&feeder, Policy::of_log(log.vkey()))
            .open(note.to_string().as_bytes())
            .is_ok()
    );
    let mut feeder = group.feeder(&log, 1, Arc::new(group.way()));
    let refused = cosign(&mut feeder, 20).unwrap_err();
    let expected =
        PublishError::Witnessed { witness: "witness.example/w10".to_owned(), size: 20, seen: 30 };
    assert_eq!(refused.to_string(), expected.to_string());
}

#[test]
fn a_claim_without_our_signature_is_ignored() {
    let group = Group::of(2);
    let log = Log::of(40);
    let stranger = Log { secret: SecretKey::from_seed(&[66; 32]), leaves: Log::of(40).leaves };
    feed(&mut group.feeder(&log, 1, Arc::new(group.way())), &log, 10);
    let mut way = group.way();
    let forged = stranger.note(33).to_string();
    way.spoil = Box::new(move |url, reply| {
        let spoilt = url.starts_with("http://w1") && url.ends_with("/checkpoint");
        Ok(if spoilt { Reply { body: forged.clone().into_bytes(), ..reply } } else { reply })
    });
    let (name, seen) = group.feeder(&log, 1, Arc::new(way)).latest_seen().unwrap();
    assert_eq!((name.as_str(), seen.checkpoint.size), ("witness.example/w10", 10));
}

#[test]
fn a_witness_that_lost_its_memory_is_noticed() {
    let group = Group::of(1);
    let log = Log::of(40);
    let empty = Bench::new(10);
    let mut feeder = group.feeder(&log, 1, Arc::new(group.way()));
    feed(&mut feeder, &log, 10);
    let fresh = InProcess::new(&[("http://w0", empty.get())]);
    feeder.transport_for_tests(Arc::new(fresh));
    let fed = feed(&mut feeder, &log, 12);
    let witness = "witness.example/w10".to_owned();
    assert_eq!(fed.alarms, [Alarm::Forgot { witness, size: 0, cosigned: 10 }]);
    assert_eq!(fed.cosigned, 1);
}

#[test]
fn our_own_log_may_be_unreadable() {
    let group = Group::of(1);
    let log = Log::of(40);
    let mut feeder = group.feeder(&log, 1, Arc::new(group.way()));
    feed(&mut feeder, &log, 10);
    let fed = feeder.feed(&log.note(20), &|_| Err("disk")).unwrap();
    assert_eq!(outcomes(&fed), [Outcome::NoProof("disk".to_owned())]);
    assert!(!fed.quorum_met);
    // Not ours, or no checkpoint.
    let other = Note::sign("x\n".to_owned(), ORIGIN, &log.secret).unwrap();
    assert!(feeder.feed(&other, &|_| Err("disk")).is_err());
    let text = Request::parse(log.request(0, 5).to_body().as_bytes()).unwrap();
    assert_eq!(text.note, log.note(5));
}

#[test]
fn lists_of_witnesses_are_read_strictly() {
    let log = Log::of(0);
    let (w0, w1) = (Bench::new(10), Bench::new(11));
    let (a, b) = (w0.get().vkey().to_string(), w1.get().vkey().to_string());
    let file = |quorum: &str, rows: &[(&str, &str)]| {
        let rows: Vec<String> =
            rows.iter().map(|(k, u)| format!(r#"{{"vkey":"{k}","url":"{u}"}}"#)).collect();
        format!(r#"{{"quorum":{quorum},"witnesses":[{}]}}"#, rows.join(","))
    };
    let good = file("1", &[(&a, "http://h:1/w/"), (&b, "https://h")]);
    let read = Witnesses::parse(good.as_bytes(), &log.vkey()).unwrap();
    assert_eq!((read.quorum, read.witnesses[0].url.as_str()), (1, "http://h:1/w"));
    let log_as_witness = VerifierKey::new("w", Algorithm::CosignatureV1, log.secret.public_key());
    let log_as_witness = log_as_witness.unwrap().to_string();
    let same_name = VerifierKey::new(
        w0.get().vkey().name(),
        Algorithm::CosignatureV1,
        SecretKey::from_seed(&[70; 32]).public_key(),
    );
    let same_name = same_name.unwrap().to_string();
    let same_key =
        VerifierKey::new("other", Algorithm::CosignatureV1, w0.get().vkey().key()).unwrap();
    let many: Vec<String> = (0..17_u8)
        .map(|n| {
            let key = SecretKey::from_seed(&[100 + n; 32]).public_key();
            VerifierKey::new(format!("w{n}"), Algorithm::CosignatureV1, key).unwrap().to_string()
        })
        .collect();
    let many: Vec<_> = many.iter().map(|key| (key.as_str(), "http://h")).collect();
    assert!(Witnesses::parse(file("3", &many[..16]).as_bytes(), &log.vkey()).is_ok());
    let bad = [
        String::new(),
        "{}".to_owned(),
        file("3", &[(&a, "http://h"), (&b, "http://h")]),
        file("-1", &[(&a, "http://h")]),
        file("1", &[(&a, "http://h"), (&a, "http://h")]),
        file("1", &[(&a, "http://h"), (&same_name, "http://h")]),
        file("1", &[(&a, "http://h"), (&same_key.to_string(), "http://h")]),
        file("1", &[(&log_as_witness, "http://h")]),
        file("1", &[(&log.vkey().to_string(), "http://h")]),
        file("1", &[(&a, "ftp://h")]),
        file("1", &[(&a, "http://")]),
        file("1", &[(&a, "http://h/?q")]),
        file("1", &[(&a, "http://h h")]),
        file("1", &[(&a, "http://user@h")]),
        file("1", &[("x", "http://h")]),
        file("3", &many),
        good.replace("\"quorum\"", "\"extra\":1,\"quorum\""),
        good.replace("\"url\"", "\"URL\""),
        format!("{good}{}", " ".repeat(70_000)),
    ];
    for text in bad {
        let read = Witnesses::parse(text.as_bytes(), &log.vkey());
        assert_eq!(read.unwrap_err().code(), "witness.policy", "{text:.300}");
    }
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Witnesses::load(dir.path(), &log.vkey()).unwrap(), Witnesses::default());
    std::fs::write(dir.path().join("witnesses.json"), good).unwrap();
    assert_eq!(Witnesses::load(dir.path(), &log.vkey()).unwrap(), read);
}

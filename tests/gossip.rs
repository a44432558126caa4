//! Twenty groups, each with a log and a witness. One rewrites its history under the same key and
//! shows one history to half of the others and the rewritten one to the rest: the first witness
//! that asks across the halves has the proof, and nobody else is accused.

use archipel_domain::time::Timestamp;
use archipel_engine::clock::{Clock, ManualClock};
use archipel_engine::crypto::SecretKey;
use archipel_engine::log::merkle::{Hash, leaf_hash, root_of};
use archipel_engine::tlog::checkpoint::{Checkpoint, Opened, log_key};
use archipel_engine::tlog::fork::Fork;
use archipel_engine::tlog::note::{Note, VerifierKey};
use archipel_engine::tlog::proof::{self, Nodes};
use archipel_engine::witness::{
    Compared, Feeder, Named, Reply, SIZE_TYPE, Transport, TransportError, Witness, WitnessDir,
    Witnesses, compare, origin_hash,
};
use std::fs;
use std::path::Path;
use std::sync::Arc;

const GROUPS: usize = 20;
/// Who lies, and from which size on.
const LIAR: usize = 7;
const PARTED: u64 = 90;
/// By how much every log grows in a round.
const GROWTH: u64 = 60;

/// One history of a log.
#[derive(Clone)]
struct History {
    group: usize,
    leaves: Vec<Hash>,
}

impl Nodes for History {
    type Error = &'static str;

    fn node(&self, level: u32, index: u64) -> Result<Hash, &'static str> {
        let start = usize::try_from(index << level).unwrap();
        self.leaves.get(start..start + (1 << level)).map(root_of).ok_or("it shows no such tile")
    }
}

fn secret(group: usize, use_of: u8) -> SecretKey {
    SecretKey::from_seed(&[use_of * 32 + u8::try_from(group).unwrap(); 32])
}

fn origin(group: usize) -> String {
    format!("example.org/group-{group}")
}

impl History {
    fn of(group: usize) -> Self {
        Self { group, leaves: Vec::new() }
    }

    fn grow(&mut self, to: u64, salt: u64) {
        let from = self.size();
        let leaf = |n: u64| leaf_hash(format!("{} {n} {salt}", self.group).as_bytes());
        self.leaves.extend((from..to).map(leaf).collect::<Vec<_>>());
    }

    fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    fn note(&self) -> Note {
        let root = root_of(&self.leaves);
        let checkpoint = Checkpoint { origin: origin(self.group), size: self.size(), root };
        checkpoint.sign(&secret(self.group, 1)).unwrap()
    }

    fn vkey(&self) -> VerifierKey {
        log_key(&origin(self.group), &secret(self.group, 1)).unwrap()
    }
}

/// The witnesses, by number.
struct Town(Vec<Arc<Witness>>);

impl Town {
    fn at(&self, url: &str) -> &Witness {
        let number = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
        &self.0[number.parse::<usize>().unwrap()]
    }
}

impl Transport for Town {
    fn add_checkpoint(&self, url: &str, body: &[u8]) -> Result<Reply, TransportError> {
        let (status, content_type, body) = match self.at(url).add_checkpoint(body) {
            Ok(cosigned) => (200, "text/plain", cosigned.line.to_string()),
            Err(refusal) => {
                let size = refusal.size().map(|size| format!("{size}\n"));
                (refusal.status(), SIZE_TYPE, size.unwrap_or_default())
            }
        };
        Ok(Reply { status, content_type: content_type.to_owned(), body: body.into_bytes() })
    }

    fn get(&self, url: &str) -> Result<Reply, TransportError> {
        let hash = url.split('/').nth(3).unwrap();
        let latest = self.at(url).latest(hash).unwrap();
        let body = latest.map(|latest| latest.note.to_string()).unwrap_or_default();
        let status = if body.is_empty() { 404 } else { 200 };
        Ok(Reply { status, content_type: "text/plain".to_owned(), body: body.into_bytes() })
    }
}

fn town(dir: &Path, clock: &Arc<ManualClock>) -> Arc<Town> {
    let open = |group: usize| {
        let dir = dir.join(group.to_string());
        let name = format!("example.org/witness-{group}");
        let made = WitnessDir::create(&dir, &name, &secret(group, 2)).unwrap();
        for other in (0..GROUPS).filter(|other| *other != group) {
            made.add_log(&History::of(other).vkey(), None).unwrap();
        }
        Arc::new(Witness::open(&dir, Arc::clone(clock) as Arc<dyn Clock>).unwrap())
    };
    Arc::new(Town((0..GROUPS).map(open).collect()))
}

/// Has a history cosigned by these witnesses; all of them do.
fn feed(town: &Arc<Town>, clock: &Arc<ManualClock>, history: &History, to: &[usize]) {
    for some in to.chunks(16) {
        let named = |group: &usize| Named {
            vkey: town.0[*group].vkey().clone(),
            url: format!("http://{group}"),
        };
        let witnesses = Witnesses { quorum: 1, witnesses: some.iter().map(named).collect() };
        let way = Arc::clone(town) as Arc<dyn Transport>;
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let mut feeder = Feeder::new(history.vkey(), witnesses, way, clock);
        feeder.latest_seen();
        let proofs = |old: u64| proof::consistency(history, old, history.size());
        let fed = feeder.feed(&history.note(), &proofs).unwrap();
        assert_eq!((fed.cosigned, fed.alarms.len()), (some.len(), 0), "{fed:?}");
    }
}

/// What a witness knows of a log.
fn known(town: &Town, witness: usize, log: usize) -> Option<Vec<u8>> {
    let latest = town.0[witness].latest(&origin_hash(&origin(log))).unwrap();
    latest.map(|latest| latest.note.to_string().into_bytes())
}

/// One witness asks another about every log that both know: which have shown two histories, and
/// of which neither that nor the contrary can be said. Each log shows its tree as it likes: the
/// liar, to each what it was shown before.
fn ask(
    town: &Town,
    witness: usize,
    peer: usize,
    shown: &dyn Fn(usize) -> History,
) -> [Vec<usize>; 2] {
    let (settings, _) = town.0[witness].dir().settings().unwrap();
    let [mut forks, mut unclear] = [Vec::new(), Vec::new()];
    for log in (0..GROUPS).filter(|log| *log != witness && *log != peer) {
        let known = [known(town, witness, log), known(town, peer, log)];
        let tree = shown(log);
        let notes = known.into_iter().flatten().chain([tree.note().to_string().into_bytes()]);
        let name = origin(log);
        let log_settings = settings.logs.iter().find(|log| log.origin == name).unwrap();
        let signed: Vec<Opened> = notes.map(|note| log_settings.open(&note).unwrap().1).collect();
        match compare(&tree.vkey(), &signed, &tree) {
            Compared::Agree => {}
            Compared::Undecided(_) => unclear.push(log),
            Compared::Fork(fork) => {
                town.0[witness].dir().save_fork(&name, &fork).unwrap();
                forks.push(log);
            }
        }
    }
    [forks, unclear]
}

fn play(rewritten_ahead: u64) {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(Timestamp(1_700_000_000_000)));
    let town = town(dir.path(), &clock);
    let mut histories: Vec<History> = (0..GROUPS).map(History::of).collect();
    let mut rewritten = History::of(LIAR);
    let deceived = |group: usize| group % 2 == 1 && group != LIAR;
    let (mut asked_across, mut found) = (0, Vec::new());
    for round in 1..=3_u64 {
        clock.advance_ms(60_000);
        for history in &mut histories {
            history.grow(round * GROWTH, 0);
        }
        rewritten.grow(PARTED.min(round * GROWTH), 0);
        if round * GROWTH > PARTED {
            rewritten.grow(round * GROWTH + rewritten_ahead, 1);
        }
        for (group, history) in histories.iter().enumerate() {
            let others: Vec<usize> = (0..GROUPS).filter(|other| *other != group).collect();
            let (odd, even): (Vec<usize>, Vec<usize>) =
                others.into_iter().partition(|other| group == LIAR && deceived(*other));
            feed(&town, &clock, history, &even);
            if group == LIAR {
                feed(&town, &clock, &rewritten, &odd);
            }
        }
        let parted = round * GROWTH > PARTED;
        for witness in (0..GROUPS).filter(|group| *group != LIAR) {
            // Another one each time, by a rule that anybody can repeat: never the liar's own.
            let peer = (witness + usize::try_from(round * round).unwrap()) % GROUPS;
            if peer == LIAR {
                continue;
            }
            let shown = |log: usize| match (log, deceived(witness)) {
                (LIAR, true) => rewritten.clone(),
                (log, _) => histories[log].clone(),
            };
            let across = parted && deceived(witness) != deceived(peer);
            // Who is shown a tree smaller than a checkpoint that the log has signed can prove
            // nothing from it, but sees that much.
            let shown_less = across && !deceived(witness) && rewritten_ahead > 0;
            let expected = |here: bool| if here { vec![LIAR] } else { Vec::new() };
            let answer = ask(&town, witness, peer, &shown);
            let expected = [expected(across && !shown_less), expected(shown_less)];
            assert_eq!(answer, expected, "round {round}: {witness} asks {peer}");
            let across = across && !shown_less;
            asked_across += usize::from(across);
            found.extend(across.then_some(witness));
        }
    }
    assert!(asked_across > 5, "{asked_across}");
    // Offline: nothing but the file and the verifier key.
    let vkey: VerifierKey = histories[LIAR].vkey().to_string().parse().unwrap();
    for witness in found {
        let forks = dir.path().join(witness.to_string()).join("forks");
        for file in fs::read_dir(forks).unwrap() {
            let bytes = fs::read(file.unwrap().path()).unwrap();
            let shown = Fork::parse(&bytes).unwrap().verify(&vkey).unwrap();
            assert!(shown.smaller.size > PARTED, "{shown:?}");
            assert!(Fork::parse(&bytes).unwrap().verify(&histories[3].vkey()).is_err());
        }
    }
    // And from the files of two witnesses alone, where the sizes are the same.
    let file = |group: usize| {
        let hash = origin_hash(&origin(LIAR));
        let path = dir.path().join(group.to_string()).join("logs").join(hash).join("checkpoint");
        fs::read_to_string(path).unwrap()
    };
    let proven = Fork::of_same_size(&file(2), &file(3), &vkey);
    assert_eq!(proven.is_ok(), rewritten_ahead == 0);
    assert!(Fork::of_same_size(&file(2), &file(4), &vkey).is_err(), "the same half");
}

#[test]
fn of_twenty_groups_the_one_that_lies_is_found_at_equal_sizes() {
    play(0);
}

#[test]
fn of_twenty_groups_the_one_that_lies_is_found_at_other_sizes() {
    play(23);
}

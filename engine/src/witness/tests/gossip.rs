use super::{Bench, Log};
use crate::tlog::checkpoint::Opened;
use crate::tlog::fork::Fork;
use crate::witness::{Compared, LogSettings, compare};

fn opened(settings: &LogSettings, log: &Log, size: u64) -> Opened {
    settings.open(log.note(size).to_string().as_bytes()).unwrap().1
}

fn settings() -> LogSettings {
    let vkeys = vec![Log::of(0).vkey()];
    LogSettings { origin: super::ORIGIN.to_owned(), vkeys, url: None }
}

#[test]
fn two_histories_are_proven_from_what_was_shown() {
    let (log, fork, known) = (Log::of(60), Log::forked(60, 20), settings());
    let key = log.vkey();
    let ask = |notes: &[(&Log, u64)], tree: &Log| {
        let signed: Vec<Opened> = notes.iter().map(|(log, n)| opened(&known, log, *n)).collect();
        compare(&key, &signed, tree)
    };
    assert_eq!(ask(&[], &log), Compared::Agree);
    assert_eq!(ask(&[(&log, 10), (&log, 40), (&log, 40), (&log, 0)], &log), Compared::Agree);
    // The two agree up to where they part.
    assert_eq!(ask(&[(&fork, 20), (&log, 40)], &log), Compared::Agree);
    let rows: [(&[(&Log, u64)], &Log); 6] = [
        (&[(&log, 40), (&fork, 40)], &log),
        (&[(&log, 30), (&fork, 50)], &fork),
        (&[(&fork, 30), (&log, 50)], &log),
        // The tree shown is the rewritten one, which does not lead to the larger checkpoint: only
        // with the checkpoint of that tree can anything be proven.
        (&[(&fork, 30), (&log, 50), (&fork, 55)], &fork),
        (&[(&log, 30), (&fork, 30), (&log, 50)], &log),
        (&[(&log, 10), (&log, 30), (&fork, 50)], &fork),
    ];
    for (row, (notes, tree)) in rows.iter().enumerate() {
        let Compared::Fork(found) = ask(notes, tree) else { panic!("row {row}") };
        // From the file alone.
        let file = Fork::parse(found.to_text().as_bytes()).unwrap();
        let shown = file.verify(&key).unwrap();
        assert!(shown.smaller.size >= 20, "row {row}: {shown:?}");
    }
    let undecided = ask(&[(&fork, 30), (&log, 50)], &fork);
    assert!(matches!(undecided, Compared::Undecided(_)), "{undecided:?}");
}

#[test]
fn only_what_the_log_signed_is_compared() {
    let (log, known) = (Log::of(60), settings());
    let mut note = log.note(30);
    note.signatures[0].signature[5] ^= 1;
    assert!(known.open(note.to_string().as_bytes()).is_err());
    assert!(known.open(b"").is_err());
    let stranger = crate::crypto::SecretKey::from_seed(&[8; 32]);
    let stranger = Log { secret: stranger, leaves: log.leaves.clone() };
    assert!(known.open(stranger.note(30).to_string().as_bytes()).is_err());
}

#[test]
fn one_fork_is_one_file() {
    let bench = Bench::new(9);
    let (log, fork, known) = (Log::of(60), Log::forked(60, 20), settings());
    let signed = [opened(&known, &log, 40), opened(&known, &fork, 40)];
    let Compared::Fork(found) = compare(&log.vkey(), &signed, &log) else { panic!() };
    let path = bench.get().dir().save_fork(&known.origin, &found).unwrap();
    assert_eq!(bench.get().dir().save_fork(&known.origin, &found).unwrap(), path);
    assert_eq!(bench.forks(), [found.to_text().into_bytes()]);
}

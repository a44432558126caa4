//! Input that is wrong in every way: each has its own code, nothing is written, and the next good
//! statement is served.

use archipel_domain::act::Act;
use archipel_domain::id::{Hash, KeyId, SignatureBytes, StatementId};
use archipel_domain::vote::{BallotPaper, Choice};
use archipel_engine::crypto::Domain;
use archipel_engine::log::statement::Signed;
use archipel_engine::sequencer::SubmitError;
use archipel_testkit::keys::{public, secret};
use archipel_testkit::scenario::{
    DAY_MS, Intent, Live, ORIGIN, START, Stage as _, Town, acts, furnish, person, registrar,
};

/// A statement that is wrong, made in a furnished town.
type Row = (&'static str, fn(&mut Live, &Town) -> Signed);

/// The payload, signed as it is by that key.
fn signed(payload: impl Into<Vec<u8>>, key: u64) -> Signed {
    let payload = payload.into();
    let signature = *secret(key).sign(Domain::Statement, &payload).as_bytes();
    Signed { payload, signature }
}

/// A good proposal of person 3, as text.
fn text(live: &mut Live) -> String {
    let signed = live.sign(person(3).says(acts::submit("text")));
    String::from_utf8(signed.payload).unwrap()
}

/// A good proposal of person 3 with part of its text replaced, and signed like that.
fn altered(live: &mut Live, from: &str, to: &str) -> Signed {
    let text = text(live);
    assert!(text.contains(from), "{text}");
    signed(text.replacen(from, to, 1), 3)
}

fn made(live: &mut Live, intent: Intent) -> Signed {
    live.sign(intent)
}

fn cast(live: &mut Live, number: u64, vote: StatementId, paper: BallotPaper) -> Signed {
    let terms = live.terms(vote);
    live.sign(person(number).says(acts::ballot(vote, terms, paper)))
}

/// Form: bytes that no program of ours would sign.
const FORM: &[Row] = &[
    ("statement.too-large", |_, _| signed(vec![b'x'; 65_536], 3)),
    // Within the limit of a text, but not with the leaf around it.
    ("statement.too-large", |live, town| {
        let mut amend = |length: usize| {
            let changes = [acts::change(0, "a", &"x".repeat(length))];
            live.sign(person(3).says(acts::amend(town.proposal, Town::TEXT, &changes)))
        };
        let rest = amend(1).payload.len() - 1;
        let large = amend(65_500 - rest);
        assert_eq!(large.payload.len(), 65_500);
        large
    }),
    // As a statement it fits, as a fact it does not: every line has a length of 8 bytes there.
    ("statement.too-large", |live, town| {
        let change = archipel_domain::proposal::text::Change {
            at: 5,
            remove: vec![],
            insert: vec![String::new(); 15_000],
        };
        made(live, person(3).says(acts::publish(town.proposal, Town::TEXT, &[change])))
    }),
    ("statement.truncated", |_, _| signed("", 3)),
    ("statement.truncated", |live, _| {
        let text = text(live);
        signed(&text.as_bytes()[..text.len() - 1], 3)
    }),
    ("statement.trailing-bytes", |live, _| {
        let text = text(live);
        signed(text + "{}", 3)
    }),
    ("statement.not-utf8", |live, _| {
        let mut bytes = text(live).into_bytes();
        let at = bytes.len() / 2;
        bytes[at] = 0xff;
        signed(bytes, 3)
    }),
    ("statement.not-canonical", |live, _| altered(live, "{\"act\"", "{ \"act\"")),
    ("statement.not-canonical", |live, _| altered(live, "An axis", "\\u0041n axis")),
    ("statement.not-canonical", |live, _| {
        // Members in another order.
        let text = text(live);
        let at = text.find(",\"key\"").unwrap();
        let origin = text.find(",\"origin\"").unwrap();
        let (key, origin) = (&text[at..origin], &text[origin..text.len() - 1]);
        signed(format!("{}{origin}{key}}}", &text[..at]), 3)
    }),
    ("statement.duplicate-member", |live, _| {
        altered(live, "\"text\":\"text\"", "\"text\":\"text\",\"text\":\"text\"")
    }),
    ("statement.float", |live, _| {
        let issued = format!("\"issued_at\":{}", live.now().0);
        altered(live, &issued, &format!("{issued}.0"))
    }),
    ("statement.float", |live, _| {
        let issued = format!("\"issued_at\":{}", live.now().0);
        altered(live, &issued, "\"issued_at\":1e12")
    }),
    ("statement.integer-range", |live, _| {
        let issued = format!("\"issued_at\":{}", live.now().0);
        altered(live, &issued, "\"issued_at\":9007199254740992")
    }),
    ("statement.null", |live, _| altered(live, "\"text\":\"text\"", "\"text\":null")),
    ("statement.not-nfc", |live, _| altered(live, "An axis", "Cafe\u{301}")),
    ("statement.unknown-member", |live, _| {
        altered(live, "\"text\":\"text\"", "\"text\":\"text\",\"zeal\":1")
    }),
    ("statement.unknown-member", |live, _| {
        let origin = format!("\"origin\":\"{ORIGIN}\"");
        altered(live, &origin, &format!("{origin},\"zeal\":1"))
    }),
    ("statement.missing-member", |live, _| altered(live, ",\"title\":\"An axis\"", "")),
    ("statement.wrong-type", |live, _| altered(live, "\"text\":\"text\"", "\"text\":7")),
    ("statement.invalid-value", |live, _| altered(live, "\"text\":\"text\"", "\"text\":\"\"")),
    ("statement.unknown-act", |live, _| {
        altered(live, "proposal.submitted/1", "proposal.submitted/2")
    }),
    ("statement.id-version", |live, _| {
        let intent = person(3).says(acts::submit("text")).named(StatementId(7));
        made(live, intent)
    }),
    ("statement.id-time", |live, _| {
        let old = StatementId::from_parts(START.0.unsigned_abs(), 9);
        let intent = person(3).says(acts::submit("text")).named(old);
        made(live, intent)
    }),
    ("statement.id-time", |live, _| {
        let intent = person(3).says(acts::submit("text")).dated(START);
        made(live, intent)
    }),
];

/// Signatures, keys, and statements made for elsewhere.
const ORIGINS: &[Row] = &[
    ("statement.wrong-origin", |live, _| altered(live, ORIGIN, "example.org/elsewhere")),
    // Replayed from another log: the signature is right, the log is not.
    ("statement.wrong-origin", |live, _| {
        let (id, now) = (live.fresh_id(), live.now());
        let draft = person(3).says(acts::submit("text")).draft(id, now);
        draft.sign("example.org/other", &secret(3)).unwrap()
    }),
    ("signature.invalid", |live, _| {
        let mut good = live.sign(person(3).says(acts::submit("text")));
        good.signature[40] ^= 1;
        good
    }),
    ("signature.invalid", |live, _| {
        let good = live.sign(person(3).says(acts::submit("text")));
        let other = live.sign(person(3).says(acts::submit("text")));
        Signed { payload: good.payload, signature: other.signature }
    }),
    // Signed by somebody else than the key that is named.
    ("signature.invalid", |live, _| {
        let text = text(live);
        signed(text, 4)
    }),
    ("signature.invalid", |live, _| {
        // A proof of possession is no statement.
        let payload = text(live).into_bytes();
        let signature = *secret(3).sign(Domain::KeyProof, &payload).as_bytes();
        Signed { payload, signature }
    }),
    // A proof made for another member.
    ("signature.invalid", |live, _| {
        let mut stolen = acts::admit(person(8), &[]);
        stolen.proof = archipel_testkit::keys::proof(8, person(9).id);
        made(live, Town::founder(stolen))
    }),
    // The checkpoint of another log, of which the root is not the one that was signed.
    ("signature.invalid", |live, _| {
        let mut lie = acts::witness("voisine", "example.org/b", 9, 10, 1);
        lie.root = Hash::of(b"another");
        made(live, Town::founder(lie))
    }),
    ("key.weak", |live, _| {
        let mut weak = acts::witness("voisine", "example.org/b", 9, 10, 1);
        weak.key = KeyId([0; 32]);
        made(live, Town::founder(weak))
    }),
    ("key.weak", |live, _| {
        let mut weak = acts::admit(person(8), &[]);
        weak.key = KeyId([0; 32]);
        made(live, Town::founder(weak))
    }),
    // The neutral element as a key and as half a signature: lax libraries accept this one.
    ("signature.invalid", |live, _| {
        let mut neutral = [0; 32];
        neutral[0] = 1;
        let key = KeyId(neutral).to_string();
        let Signed { payload, .. } = altered(live, &public(3).to_string(), &key);
        let mut signature = [0; 64];
        signature[0] = 1;
        Signed { payload, signature }
    }),
    ("key.not-canonical", |live, _| {
        let mut other = acts::admit(person(8), &[]);
        other.key = KeyId([0xff; 32]);
        other.proof = SignatureBytes([0; 64]);
        made(live, Town::founder(other))
    }),
    ("key.unknown", |live, _| made(live, person(3).says(acts::submit("text")).signed_with(77))),
    ("key.unknown", |live, _| made(live, person(8).says(acts::submit("text")))),
    ("key.not-authors", |live, _| made(live, person(3).says(acts::submit("text")).signed_with(4))),
    ("key.not-authors", |live, _| made(live, person(4).says(acts::submit("text")).signed_with(0))),
    ("key.revoked", |live, _| made(live, person(3).says(acts::submit("text")).signed_with(13))),
    ("author.left", |live, _| made(live, person(6).says(acts::submit("text")))),
    ("author.members-only", |live, _| made(live, registrar().says(acts::submit("text")))),
    ("statement.issued-in-future", |live, _| {
        let late = live.now().plus_ms(400_000);
        let id = StatementId::from_parts(late.0.unsigned_abs(), 9);
        made(live, person(3).says(acts::submit("text")).dated(late).named(id))
    }),
    ("statement.issued-before-founding", |live, _| {
        let early = START.plus_ms(-400_000);
        let id = StatementId::from_parts(early.0.unsigned_abs(), 9);
        made(live, person(3).says(acts::submit("text")).dated(early).named(id))
    }),
    ("instance.already-founded", |live, _| made(live, person(1).says(acts::found(2, 365)))),
];

/// What the rules refuse, as it comes in.
const RULES: &[Row] = &[
    // A ballot made for another vote: its terms are not those.
    ("ballot.other-terms", |live, town| {
        let terms = live.terms(town.judgment);
        let ballot = acts::ballot(town.yes_no, terms, acts::says(Choice::For));
        made(live, person(3).says(ballot))
    }),
    ("ballot.vote-closed", |live, town| cast(live, 3, town.done, acts::says(Choice::For))),
    ("ballot.not-yet-open", |live, town| cast(live, 3, town.later, acts::approves(&["x"]))),
    ("ballot.not-eligible", |live, town| cast(live, 4, town.approval, acts::approves(&["x"]))),
    ("ballot.other-method", |live, town| cast(live, 3, town.yes_no, acts::approves(&["yes"]))),
    ("ballot.too-many-choices", |live, town| {
        cast(live, 3, town.approval, acts::approves(&["x", "y"]))
    }),
    ("ledger.unit-mismatch", |live, town| {
        made(live, town.as_treasurer(acts::pay(&[("fund", -1, "MIN"), ("a4", 1, "EUR")])))
    }),
    ("ledger.sum-not-zero", |live, town| {
        made(live, town.as_treasurer(acts::pay(&[("fund", -2, "EUR"), ("a4", 1, "EUR")])))
    }),
    ("ledger.below-floor", |live, town| {
        let legs = [("fund", -20_000, "EUR"), ("world", 20_000, "EUR")];
        made(live, town.as_treasurer(acts::pay(&legs)))
    }),
    ("ledger.not-authorised", |live, _| {
        made(live, person(3).says(acts::pay(&[("fund", -1, "EUR"), ("a4", 1, "EUR")])))
    }),
    ("statement.id-conflict", |live, town| {
        made(live, person(3).says(acts::submit("other")).named(town.proposal))
            .dated_like(live, town)
    }),
];

/// The id of an act that was recorded earlier is of an earlier time, too.
trait DatedLike {
    fn dated_like(self, live: &mut Live, town: &Town) -> Signed;
}

impl DatedLike for Signed {
    fn dated_like(self, live: &mut Live, town: &Town) -> Signed {
        let ms = i64::try_from(town.proposal.0 >> 80).unwrap();
        let at = archipel_domain::time::Timestamp(ms);
        live.sign(person(3).says(acts::submit("other")).named(town.proposal).dated(at))
    }
}

fn check(rows: &[Row]) {
    let mut live = Live::founded(2);
    let town = furnish(&mut live);
    let mut wrong = Vec::new();
    for (number, (code, make)) in rows.iter().enumerate() {
        let bad = make(&mut live, &town);
        let before = (live.store().head(), live.world());
        let found = live.submit(&bad).err().map(|error| error.code());
        if found != Some(code) {
            wrong.push(format!("row {number}: expected {code}, found {found:?}"));
        }
        assert_eq!(live.store().head(), before.0, "{code}: nothing is written");
        assert_eq!(live.world().position, before.1.position);
        live.given(person(3).says(acts::submit("the next is served")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    // All of it at once, with good ones between: the same answers, in order.
    let mut batch = Vec::new();
    for (_, make) in rows {
        batch.push(make(&mut live, &town));
        let good = live.sign(person(3).says(acts::submit("good")));
        batch.push(good);
    }
    let size = live.store().head().size;
    let answers = live.engine().submit_and_wait(batch);
    for (pair, (code, _)) in answers.chunks(2).zip(rows) {
        assert_eq!(pair[0].as_ref().err().map(SubmitError::code), Some(*code));
        assert!(pair[1].is_ok(), "{code}");
    }
    assert_eq!(live.store().head().size, size + rows.len() as u64);
}

#[test]
fn bad_form() {
    check(FORM);
}

#[test]
fn bad_keys_and_origins() {
    check(ORIGINS);
}

#[test]
fn bad_acts() {
    check(RULES);
}

/// A ballot that comes at the very moment of the closing: the closing is stated first.
#[test]
fn a_late_ballot_is_refused_and_the_vote_is_closed() {
    let mut live = Live::founded(2);
    let town = furnish(&mut live);
    live.advance_ms(20 * DAY_MS);
    let size = live.store().head().size;
    let late = cast(&mut live, 3, town.yes_no, acts::says(Choice::For));
    assert_eq!(live.submit(&late).unwrap_err().code(), "ballot.vote-closed");
    // What was due was stated all the same: four closings, four outcomes.
    assert_eq!(live.store().head().size, size + 8);
}

/// 2^53 - 1 again and again until the sum would not fit.
#[test]
fn balances_do_not_overflow() {
    const MOST: i64 = (1 << 53) - 1;
    let mut live = Live::founded(2);
    let town = furnish(&mut live);
    let pay = acts::pay(&[("world", -MOST, "EUR"), ("fund", MOST, "EUR")]);
    let batch: Vec<Signed> =
        (0..1_025).map(|_| live.sign(town.as_treasurer(pay.clone()))).collect();
    let answers = live.engine().submit_and_wait(batch);
    // 1,024 of them are 2^63 - 1,024, and there are 10,000 already.
    let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(accepted, 1_023);
    let last = answers.last().unwrap().as_ref().unwrap_err();
    assert_eq!(last.code(), "ledger.overflow");
    live.given(town.as_treasurer(acts::pay(&[("fund", -1, "EUR"), ("world", 1, "EUR")])));
}

/// Before the founding, only the founding.
#[test]
fn an_empty_log_takes_only_a_founding() {
    let mut live = Live::new();
    let wrong: [(Act, &str); 2] = [
        (acts::submit("text").into(), "instance.not-founded"),
        (acts::found(0, 365).into(), "instance.founder-count"),
    ];
    for (act, code) in wrong {
        live.then(person(1).says(act), code);
        assert_eq!(live.store().head().size, 0);
    }
    live.given(person(1).says(acts::found(1, 365)));
}

#[test]
fn too_many_at_once() {
    let mut live = Live::founded(1);
    let one = live.sign(person(1).says(acts::submit("text")));
    let answers = live.engine().submit_and_wait(vec![one.clone(); 4_097]);
    assert_eq!(answers.len(), 4_097);
    assert!(answers.iter().all(|a| a.as_ref().is_err_and(|e| e.code() == "submit.too-many")));
    assert_eq!(live.store().head().size, 1);
    let answers = live.engine().submit_and_wait(vec![one; 4_096]);
    assert_eq!(answers.iter().flatten().filter(|receipt| !receipt.duplicate).count(), 1);
    assert_eq!(live.store().head().size, 2);
}

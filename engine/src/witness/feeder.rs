//! The feeder: has the checkpoints of our own log cosigned by its witnesses.
//!
//! A witness is asked with the size that it cosigned last; if it holds another one, it says so and
//! is asked once more from there. What it answers is believed only as far as a signature shows it:
//! a cosignature by its own key, a claim that it has seen more of our log by ours.

use super::policy::{Named, Witnesses};
use super::request::{Request, SIZE_TYPE, origin_hash, parse_size};
use super::transport::{Reply, Transport, TransportError};
use crate::clock::Clock;
use crate::log::merkle::Hash;
use crate::tlog::checkpoint::{Opened, Policy};
use crate::tlog::note::{Note, SignatureLine, VerifierKey, parse_signatures};
use crate::tlog::proof::check_consistency;
use crate::tlog::{TlogError, cosignature};
use std::fmt::Display;
use std::sync::Arc;

/// Longest rest, in seconds as a power of two, of a witness that does not answer.
const REST_MAX_LOG2: u32 = 5;

/// What came of asking a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has cosigned, at this time (POSIX seconds).
    Cosigned(u64),
    /// It says that it has cosigned a larger tree, of this size.
    Ahead(u64),
    /// It refuses for good: the tree does not continue the one that it knows (409 or 422).
    Refused(u16),
    /// It refuses: it does not know the log or its key, or does not understand (400, 403, 404...).
    Reported(u16),
    /// Not now: it said so, or there was no answer.
    Later(String),
    /// It did not answer before and is left alone for a moment.
    Resting,
    /// Its answer does not follow the protocol, or its cosignature does not verify.
    Unusable(&'static str),
    /// Our own log could not be read for the proof.
    NoProof(String),
}

/// What an operator must look at. `seen` is a checkpoint with our own signature that what we
/// would publish contradicts: proof, whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A witness has cosigned a larger tree: this log may have lost its end.
    Rollback {
        /// Its name.
        witness: String,
        /// The size that it claims.
        size: u64,
        /// The proof, if it has one.
        seen: Option<Box<Opened>>,
    },
    /// A witness finds that this tree does not continue the one that it knows.
    Refused {
        /// Its name.
        witness: String,
        /// What it answered.
        status: u16,
        /// The proof, if it has one.
        seen: Option<Box<Opened>>,
    },
    /// A witness holds a smaller tree than one that it has cosigned: it lost its memory, and would
    /// cosign another history.
    Forgot {
        /// Its name.
        witness: String,
        /// The size that it claims.
        size: u64,
        /// The size that it has cosigned.
        cosigned: u64,
    },
}

impl Alarm {
    /// The witness and the checkpoint that prove that this log contradicts what it has signed.
    #[must_use]
    pub fn proof(&self) -> Option<(&str, &Opened)> {
        match self {
            Self::Rollback { witness, seen, .. } | Self::Refused { witness, seen, .. } => {
                seen.as_deref().map(|seen| (witness.as_str(), seen))
            }
            Self::Forgot { .. } => None,
        }
    }
}

/// What came of asking all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fed {
    /// The checkpoint with every cosignature that it has now.
    pub note: Note,
    /// How many witnesses have cosigned it.
    pub cosigned: usize,
    /// Whether that is enough.
    pub quorum_met: bool,
    /// Each witness by name, in the order of the policy.
    pub reports: Vec<(String, Outcome)>,
    /// What an operator must look at.
    pub alarms: Vec<Alarm>,
}

/// What is remembered of a witness while the process runs.
#[derive(Clone, Copy, Default)]
struct Memory {
    /// Where to begin next time.
    hint: u64,
    /// The largest size that it was seen to cosign.
    cosigned: u64,
    failures: u32,
    /// In milliseconds since 1970.
    rests_until: i64,
}

/// Asks the witnesses of one log.
pub struct Feeder {
    log: Policy,
    witnesses: Witnesses,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    memory: Vec<Memory>,
}

impl Feeder {
    /// For the log with this key.
    #[must_use]
    pub fn new(
        log: VerifierKey,
        witnesses: Witnesses,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let memory = vec![Memory::default(); witnesses.witnesses.len()];
        Self { log: Policy::of_log(log), witnesses, transport, clock, memory }
    }

    /// As if the witnesses had become others.
    #[cfg(test)]
    pub(super) fn transport_for_tests(&mut self, transport: Arc<dyn Transport>) {
        self.transport = transport;
    }

    /// By whose cosignatures a checkpoint is to be believed.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let witnesses = self.witnesses.witnesses.iter().map(|named| named.vkey.clone()).collect();
        Policy { log: self.log.log.clone(), witnesses, quorum: self.witnesses.quorum }
    }

    /// Has a signed checkpoint cosigned by all, at once. `proofs` proves that its tree begins with
    /// that of an earlier size.
    ///
    /// # Errors
    /// Those of [`Policy::open`] if the note is not a checkpoint signed by this log.
    pub fn feed<E: Display>(
        &mut self,
        note: &Note,
        proofs: &(dyn Fn(u64) -> Result<Vec<Hash>, E> + Sync),
    ) -> Result<Fed, TlogError> {
        let opened = self.log.open(note.to_string().as_bytes())?;
        let now = self.clock.now().0;
        let turn = Turn { log: &self.log, opened: &opened, transport: &*self.transport, proofs };
        let pairs: Vec<_> = self.witnesses.witnesses.iter().zip(&self.memory).collect();
        let answers = in_parallel(pairs, |(witness, memory)| {
            if memory.rests_until > now {
                Answer::of(Outcome::Resting)
            } else {
                turn.ask(witness, *memory)
            }
        });
        let mut note = note.clone();
        let (mut reports, mut alarms) = (Vec::new(), Vec::new());
        let rows = self.witnesses.witnesses.iter().zip(&mut self.memory).zip(answers);
        for ((witness, memory), answer) in rows {
            let Answer { outcome, line, alarm } =
                answer.unwrap_or_else(|| Answer::of(Outcome::Later("no thread".to_owned())));
            memory.learn(&outcome, opened.checkpoint.size, now);
            if let Some(line) = line {
                note.signatures.retain(|other| !witness.vkey.signed(other));
                note.signatures.push(line);
            } else if cosignature::verify(&note, &witness.vkey).is_err() {
                // One that does not verify would condemn the note for whoever knows the key.
                note.signatures.retain(|other| !witness.vkey.signed(other));
            }
            reports.push((witness.vkey.name().to_owned(), outcome));
            alarms.extend(alarm);
        }
        let policy = Policy { quorum: 0, ..self.policy() };
        let cosigned = policy.open(note.to_string().as_bytes())?.cosigned.len();
        let quorum_met = cosigned >= self.witnesses.quorum;
        Ok(Fed { note, cosigned, quorum_met, reports, alarms })
    }

    /// The largest checkpoint with our own signature that a witness shows, and who shows it. To be
    /// asked before the first signature after a start: a log restored from an old copy does not
    /// know by itself that it has signed more. What does not verify is ignored.
    pub fn latest_seen(&mut self) -> Option<(String, Opened)> {
        let (log, transport) = (&self.log, &*self.transport);
        let all: Vec<_> = self.witnesses.witnesses.iter().collect();
        let seen = in_parallel(all, |witness| seen_by(transport, log, witness));
        let mut largest: Option<(String, Opened)> = None;
        let rows = self.witnesses.witnesses.iter().zip(&mut self.memory).zip(seen);
        for ((witness, memory), seen) in rows {
            let Some(seen) = seen.flatten() else { continue };
            memory.hint = seen.checkpoint.size;
            let most = largest.as_ref().map(|(_, opened)| opened.checkpoint.size);
            if most.is_none_or(|most| seen.checkpoint.size > most) {
                largest = Some((witness.vkey.name().to_owned(), seen));
            }
        }
        largest
    }
}

impl Memory {
    fn learn(&mut self, outcome: &Outcome, size: u64, now: i64) {
        match outcome {
            Outcome::Cosigned(_) => {
                *self = Self { hint: size, cosigned: size.max(self.cosigned), ..Self::default() };
            }
            Outcome::Later(_) => {
                let rest = 1_000_i64 << self.failures.min(REST_MAX_LOG2);
                self.failures = self.failures.saturating_add(1);
                self.rests_until = now.saturating_add(rest);
            }
            Outcome::Resting => {}
            _ => *self = Self { failures: 0, rests_until: 0, ..*self },
        }
    }
}

/// One thread each; nothing for one that could not be started or panicked.
fn in_parallel<T: Send, A: Send>(items: Vec<T>, ask: impl Fn(T) -> A + Sync) -> Vec<Option<A>> {
    let ask = &ask;
    std::thread::scope(|scope| {
        let builder = || std::thread::Builder::new().name("feeder".to_owned());
        let threads: Vec<_> = items
            .into_iter()
            .map(|item| builder().spawn_scoped(scope, move || ask(item)))
            .collect();
        threads.into_iter().map(|thread| thread.ok()?.join().ok()).collect()
    })
}

/// The checkpoint with our own signature that a witness shows.
fn seen_by(transport: &dyn Transport, log: &Policy, witness: &Named) -> Option<Opened> {
    let hash = origin_hash(log.log.name());
    let reply = transport.get(&format!("{}/{hash}/checkpoint", witness.url)).ok()?;
    if reply.status == 200 { log.open(&reply.body).ok() } else { None }
}

struct Answer {
    outcome: Outcome,
    line: Option<SignatureLine>,
    alarm: Option<Alarm>,
}

impl Answer {
    fn of(outcome: Outcome) -> Self {
        Self { outcome, line: None, alarm: None }
    }
}

/// One checkpoint on its way to one witness after the other.
struct Turn<'a, E> {
    log: &'a Policy,
    opened: &'a Opened,
    transport: &'a dyn Transport,
    proofs: &'a (dyn Fn(u64) -> Result<Vec<Hash>, E> + Sync),
}

impl<E: Display> Turn<'_, E> {
    fn ask(&self, witness: &Named, memory: Memory) -> Answer {
        let size = self.opened.checkpoint.size;
        let first = if memory.hint <= size { memory.hint } else { 0 };
        let (mut old, mut forgot) = (first, None);
        loop {
            let reply = match self.send(witness, old) {
                Ok(reply) => reply,
                Err(outcome) => return Answer { alarm: forgot, ..Answer::of(outcome) },
            };
            let named = (reply.status == 409).then(|| size_of(&reply));
            match named {
                None => {
                    let answer = self.take(witness, &reply);
                    return Answer { alarm: answer.alarm.or(forgot), ..answer };
                }
                Some(None) => return Answer::of(Outcome::Unusable("409 without a size")),
                Some(Some(named)) if named > size => return self.ahead(witness, named),
                // What 1.0.0 of the protocol says of another root at the same size.
                Some(Some(named)) if named == old && old == size => {
                    return self.refused(witness, reply.status);
                }
                Some(Some(named)) if named == old => {
                    return Answer::of(Outcome::Unusable("409 with the size that was sent"));
                }
                Some(Some(_)) if old != first || forgot.is_some() => {
                    // Somebody else feeds it at the same time.
                    return Answer::of(Outcome::Later("its size changes".to_owned()));
                }
                Some(Some(named)) => {
                    if named < memory.cosigned {
                        let (witness, cosigned) = (witness.vkey.name().to_owned(), memory.cosigned);
                        forgot = Some(Alarm::Forgot { witness, size: named, cosigned });
                    }
                    old = named;
                }
            }
        }
    }

    fn send(&self, witness: &Named, old: u64) -> Result<Reply, Outcome> {
        let size = self.opened.checkpoint.size;
        let proof = if old == 0 || old == size { Ok(Vec::new()) } else { (self.proofs)(old) };
        let proof = proof.map_err(|error| Outcome::NoProof(error.to_string()))?;
        let body = Request { old, proof, note: self.opened.note.clone() }.to_body();
        let url = format!("{}/add-checkpoint", witness.url);
        let sent = self.transport.add_checkpoint(&url, body.as_bytes());
        sent.map_err(|TransportError(what)| Outcome::Later(what))
    }

    /// An answer that is not about sizes.
    fn take(&self, witness: &Named, reply: &Reply) -> Answer {
        match reply.status {
            200 => match self.cosignature(&witness.vkey, &reply.body) {
                Ok((time, line)) => {
                    Answer { line: Some(line), ..Answer::of(Outcome::Cosigned(time)) }
                }
                Err(what) => Answer::of(Outcome::Unusable(what)),
            },
            422 => self.refused(witness, 422),
            status @ (429 | 500..=599) => Answer::of(Outcome::Later(status.to_string())),
            status => Answer::of(Outcome::Reported(status)),
        }
    }

    /// The line of this key. Those of others are not ours to judge, and are not passed on.
    fn cosignature(
        &self,
        key: &VerifierKey,
        body: &[u8],
    ) -> Result<(u64, SignatureLine), &'static str> {
        let lines = str::from_utf8(body).ok().and_then(|text| parse_signatures(text).ok());
        let lines = lines.ok_or("200 without signature lines")?;
        let line = lines.into_iter().find(|line| key.signed(line));
        let line = line.ok_or("200 without a line of its key")?;
        let time = cosignature::verify_line(&self.opened.note.text, &line, key);
        Ok((time.map_err(|_| "its cosignature does not verify")?, line))
    }

    fn ahead(&self, witness: &Named, size: u64) -> Answer {
        let (seen, witness) = (self.contradiction(witness), witness.vkey.name().to_owned());
        let alarm = Some(Alarm::Rollback { witness, size, seen });
        Answer { alarm, ..Answer::of(Outcome::Ahead(size)) }
    }

    fn refused(&self, witness: &Named, status: u16) -> Answer {
        let (seen, witness) = (self.contradiction(witness), witness.vkey.name().to_owned());
        let alarm = Some(Alarm::Refused { witness, status, seen });
        Answer { alarm, ..Answer::of(Outcome::Refused(status)) }
    }

    /// What the witness shows, if it bears our own signature and contradicts this checkpoint.
    fn contradiction(&self, witness: &Named) -> Option<Box<Opened>> {
        let seen = seen_by(self.transport, self.log, witness)?;
        let (before, now) = (&seen.checkpoint, &self.opened.checkpoint);
        let contradicts = before.size > now.size || {
            let proof = if before.size == now.size {
                Vec::new()
            } else {
                (self.proofs)(before.size).ok()?
            };
            check_consistency((before.size, &before.root), (now.size, &now.root), &proof).is_err()
        };
        contradicts.then(|| Box::new(seen))
    }
}

fn size_of(reply: &Reply) -> Option<u64> {
    let media = reply.content_type.split(';').next().unwrap_or_default().trim();
    if media.eq_ignore_ascii_case(SIZE_TYPE) { parse_size(&reply.body) } else { None }
}

//! `archipel log attest`: the head of another log, recorded in one's own.

use crate::app::{App, Mandate};
use crate::failure::Failure;
use crate::input;
use archipel_domain::federation::WitnessCheckpoint;
use archipel_domain::id::{Hash, KeyId, Slug};
use archipel_domain::role::Power;
use archipel_engine::tlog::TlogError;
use archipel_engine::tlog::checkpoint::Policy;
use archipel_engine::tlog::note::{NOTE_BYTES_MAX, VerifierKey};
use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

/// Record the checkpoint of another log: if it ever shows another history, this is the proof.
#[derive(Debug, clap::Args)]
pub(crate) struct AttestArgs {
    /// What the other log is called here
    log: Slug,
    /// Its checkpoint, a signed note
    #[arg(long, value_name = "FILE")]
    checkpoint: PathBuf,
    /// The key that verifies it, from its owner
    #[arg(long)]
    vkey: VerifierKey,
}

/// Runs the command.
pub(crate) fn run(app: &App, args: &AttestArgs) -> Result<(), Failure> {
    let mut note = Vec::new();
    let read = File::open(&args.checkpoint)
        .and_then(|file| file.take(NOTE_BYTES_MAX as u64 + 1).read_to_end(&mut note));
    read.map_err(|error| Failure::file(&args.checkpoint, error))?;
    let opened = Policy::of_log(args.vkey.clone()).open(&note)?;
    // Lines that are signed and not recorded could not be verified again.
    if opened.note.text != opened.checkpoint.to_string() {
        return Err(TlogError::Checkpoint.into());
    }
    let signature = opened.note.signature(&args.vkey)?;
    let act = WitnessCheckpoint {
        log: args.log.clone(),
        origin: input::line("--vkey", &opened.checkpoint.origin)?,
        key: KeyId(*args.vkey.key().as_bytes()),
        size: opened.checkpoint.size,
        root: Hash(opened.checkpoint.root),
        signature: archipel_domain::id::SignatureBytes(*signature.as_bytes()),
    };
    app.act(act, Mandate::Power(Power::Federation))
}

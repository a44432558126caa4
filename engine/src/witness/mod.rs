//! Witnessing: a second pair of eyes on logs, and what a log does with its own witnesses.
//!
//! A [`Witness`] remembers, for each log that it knows, the largest tree that it has cosigned, and
//! cosigns only trees that begin with it (c2sp.org/tlog-witness). A [`Feeder`] has the checkpoints
//! of our own log cosigned by others. [`compare`] sets checkpoints of one log that were shown to
//! different people side by side: two histories under one key are a [`Fork`], which needs no
//! trust in whoever found it. There is no network here: what speaks is a [`Transport`].
//!
//! [`Fork`]: crate::tlog::fork::Fork

mod cosigner;
mod error;
mod feeder;
mod gossip;
mod latest;
mod policy;
mod request;
mod serving;
mod settings;

#[cfg(test)]
mod tests;
mod transport;

pub use error::{Refusal, WitnessError};
pub use feeder::{Alarm, Fed, Feeder, Outcome};
pub use gossip::{Compared, compare};
pub use latest::Latest;
pub use policy::{Named, WITNESSES, Witnesses};
pub use request::{BODY_BYTES_MAX, Request, SIZE_TYPE, origin_hash};
pub use serving::{Cosigned, Witness};
pub use settings::{LogSettings, Settings, WitnessDir};
pub use transport::{Reply, Transport, TransportError};

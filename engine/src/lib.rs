//! The engine of Archipel: a signed act in, a position out, and every state a fold of the log.
//!
//! [`Engine`](engine::Engine) is an opened instance. Its [`sequencer`] is the one way in, the
//! [`store`] holds the log, [`projection`] folds it, [`audit`] verifies it without trusting
//! anything but the leaves' bytes. There is no network and no terminal here.

pub mod audit;
pub mod ballot_file;
pub mod books;
pub mod clock;
pub mod crypto;
pub mod draw;
pub mod engine;
pub mod explain;
pub mod instance;
pub mod key_file;
pub mod log;
pub mod projection;
pub mod publish;
pub mod rebuild;
pub mod roster_file;
pub mod sequencer;
pub mod store;
pub mod tlog;
pub mod view;
pub mod witness;

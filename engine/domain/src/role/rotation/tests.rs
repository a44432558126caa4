//! Plans against all other plans, and faults.

mod faults;
mod laws;
mod oracle;
mod persons;
mod requests;

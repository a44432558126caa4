//! Plans against all other plans, and faults.

mod changed;
mod faults;
mod laws;
mod oracle;
mod persons;
mod requests;

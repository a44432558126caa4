//! The `archipel` binary.
fn main() {}

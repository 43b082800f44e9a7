//! The `apical` program.
fn main() {}

//! `cargo xtask deploy`.

mod checks;
mod failures;
mod guided;
mod order;
mod smoke;

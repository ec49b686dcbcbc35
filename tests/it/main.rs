//! One binary of tests, a module per topic.

mod answers;
mod asymmetric;
mod attacks;
mod autotraits;
mod batch;
mod body;
mod bounds;
mod catalogue;
mod claims;
mod codes;
mod contract;
mod covered;
mod decisions;
mod doors;
mod events;
mod fetched;
mod handshakes;
mod held;
mod http_signatures;
mod layering;
mod lifecycle;
mod linear;
mod memory;
mod oracle;
mod pressure;
mod reading;
mod settling;
mod signing;
mod simulation;
mod support;
mod tenants;
mod vectors;
mod words;
#[cfg(debug_assertions)]
mod work;
mod wycheproof;

//! One binary of tests, a module per topic.

mod asymmetric;
mod attacks;
mod autotraits;
mod batch;
mod body;
mod bounds;
mod catalogue;
mod claims;
mod decisions;
mod doors;
mod events;
mod fetched;
mod handshakes;
mod layering;
mod lifecycle;
mod linear;
mod memory;
mod oracle;
mod pressure;
mod simulation;
mod support;
mod tenants;
mod vectors;
mod words;
mod work;
mod wycheproof;

//! Whose secrets a receiver verifies with.

use crate::verify::KeyRing;

pub(super) enum Keys {
    Fixed(KeyRing),
    #[cfg(feature = "keys")]
    Fetched(std::sync::Arc<super::FetchedKeys>),
    #[cfg(feature = "tenants")]
    Tenants(Box<super::Tenants>),
}

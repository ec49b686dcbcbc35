//! The names that events have in a store.

use std::{fmt, sync::Arc};

use crate::{
    crypto,
    delivery::{Content, Delivery, EventId, IdFound},
};

/// Whose events these are: receiver, provider and tenant, so that equal ids of different senders
/// stay apart.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Scope(Arc<str>);

impl Scope {
    /// The scope of these parts. Each is written with its length, so that no two lists of parts make
    /// the same scope.
    pub fn new(receiver: &str, provider: &str, tenant: Option<&str>) -> Self {
        let part = |part: &str| format!("{}:{part}", part.len());
        let mut scope = [part(receiver), part(provider)].concat();
        if let Some(tenant) = tenant {
            scope.push_str(&part(tenant));
        }
        Self(scope.into())
    }

    /// The scope of the events in deliveries of this scope that carry several: their ids are no ids of
    /// deliveries.
    #[must_use]
    pub fn of_items(&self) -> Self {
        Self(format!("{}5:items", self.0).into())
    }

    /// The parts in one text: `6:stripe6:stripe` for receiver and provider `stripe`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// The name of an event in a store.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventKey {
    scope: Scope,
    name: Name,
    content: Option<[u8; 16]>,
    checksum: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Id(EventId),
    /// The id was longer than [`EventKey::LONGEST_ID`]: its SHA-256.
    LongId([u8; 32]),
    Content([u8; 16]),
}

impl EventKey {
    /// Ids longer than this many bytes are named by their SHA-256.
    pub const LONGEST_ID: usize = 200;

    /// The event of this id, by which an operator finds it.
    pub fn of_id(scope: Scope, id: EventId) -> Self {
        let name = match id.0.as_bytes().len() <= Self::LONGEST_ID {
            true => Name::Id(id),
            false => Name::LongId(crypto::sha256(id.0.as_bytes())),
        };
        Self { scope, name, content: None, checksum: 0 }
    }

    /// The event of this content, where it has no id.
    pub(crate) fn of_content(scope: Scope, content: [u8; 16], checksum: u64) -> Self {
        Self { scope, name: Name::Content(content), content: None, checksum }
    }

    /// The same event with a digest of its signed content and a checksum of its body.
    #[must_use]
    pub fn with_content(mut self, content: Option<[u8; 16]>, checksum: u64) -> Self {
        self.content = content;
        self.checksum = checksum;
        self
    }

    /// The event of a delivery: its id, together with its content where that is signed and the id is not, and it
    /// is asked for; its content alone where it has no id. What a receiver claims.
    pub fn of(delivery: &Delivery, scope: Scope, claims_content: bool) -> Self {
        let checksum = twox_hash::XxHash3_64::oneshot(&delivery.body);
        match delivery.id_found() {
            IdFound::Id(id) => {
                // A token binds no content to anything, and whoever saw it can make up more.
                let claims_content = claims_content && delivery.signed && !delivery.bound.id;
                let content = claims_content.then(|| digest(delivery.content()));
                Self::of_id(scope, id.clone()).with_content(content, checksum)
            }
            IdFound::Missing | IdFound::Invalid => {
                Self::of_content(scope, digest(delivery.content()), checksum)
            }
        }
    }

    /// Whether the event has no other name than its content.
    #[cfg(feature = "receiver")]
    pub(crate) fn is_content(&self) -> bool {
        matches!(self.name, Name::Content(_))
    }

    /// Whose event it is.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The event's name within its scope: a letter for what it is (`i` an id, `h` the SHA-256 of a
    /// long id, `c` a digest of the content) and that.
    pub fn name(&self) -> (char, &[u8]) {
        match &self.name {
            Name::Id(id) => ('i', id.0.as_bytes()),
            Name::LongId(digest) => ('h', digest),
            Name::Content(digest) => ('c', digest),
        }
    }

    /// The digest of the signed content, where it is claimed together with the id. In the same scope
    /// it is the same as the name `c` of a delivery without id.
    pub fn content(&self) -> Option<&[u8; 16]> {
        self.content.as_ref()
    }

    /// A checksum of the body, to tell a retry from other content under the same id.
    pub fn checksum(&self) -> u64 {
        self.checksum
    }
}

/// 16 bytes that name the content and from which no signature can be told.
fn digest(content: Content) -> [u8; 16] {
    let whole = match content {
        Content::Mac(mac) => crypto::sha256(&mac),
        Content::Sha256(sum) => sum,
    };
    let mut half = [0; 16];
    half.iter_mut().zip(whole).for_each(|(to, from)| *to = from);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_scopes_are_alike() {
        let scopes = [
            Scope::new("b:c", "d", None),
            Scope::new("b", "c:d", None),
            Scope::new("b", "c", Some("d")),
            Scope::new("b", "c1:d", None),
            Scope::new("b", "c", None),
        ];
        for (place, scope) in scopes.iter().enumerate() {
            assert!(!scopes[place + 1..].contains(scope), "{scope:?}");
        }
    }

    #[test]
    fn long_ids_are_named_by_digest() {
        let key = |len: usize| {
            let id = EventId::new(&"x".repeat(len)).expect("an id");
            let key = EventKey::of_id(Scope::new("r", "p", None), id);
            (key.name().0, key.name().1.len())
        };
        assert_eq!(key(200), ('i', 200));
        assert_eq!(key(201), ('h', 32));
        assert_eq!(key(100_000), ('h', 32));
    }
}

//! What comes out of verification: a [`Delivery`].

use std::{
    borrow::Borrow,
    fmt, str,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use smallvec::SmallVec;

use crate::clock::UnixTime;

/// Text that is usually short: kept in place up to 40 bytes.
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Text(SmallVec<[u8; 40]>);

impl Clone for Text {
    /// In one go: a derived one goes byte by byte.
    fn clone(&self) -> Self {
        Self(SmallVec::from_slice(&self.0))
    }
}

impl Text {
    /// The text of these bytes, or `None` where they are empty or not UTF-8.
    pub(crate) fn new(bytes: &[u8]) -> Option<Self> {
        (!bytes.is_empty() && str::from_utf8(bytes).is_ok()).then(|| Self(SmallVec::from_slice(bytes)))
    }

    fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The same as bytes, for nothing.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $name(pub(crate) Text);

        impl $name {
            /// The text, byte for byte as the provider sent it.
            pub fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(self.as_str(), f)
            }
        }
    };
}

text! {
    /// The name of an event, the same over all its deliveries. Compared byte for byte.
    EventId
}

text! {
    /// What kind of event it is, as the provider calls it.
    EventType
}

impl EventId {
    /// An id of this text, or `None` where it is empty.
    pub fn new(id: &str) -> Option<Self> {
        Text::new(id.as_bytes()).map(Self)
    }
}

/// What verification found where the scheme has the event id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IdFound {
    Id(EventId),
    Missing,
    /// Something is there, but it is no id: another JSON type, or the key twice.
    Invalid,
}

/// Where the event is in a verified body.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    /// The body is the JSON.
    Body,
    /// The body is a form, and this is its field that holds the JSON, decoded.
    Field(Bytes),
    /// The body is a form.
    Form,
}

/// A digest of the signed bytes, never of the signature as it was written.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    /// The first bytes of the MAC under the secret that matched: enough where it names no event.
    Mac([u8; 32]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// Reads out of a verified body what its head does not tell.
pub(crate) trait Identify: Send + Sync {
    /// The events in the delivery, or the place where a list of them should be and is not.
    fn items(&self, delivery: &Delivery) -> Result<Vec<Delivery>, &'static str>;

    fn identify(&self, delivery: &Delivery) -> (IdFound, Option<EventType>);

    /// What names the delivery by its content, where a MAC does not: that is another one under another secret.
    fn content(&self, delivery: &Delivery) -> Content;
}

/// What of a delivery its signature covers. What is not covered, anyone who saw one delivery can
/// change in the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bound {
    /// Everything that events are read from: mostly the body, byte for byte.
    pub body: bool,
    /// The timestamp.
    pub timestamp: bool,
    /// The event id.
    pub id: bool,
    /// The event type.
    pub event_type: bool,
    /// The URL.
    pub url: bool,
}

/// How much a delivery proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Assurance {
    /// Whoever sent it knows the secret, and so does everybody who ever saw a delivery: a token or a password
    /// travels with each, and binds nothing of it.
    Sender,
    /// It is signed, and the signature does not cover everything that events are read from: fetch from the
    /// provider's API what matters.
    Partial,
    /// It is signed as a whole.
    Whole,
}

/// What keeps an event from being handled twice while its handler runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Guard {
    /// Nothing: behind a verifier alone, or when the store was out and the policy is to run
    /// unchecked.
    #[default]
    None,
    /// A claim in the receiver's store.
    Store,
    /// A claim in the memory of this process, since the store was out and that is the policy: other
    /// processes do not see it, and the store does not learn of it later.
    Fallback,
}

/// An authentic delivery. Only a [`Verifier`](crate::Verifier) makes one: having it is the proof.
///
/// It holds the body's bytes exactly as they came over the wire. Cloning it does not copy them.
#[derive(Clone)]
pub struct Delivery {
    pub(crate) provider: &'static str,
    /// What the head tells; `None` where the body has to be asked.
    pub(crate) id: Option<IdFound>,
    pub(crate) event_type: Option<Option<EventType>>,
    /// What the body told: looked up when somebody asks, since looking is not for free.
    pub(crate) in_body: OnceLock<Box<(IdFound, Option<EventType>)>>,
    pub(crate) identify: Arc<dyn Identify>,
    pub(crate) timestamp: Option<UnixTime>,
    pub(crate) key: usize,
    pub(crate) bound: Bound,
    /// Whether the secret stayed with the sender.
    pub(crate) signed: bool,
    pub(crate) content: Content,
    pub(crate) body: Bytes,
    pub(crate) payload: Payload,
    pub(crate) tenant: Option<Arc<str>>,
    pub(crate) attempt: Option<u32>,
    pub(crate) guard: Guard,
    /// What a receiver knows of the run that it is handed on for.
    #[cfg(feature = "receiver")]
    pub(crate) run: Option<Arc<dyn std::any::Any + Send + Sync>>,
}

impl Delivery {
    /// The provider's name, for example `stripe`.
    pub fn provider(&self) -> &'static str {
        self.provider
    }

    /// The event id, where the request has one. See [`id_is_signed`](Self::id_is_signed).
    pub fn id(&self) -> Option<&EventId> {
        match self.id_found() {
            IdFound::Id(id) => Some(id),
            IdFound::Missing | IdFound::Invalid => None,
        }
    }

    pub(crate) fn id_found(&self) -> &IdFound {
        self.id.as_ref().unwrap_or_else(|| &self.in_body().0)
    }

    /// [`id_found`](Self::id_found) for one who may change the delivery: what the body tells needs no place of
    /// its own then.
    #[cfg(feature = "receiver")]
    pub(crate) fn find_id(&mut self) -> &IdFound {
        if self.id.is_none() {
            let found = self.in_body.take().map(|found| *found);
            let (id, event_type) = found.unwrap_or_else(|| self.identify.identify(self));
            self.event_type.get_or_insert(event_type);
            self.id = Some(id);
        }
        self.id_found()
    }

    /// What names it by its content, made as it is asked for.
    pub(crate) fn content(&self) -> Content {
        match self.content {
            Content::Mac(_) => self.identify.content(self),
            known => known,
        }
    }

    /// One look into the body answers both questions.
    fn in_body(&self) -> &(IdFound, Option<EventType>) {
        self.in_body.get_or_init(|| Box::new(self.identify.identify(self)))
    }

    /// Whether the signature covers the event id. Where it does not, anyone who saw a delivery can
    /// send it again under another id.
    pub fn id_is_signed(&self) -> bool {
        self.bound.id
    }

    /// The event type, where the request has one. See
    /// [`event_type_is_signed`](Self::event_type_is_signed).
    pub fn event_type(&self) -> Option<&EventType> {
        self.event_type.as_ref().unwrap_or_else(|| &self.in_body().1).as_ref()
    }

    /// Whether the signature covers the event type. Where it does not, anyone who saw a delivery can
    /// send it again under another type: let the body decide what matters.
    pub fn event_type_is_signed(&self) -> bool {
        self.bound.event_type
    }

    /// When the provider signed the delivery, where the scheme says.
    pub fn timestamp(&self) -> Option<UnixTime> {
        self.timestamp
    }

    /// Which secret matched: its position in the order they were given.
    pub fn key_index(&self) -> usize {
        self.key
    }

    /// What the signature covers.
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// How much it proves. Ask for [`Assurance::Whole`] before you act on what the body says.
    pub fn assurance(&self) -> Assurance {
        match (self.bound.body, self.signed) {
            (true, _) => Assurance::Whole,
            (false, true) => Assurance::Partial,
            (false, false) => Assurance::Sender,
        }
    }

    /// The body, byte for byte as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The tenant whose secret matched, where secrets are looked up per tenant.
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// What keeps this event from being handled twice.
    pub fn guard(&self) -> Guard {
        self.guard
    }

    /// The how-manieth run this is for the event, from 1. Makes effects idempotent together with
    /// the id. `None` where nothing was claimed: see [`guard`](Self::guard).
    pub fn attempt(&self) -> Option<u32> {
        self.attempt
    }

    /// The bytes that events are read from: the body, the form field that holds the JSON, or the claims of a token.
    pub fn payload(&self) -> &[u8] {
        match &self.payload {
            Payload::Body | Payload::Form => &self.body,
            Payload::Field(json) => json,
        }
    }
}

impl fmt::Debug for Delivery {
    /// Without the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("provider", &self.provider)
            .field("id", &self.id())
            .field("event_type", &self.event_type())
            .field("timestamp", &self.timestamp)
            .field("attempt", &self.attempt)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

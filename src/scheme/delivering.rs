//! How a provider delivers, beside what it signs.

use std::time::Duration;

use super::{Handshake, Place, Scheme};

impl Scheme {
    /// The challenges that the provider sends before it sends events.
    pub const fn handshakes(mut self, handshakes: &'static [Handshake]) -> Self {
        self.handshakes = handshakes;
        self
    }

    /// What the gate answers to a delivery that it acknowledges without a handler, such as a duplicate: this
    /// status and text, which is plain, or JSON where it begins with `{`. Default: 200, or 204 to what was
    /// filtered out, and no body. Handlers have to answer so themselves.
    pub const fn acknowledged(mut self, status: u16, body: &'static str) -> Self {
        self.acknowledged = Some((status, body));
        self
    }

    /// What a text holds that the provider signs with the same key and that is no delivery, such as the query of a
    /// login. Strangers can get those, and sent as a body they would be authentic: a body that holds one of these and
    /// begins neither as a JSON object or array nor as XML is refused. `""` is in every text. Default: none.
    pub const fn key_also_signs(mut self, marks: &'static [&'static str]) -> Self {
        self.key_also_signs = marks;
        self
    }

    /// Where a delivery says whose it is, such as an account's id, and the name under which yours is
    /// [configured](crate::VerifierBuilder::config), several with spaces or commas in between. For providers that
    /// sign for all of their customers with one key: any of them could have deliveries of their own sent to you.
    /// Default: nowhere.
    pub const fn belongs_to(mut self, place: Place, name: &'static str) -> Self {
        self.belongs_to = Some((place, name));
        self
    }

    /// For how long the provider retries a delivery, in hours: done events are remembered for at
    /// least that. Default 72.
    pub const fn retries_for_hours(mut self, hours: u64) -> Self {
        self.retries_for = Duration::from_secs(hours.saturating_mul(3600));
        self
    }

    /// An event without an id is named by its body alone, not by all that is signed: each retry is signed anew, at
    /// another time, and the body has a time of its own. All of it must be signed as it is. Default: by all that is
    /// signed.
    pub const fn named_by_body(mut self) -> Self {
        self.named_by_body = true;
        self
    }

    /// Genuine events of different types may be equal in all that is signed, and the type is in a header: what is
    /// signed names an event together with its type. A stranger who captured a delivery may then send it once more
    /// as each other type, of which there are as many as they like: name those that you want, by `only` on the
    /// receiver's builder. Default: they never are.
    pub const fn repeats_across_types(mut self) -> Self {
        self.repeats_across_types = true;
        self
    }

    /// Genuine events may be equal in all that is signed, so that this names no event: it tells a repeat only
    /// while the event is handled, and under another id not at all. Default: they never are.
    pub const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Whether a body is such another text.
    pub(crate) fn is_other_text(&self, body: &[u8]) -> bool {
        let holds = |mark: &&str| body.windows(mark.len().max(1)).any(|text| text == mark.as_bytes());
        !matches!(body.trim_ascii_start(), [b'{' | b'[' | b'<', ..])
            && self.key_also_signs.iter().any(|mark| mark.is_empty() || holds(mark))
    }

    /// Whether the events of a list have types of their own, to choose by.
    #[cfg(feature = "receiver")]
    pub(crate) fn has_typed_items(&self) -> bool {
        self.batch.is_some_and(|batch| batch.event_type.or(batch.or_event_type).is_some())
    }

    /// Whether the body is looked into for what names events or, where those are asked for, for their types.
    #[cfg(feature = "receiver")]
    pub(crate) fn is_read_from_body(&self, names: bool, types: bool) -> bool {
        let reads = |place: Option<Place>| place.is_some_and(Place::reads_body);
        let types = types || names && self.repeats_across_types;
        (names || types) && self.batch.is_some() || names && reads(self.id) || types && reads(self.event_type)
    }
}

//! Several events in one delivery.

/// Where the events of a delivery are that carries several: items of an array in the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub(crate) items: &'static str,
    pub(crate) id: Option<&'static str>,
    pub(crate) event_type: Option<&'static str>,
}

impl Batch {
    /// The items of the array at this pointer (RFC 6901), `""` being the payload itself.
    pub const fn of(items: &'static str) -> Self {
        Self { items, id: None, event_type: None }
    }

    /// Where the id of an event is inside of its item. Default: nowhere; then the digest of the item
    /// stands in.
    pub const fn id(mut self, pointer: &'static str) -> Self {
        self.id = Some(pointer);
        self
    }

    /// Where the type of an event is inside of its item. Default: nowhere.
    pub const fn event_type(mut self, pointer: &'static str) -> Self {
        self.event_type = Some(pointer);
        self
    }
}

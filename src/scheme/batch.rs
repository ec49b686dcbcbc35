//! Several events in one delivery.

/// Where the events of a delivery are that carries several: items of an array in the payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub(crate) items: &'static str,
    pub(crate) id: Option<&'static str>,
    pub(crate) id_with: &'static [&'static str],
    pub(crate) beside: Option<&'static str>,
    pub(crate) or_alone: bool,
    pub(crate) event_type: Option<&'static str>,
    pub(crate) or_event_type: Option<&'static str>,
}

impl Batch {
    /// The items of the array at this pointer (RFC 6901), `""` being the payload itself.
    pub const fn of(items: &'static str) -> Self {
        Self {
            items,
            id: None,
            id_with: &[],
            beside: None,
            or_alone: false,
            event_type: None,
            or_event_type: None,
        }
    }

    /// Where the id of an event is inside of its item. Default: nowhere; then the digest of the item
    /// stands in, together with the time that was signed where it came without a list around it.
    pub const fn id(mut self, pointer: &'static str) -> Self {
        self.id = Some(pointer);
        self
    }

    /// What else of the item belongs to the id of an event, where that by itself is not unique. All of it must be
    /// there.
    pub const fn id_with(mut self, pointers: &'static [&'static str]) -> Self {
        self.id_with = pointers;
        self
    }

    /// A value of the payload beside the list, such as its time, that belongs to what names an event without an
    /// id. Default: none; then an item that comes again is taken for the same event.
    pub const fn beside(mut self, pointer: &'static str) -> Self {
        self.beside = Some(pointer);
        self
    }

    /// A payload without the list is an event by itself. Default: it is none.
    pub const fn or_alone(mut self) -> Self {
        self.or_alone = true;
        self
    }

    /// Where the type of an event is inside of its item. Default: nowhere.
    pub const fn event_type(mut self, pointer: &'static str) -> Self {
        self.event_type = Some(pointer);
        self
    }

    /// Where it is in an item that has none [there](Self::event_type). Default: nowhere.
    pub const fn or_event_type(mut self, pointer: &'static str) -> Self {
        self.or_event_type = Some(pointer);
        self
    }
}

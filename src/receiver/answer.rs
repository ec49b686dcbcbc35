//! What the gate says to the sender, and what became of a request.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;

use crate::{error::Reason, handshake::Reply, scheme::Scheme};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Disposition {
    /// Handled, and remembered as done.
    Handled,
    /// The handler failed; the next delivery may try.
    Released,
    /// The handler failed for good; remembered as done.
    GivenUp,
    /// Handled, but somebody else had taken the claim over.
    Lost,
    /// Handled, but the store could not be told yet.
    Unsettled,
    /// Handled without a claim, since the store was out and the policy says so.
    Unchecked,
    /// Handled without a claim, since the receiver only verifies.
    Verified,
    /// Authentic, but not of a wanted type.
    Filtered,
    /// A duplicate of an event that is being handled.
    Running,
    /// A duplicate of an event that was handled.
    Done,
    /// The content of an event that was handled, under another id, or without one.
    Replayed,
    /// Authentic, but its payload does not fit.
    Undecodable,
    /// Not an authentic, fresh delivery.
    Rejected,
    /// Not served: our fault, or no room.
    Refused,
    /// A challenge, answered.
    Handshake,
}

impl Disposition {
    /// As logs and metrics spell it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Handled => "handled",
            Self::Released => "released",
            Self::GivenUp => "given_up",
            Self::Lost => "lost",
            Self::Unsettled => "unsettled",
            Self::Unchecked => "unchecked",
            Self::Verified => "verified",
            Self::Filtered => "filtered",
            Self::Running => "running",
            Self::Done => "done",
            Self::Replayed => "replayed",
            Self::Undecodable => "undecodable",
            Self::Rejected => "rejected",
            Self::Refused => "refused",
            Self::Handshake => "handshake",
        }
    }
}

impl fmt::Display for Disposition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The gate's answer to a request. It is in the extensions of every response that passed the gate,
/// for layers outside of it; the sender sees only status and headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    retry_after: Option<u32>,
    allow: &'static [&'static str],
    disposition: Disposition,
    why: &'static str,
    body: &'static str,
}

/// All that the gate says to a request that no handler runs for.
pub(crate) struct Spoken {
    pub(crate) answer: Answer,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl From<Answer> for Spoken {
    fn from(answer: Answer) -> Self {
        Self { answer, headers: Vec::new(), body: Bytes::from_static(answer.body.as_bytes()) }
    }
}

impl Spoken {
    pub(crate) fn handshake(reply: Reply) -> Self {
        let answer = Answer::new(reply.status, Disposition::Handshake);
        Self { answer, headers: reply.headers, body: reply.body }
    }

    /// Hands on the header fields of the response, names in lower case. What is borrowed is a literal that a
    /// header can hold.
    pub(crate) fn each_header(self, mut sink: impl FnMut(&'static str, Cow<'static, str>)) {
        self.answer.each_header(&mut sink);
        self.headers.into_iter().for_each(|(name, value)| sink(name, value.into()));
    }
}

impl Answer {
    pub(crate) const fn new(status: u16, disposition: Disposition) -> Self {
        Self { status, retry_after: None, allow: &[], disposition, why: "", body: "" }
    }

    /// An acknowledgment, as the provider wants it.
    pub(crate) fn acknowledged(scheme: &Scheme, status: u16, disposition: Disposition) -> Self {
        match scheme.acknowledged {
            Some((status, body)) => Self { body, ..Self::new(status, disposition) },
            None => Self::new(status, disposition),
        }
    }

    /// What is our fault or a lack of room: the provider is to try again.
    pub(crate) const fn refused(status: u16, why: &'static str) -> Self {
        Self { retry_after: Some(5), why, ..Self::new(status, Disposition::Refused) }
    }

    /// A hook or a handler panicked. Nothing of that is told.
    pub(crate) const fn panicked() -> Self {
        Self::new(500, Disposition::Refused).because("panicked")
    }

    pub(crate) const fn because(self, why: &'static str) -> Self {
        Self { why, ..self }
    }

    /// The reason, where there is none yet.
    pub(crate) const fn or_because(self, why: &'static str) -> Self {
        if self.why.is_empty() { self.because(why) } else { self }
    }

    pub(crate) const fn disposed(self, disposition: Disposition) -> Self {
        Self { disposition, ..self }
    }

    pub(crate) fn retry_after(self, wait: Duration) -> Self {
        // A lease is renewed while the handler runs, so its end says little: ask soon.
        let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0)).clamp(1, 10);
        Self { retry_after: Some(seconds as u32), ..self }
    }

    /// The answer to what could not be verified. All that a stranger can get wrong is answered
    /// alike.
    pub(crate) fn to_reason(reason: Reason, methods: &'static [&'static str]) -> Self {
        let rejected = |status| Self::new(status, Disposition::Rejected);
        let answer = match reason {
            Reason::MethodNotAllowed => Self { allow: methods, ..rejected(405) },
            Reason::ContentEncoding => rejected(415),
            Reason::BodyTooLarge => rejected(413),
            Reason::BodyTooSlow => rejected(408),
            Reason::BodyBroken => rejected(400),
            Reason::NoRoom | Reason::KeyLookupFailed | Reason::ClockUnusable => Self::refused(503, ""),
            Reason::NoUsableKey => Self::new(500, Disposition::Refused),
            _ => rejected(401),
        };
        answer.because(reason.as_str())
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The seconds after which the sender is asked to try again.
    pub const fn retry_after_secs(&self) -> Option<u32> {
        self.retry_after
    }

    /// The methods that the `Allow` header names.
    pub const fn allow(&self) -> &'static [&'static str] {
        self.allow
    }

    /// The body: empty but where the provider insists on one.
    pub const fn body(&self) -> &'static str {
        self.body
    }

    /// Hands on the header fields of the response, names in lower case. What is borrowed is a literal that a
    /// header can hold.
    pub(crate) fn each_header(&self, mut sink: impl FnMut(&'static str, Cow<'static, str>)) {
        sink("cache-control", "no-store".into());
        if let Some(seconds) = self.retry_after {
            sink("retry-after", seconds.to_string().into());
        }
        if !self.allow.is_empty() {
            sink("allow", self.allow.join(", ").into());
        }
        if !self.body.is_empty() {
            let is_json = self.body.starts_with('{');
            let kind = if is_json { "application/json" } else { "text/plain; charset=utf-8" };
            sink("content-type", kind.into());
        }
    }

    /// What became of the request.
    pub const fn disposition(&self) -> Disposition {
        self.disposition
    }

    /// Why, as logs and metrics spell it: a [`Reason`], or for example `store_unavailable`. Empty
    /// where the disposition says all.
    pub const fn why(&self) -> &'static str {
        self.why
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_soon_and_never_zero() {
        let seconds = |wait| Answer::refused(503, "").retry_after(wait).retry_after_secs();
        assert_eq!(seconds(Duration::ZERO), Some(1));
        assert_eq!(seconds(Duration::from_millis(1001)), Some(2));
        assert_eq!(seconds(Duration::MAX), Some(10));
    }
}

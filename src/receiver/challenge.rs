//! Challenges that come where deliveries do.

use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_core::Stream;

use super::{Inner, Spoken, keys::Keys};
use crate::{
    delivery::Delivery,
    handshake::{Asked, Reply},
    headers::Head,
    secret::Secret,
    verify::{KeyRing, Verification},
};

/// The longest body that a challenge without a signature has.
const LONGEST: usize = 16 * 1024;

impl Inner {
    /// The answer to a challenge that is not signed.
    pub(super) fn open_challenge(&self, head: &Head<'_>, body: &[u8]) -> Option<Spoken> {
        let reply = self.asked(head, body).reply(false)?;
        self.answered(reply, None)
    }

    /// The answer to a challenge that is verified.
    pub(super) fn signed_challenge(&self, head: &Head<'_>, delivery: &Delivery) -> Option<Spoken> {
        let reply = self.asked(head, delivery.body()).reply(true)?;
        self.answered(reply, Some(delivery))
    }

    fn asked<'a>(&'a self, head: &Head<'a>, body: &'a [u8]) -> Asked<'a> {
        let ring = match &self.keys {
            Keys::Fixed(ring) => Some(ring),
            #[cfg(any(feature = "tenants", feature = "keys"))]
            _ => None,
        };
        Asked { rules: &self.rules, head: *head, body, ring }
    }

    fn answered(&self, reply: Reply, delivery: Option<&Delivery>) -> Option<Spoken> {
        if let Some(secret) = &reply.secret {
            // Without one who takes it, the challenge would set up deliveries that nobody can verify.
            self.policy.secret_sink.as_ref()?(Secret::new(secret.as_str()));
        }
        let spoken = Spoken::handshake(reply);
        self.record(&spoken.answer, delivery);
        Some(spoken)
    }

    /// The body of a request without a signature, where it is short and there in time.
    pub(super) async fn collect<B, E>(&self, head: &Head<'_>, body: Pin<&mut B>) -> Option<Bytes>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let none = KeyRing::none();
        let mut collecting = Verification::new(&self.rules, &none, *head);
        let mut room = self.room.enter();
        self.in_time(pin!(self.read(&mut collecting, &mut room, body, LONGEST))).await.ok()?;
        Some(Bytes::copy_from_slice(collecting.body_so_far()))
    }
}

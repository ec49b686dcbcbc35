//! From a head and a stream of bytes to a delivery: all that strangers can make us do.

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use bytes::Bytes;
use futures_core::Stream;
use tokio::{
    task::{Unconstrained, unconstrained},
    time::{Sleep, sleep},
};

use super::{Inner, keys::Keys};
use crate::{
    clock::UnixTime,
    delivery::Delivery,
    error::Reason,
    headers::{Field, Head},
    verify::{KeyRing, Verification},
};

impl Inner {
    /// Verifies a request. Each step costs no more than the ones before have earned: the head is
    /// judged before the body is read, and the body is read within a limit, a deadline and the room
    /// that the process has for strangers.
    ///
    /// The delivery comes boxed: it is large, and futures keep room for all that they pass on. So is the way to
    /// it: one block of more than a kilobyte takes an allocator longer than two smaller ones.
    #[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
    pub(super) fn verify<B, E>(
        &self,
        head: &Head<'_>,
        body: Pin<&mut B>,
    ) -> impl Future<Output = Result<Box<Delivery>, Reason>>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        async move {
            match &self.keys {
                Keys::Fixed(ring) => Box::pin(self.verify_with(ring, head, body)).await,
                #[cfg(feature = "keys")]
                Keys::Fetched(keys) => Box::pin(self.verify_fetched(keys, head, body)).await,
                #[cfg(feature = "tenants")]
                Keys::Tenants(tenants) => Box::pin(self.verify_tenant(tenants, head, body)).await,
            }
        }
    }

    #[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
    fn verify_with<B, E>(
        &self,
        ring: &KeyRing,
        head: &Head<'_>,
        body: Pin<&mut B>,
    ) -> impl Future<Output = Result<Box<Delivery>, Reason>>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        async move {
            // Opened and concluded in place: it is large, and so is each copy of it.
            let mut verification = Verification::new(&self.rules, ring, *head);
            let now = self.now()?;
            verification.open(now)?;
            let mut room = self.room.enter();
            let limit = self.policy.body_limit;
            let waited = self.in_time(pin!(self.read(&mut verification, &mut room, body, limit))).await?;
            room.complete();
            verification.conclude(if waited { self.now()? } else { now })
        }
    }

    #[cfg(feature = "tenants")]
    async fn verify_tenant<B, E>(
        &self,
        tenants: &super::Tenants,
        head: &Head<'_>,
        body: Pin<&mut B>,
    ) -> Result<Box<Delivery>, Reason>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        // Nobody's secrets are looked up for what fails under any.
        Verification::new(&self.rules, &tenants.dummy().keys, *head).open(self.now()?)?;
        let tenant = tenants.name_of(head);
        // The same work for known and unknown ones: the answer's time tells nothing.
        let super::ttl::Ring { keys, is_known } = match &tenant {
            Some(tenant) => tenants.ring(&self.rules.scheme, tenant).await?,
            None => tenants.dummy().clone(),
        };
        match self.verify_with(&keys, head, body).await {
            Ok(mut delivery) if is_known => {
                delivery.tenant = tenant;
                Ok(delivery)
            }
            Ok(_) | Err(Reason::SignatureMismatch) if !is_known => Err(Reason::UnknownTenant),
            other => other,
        }
    }

    /// Looks the key up that the request names, once all of the request is there: that name may be anywhere
    /// in it.
    #[cfg(feature = "keys")]
    async fn verify_fetched<B, E>(
        &self,
        keys: &std::sync::Arc<super::FetchedKeys>,
        head: &Head<'_>,
        body: Pin<&mut B>,
    ) -> Result<Box<Delivery>, Reason>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        let (none, ring) = (KeyRing::none(), std::cell::OnceCell::new());
        let mut verification = Verification::new(&self.rules, &none, *head);
        verification.open(self.now()?)?;
        let mut room = self.room.enter();
        self.in_time(pin!(self.read(&mut verification, &mut room, body, self.policy.body_limit))).await?;
        let id = verification.key_id()?;
        // Whoever names a key that takes long to look up holds room meanwhile, as slow senders do.
        let found = room.wait_for(keys.ring(&self.rules.scheme, id.clone())).await;
        let found = found.ok_or(Reason::NoRoom)??;
        room.complete();
        if !found.is_known {
            return Err(Reason::UnknownKey);
        }
        verification.with_keys(ring.get_or_init(|| found.keys));
        let delivery = verification.conclude(self.now()?)?;
        keys.signed(&id);
        Ok(delivery)
    }

    /// Reads within the deadline, and says whether that took any time. What is there already is read
    /// without a timer.
    pub(super) fn in_time(
        &self,
        mut reading: Pin<&mut impl Future<Output = Result<(), Reason>>>,
    ) -> impl Future<Output = Result<bool, Reason>> {
        let mut deadline: Option<Pin<Box<Unconstrained<Sleep>>>> = None;
        poll_fn(move |cx| {
            if let Poll::Ready(read) = reading.as_mut().poll(cx) {
                return Poll::Ready(read.map(|()| deadline.is_some()));
            }
            // A reader that used up its share of the task's budget must not keep the deadline waiting.
            let deadline =
                deadline.get_or_insert_with(|| Box::pin(unconstrained(sleep(self.policy.body_deadline))));
            deadline.as_mut().poll(cx).map(|()| Err(Reason::BodyTooSlow))
        })
    }

    #[allow(clippy::manual_async_fn, reason = "an async fn keeps its arguments twice")]
    pub(super) fn read<B, E>(
        &self,
        verification: &mut Verification<'_>,
        room: &mut super::room::Permit<'_>,
        mut body: Pin<&mut B>,
        limit: usize,
    ) -> impl Future<Output = Result<(), Reason>>
    where
        B: Stream<Item = Result<Bytes, E>>,
    {
        async move {
            let announced = length_of(verification);
            if announced.is_some_and(|length| length > limit as u64) {
                return Err(Reason::BodyTooLarge);
            }
            for chunks in 0_u64.. {
                if chunks > 1 {
                    // A sender of endless empty chunks must not keep the deadline from being looked at.
                    tokio::task::consume_budget().await;
                }
                let next = poll_fn(|cx| match body.as_mut().poll_next(cx) {
                    Poll::Ready(chunk) => {
                        Poll::Ready(chunk.map(|chunk| chunk.map_err(|_| Reason::BodyBroken)))
                    }
                    Poll::Pending => room.poll_give_way(cx).map(|()| Some(Err(Reason::NoRoom))),
                });
                let Some(chunk) = next.await.transpose()? else { break };
                if chunk.len() > limit.saturating_sub(verification.len()) {
                    return Err(Reason::BodyTooLarge);
                }
                if !(room.try_grow(chunk.len()) || Box::pin(room.grow(chunk.len())).await) {
                    return Err(Reason::NoRoom);
                }
                verification.update(chunk);
            }
            // A stream that is reset without an error looks like one that came to its end.
            match announced.is_none_or(|length| length == verification.len() as u64) {
                true => Ok(()),
                false => Err(Reason::BodyBroken),
            }
        }
    }

    fn now(&self) -> Result<UnixTime, Reason> {
        self.clock.now().ok_or(Reason::ClockUnusable)
    }
}

/// The length that a request announces.
fn length_of(verification: &Verification<'_>) -> Option<u64> {
    let Field::One(length) = verification.content_length() else { return None };
    std::str::from_utf8(length).ok()?.parse().ok()
}

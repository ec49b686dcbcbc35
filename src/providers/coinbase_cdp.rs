use super::Provider;
use crate::scheme::{Code, Scheme, field, first, header, json};

/// [Coinbase Developer
/// Platform](https://docs.cdp.coinbase.com/api-reference/payment-apis/webhooks/verification).
///
/// The signature covers the body and the timestamp, but not the event id or the event type.
///
/// The secret is that of the webhook subscription, given as the API returned it. The signature lists in
/// h the headers that it covers; X-Event-Id can be trusted only if it is among them. Where the header
/// has a v1 signature that one alone decides, whatever v0 says. X-Event-Id is the same over retries,
/// which go on for about three days. Retries: for up to 72 hours.
#[derive(Clone, Copy, Debug)]
pub struct CoinbaseCdp;

impl Provider for CoinbaseCdp {
    const SCHEME: Scheme = Scheme::code("coinbase-cdp", Code::Hook0)
        .signature(header("x-hook0-signature").pairs(',', '=', "v1"))
        .or_signatures(const { &[header("x-hook0-signature").pairs(',', '=', "v0")] })
        .timestamp(field("t").seconds())
        .id(header("x-event-id"))
        .event_type(first(&[json("/eventType"), header("x-event-type")]))
        .key_also_signs(&[""]);
}

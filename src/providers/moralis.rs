use super::Provider;
use crate::scheme::{
    Part::{Body, Secret},
    Scheme, header, json,
};

/// [Moralis Streams](https://docs.moralis.io/web3-data-api/evm/streams-api/webhook-security).
///
/// The signature covers the body and the event type.
///
/// The secret is the streams secret where one is set, otherwise the API key, given as text. Blocks have
/// no event id, and as the body counts its retries, a retry is not recognised as one. A block comes
/// twice, first with `confirmed` false and then true. Making a stream sends an empty test body that
/// must be answered with 200. The event type is the tag that you gave the stream. There is no event id:
/// the digest of what is signed stands in. Retries: for up to 46 hours.
#[derive(Clone, Copy, Debug)]
pub struct Moralis;

impl Provider for Moralis {
    const SCHEME: Scheme = Scheme::digest_keccak256("moralis")
        .signature(header("x-signature").prefix("0x"))
        .signs(&[Body, Secret])
        .event_type(json("/tag"))
        .retries_for_hours(46);
}

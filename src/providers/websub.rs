use super::Provider;
use crate::scheme::{Handshake, Part::Body, Scheme, When, header, query};

/// [WebSub](https://www.w3.org/TR/websub/#authenticated-content-distribution).
///
/// The signature covers the body.
///
/// The secret is the `hub.secret` that the subscriber gave to the hub, given as it was chosen. The hub
/// chooses the hash function; only `sha256` is accepted here. The specification wants content with a
/// wrong signature to be answered with success and ignored. The body is the feed as it was published,
/// in any format, and the topic is in the `Link` header with `rel=self`. A subscription is confirmed by
/// a GET request with `hub.challenge`. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct WebSub;

impl Provider for WebSub {
    const SCHEME: Scheme = websub(Scheme::hmac_sha256("websub"), "sha256=");
}

/// [WebSub, HMAC-SHA-1](https://www.w3.org/TR/websub/#authenticated-content-distribution).
///
/// The signature covers the body.
///
/// The secret is the `hub.secret` that the subscriber gave to the hub, given as it was chosen. The hub
/// chooses the hash function; only `sha1` is accepted here. The specification wants content with a
/// wrong signature to be answered with success and ignored. The body is the feed as it was published,
/// in any format, and the topic is in the `Link` header with `rel=self`. A subscription is confirmed by
/// a GET request with `hub.challenge`. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct WebSubSha1;

impl Provider for WebSubSha1 {
    const SCHEME: Scheme = websub(Scheme::hmac_sha1("websub-sha1"), "sha1=");
}

/// [WebSub, HMAC-SHA-384](https://www.w3.org/TR/websub/#authenticated-content-distribution).
///
/// The signature covers the body.
///
/// The secret is the `hub.secret` that the subscriber gave to the hub, given as it was chosen. The hub
/// chooses the hash function; only `sha384` is accepted here. The specification wants content with a
/// wrong signature to be answered with success and ignored. The body is the feed as it was published,
/// in any format, and the topic is in the `Link` header with `rel=self`. A subscription is confirmed by
/// a GET request with `hub.challenge`. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct WebSubSha384;

impl Provider for WebSubSha384 {
    const SCHEME: Scheme = websub(Scheme::hmac_sha384("websub-sha384"), "sha384=");
}

/// [WebSub, HMAC-SHA-512](https://www.w3.org/TR/websub/#authenticated-content-distribution).
///
/// The signature covers the body.
///
/// The secret is the `hub.secret` that the subscriber gave to the hub, given as it was chosen. The hub
/// chooses the hash function; only `sha512` is accepted here. The specification wants content with a
/// wrong signature to be answered with success and ignored. The body is the feed as it was published,
/// in any format, and the topic is in the `Link` header with `rel=self`. A subscription is confirmed by
/// a GET request with `hub.challenge`. There is no event id: the digest of what is signed stands in.
#[derive(Clone, Copy, Debug)]
pub struct WebSubSha512;

impl Provider for WebSubSha512 {
    const SCHEME: Scheme = websub(Scheme::hmac_sha512("websub-sha512"), "sha512=");
}

/// What all hash functions share.
const fn websub(scheme: Scheme, prefix: &'static str) -> Scheme {
    const CHALLENGES: &[Handshake] = &[
        Handshake::get()
            .when(&[
                When::Is(query("hub.mode"), "subscribe"),
                When::IsConfigured(query("hub.topic"), "topic"),
            ])
            .challenge(query("hub.challenge"))
            .echoed(),
        Handshake::get()
            .when(&[
                When::Is(query("hub.mode"), "unsubscribe"),
                When::IsConfigured(query("hub.topic"), "unwanted_topic"),
            ])
            .challenge(query("hub.challenge"))
            .echoed(),
    ];
    scheme.signature(header("x-hub-signature").prefix(prefix)).signs(&[Body]).handshakes(CHALLENGES)
}

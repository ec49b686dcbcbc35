use super::Provider;
use crate::scheme::{
    Part::{BodyAsJson, Field, Lit, Timestamp},
    Scheme, field, header, json,
};

/// [Hygraph](https://github.com/hygraph/hygraph-utils).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the webhook's secret key from the project settings, given as text. What is signed
/// holds the body as a JSON string, together with environment and time in milliseconds. The body's
/// `/data/id` is that of the entry and comes again with each change, so events have no id. There is no
/// event id: the digest of what is signed stands in. It covers the time, so a retry that is signed anew
/// is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct Hygraph;

impl Provider for Hygraph {
    const SCHEME: Scheme = Scheme::hmac_sha256("hygraph")
        .signature(header("gcms-signature").pairs(',', '=', "sign").base64().spaced())
        .signs(&[
            Lit("{\"Body\":"),
            BodyAsJson,
            Lit(",\"EnvironmentName\":\""),
            Field("env"),
            Lit("\",\"TimeStamp\":"),
            Timestamp,
            Lit("}"),
        ])
        .timestamp(field("t").millis())
        .event_type(json("/operation"));
}

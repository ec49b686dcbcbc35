use super::Provider;
use crate::scheme::{Handshake, Jwt, JwtAlgorithm::Hs256, Said, Scheme, first, header, json};

/// [monday.com](https://developer.monday.com/apps/docs/integration-authorization).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event id or the event type.
///
/// The secret is the app's signing secret, given as it is shown. Only webhooks that an app makes carry
/// the token; those of a board's integration carry none. What happens to the app itself (installed,
/// subscribed) is signed with the app's client secret: give that too. Such events have no id. A new URL gets a `POST` with a challenge,
/// which must come back as JSON. A failed delivery is tried every minute for half an hour, and
/// only the status 200 is a success, so handlers have to answer that, not 204. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Monday;

impl Provider for Monday {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256]);
        Scheme::jwt("monday", RULE)
            .signature(header("authorization").raw())
            .handshakes(&[Handshake::post().challenge(json("/challenge")).json(&[
                Said::Text("{\"challenge\":"),
                Said::Quoted,
                Said::Text("}"),
            ])])
            .id(json("/event/triggerUuid"))
            .event_type(first(&[json("/event/type"), json("/type")]))
            .retries_for_hours(1)
            .acknowledged(200, "")
    };
}

use super::Provider;
use crate::scheme::{Handshake, Jwt, JwtAlgorithm::Hs256, Said, Scheme, first, header, json};

/// [monday.com](https://developer.monday.com/apps/docs/integration-authorization).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event id or the event type.
///
/// **Users of the app have tokens under both secrets**: monday.com sends their browsers to the app's
/// [authorization URL](https://developer.monday.com/apps/docs/authorization-url) with one under the
/// signing secret, and the session token of the app's front end is one under the [client
/// secret](https://community.monday.com/t/provide-more-context-in-sessiontoken-jwt/83150). With either,
/// whoever uses the app can make any event. Configure the URL of your endpoint as `audience`:
/// monday.com's documentation says to compare it, and lists no audience in those tokens. Ask the API for
/// what an event says before you act on it.
///
/// The secret is the app's signing secret, given as it is shown. Only webhooks that an app makes carry
/// the token; those of a board's integration carry none. What happens to the app itself (installed,
/// subscribed) is signed with the app's client secret: give that too only if you want those events,
/// which have no id. A token that does not expire is refused. A new URL gets a `POST` with a challenge,
/// which must come back as JSON. A failed delivery is tried every minute for half an hour, and only the
/// status 200 is a success, so handlers have to answer that, not 204. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Monday;

impl Provider for Monday {
    const SCHEME: Scheme = {
        const RULE: &Jwt = &Jwt::new(&[Hs256]).may_be_configured(&[("aud", "audience")]).expires();
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

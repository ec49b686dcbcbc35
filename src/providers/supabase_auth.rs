use super::Provider;
use crate::scheme::{
    KeyForm,
    Part::{Body, Header, Lit, Timestamp},
    Scheme, header,
};

/// [Supabase Auth hooks](https://github.com/supabase/auth).
///
/// The signature covers the body and the timestamp.
///
/// The secret is the hook's `v1,whsec_…` text, given as it is shown; `whsec_…` alone is accepted too. A
/// hook is a question: the answer must be 200 or 202 with a JSON body, or 204, within five seconds, and
/// its body decides how the sign-in goes on. Every attempt has a new id, so a retry is not recognised
/// as such. Nothing in the request names the hook, so each hook needs a URL of its own. Up to three
/// attempts are made two seconds apart, after a time-out or an answer of 429 or 503 with `Retry-After`.
/// Database webhooks of Supabase are unsigned and are not this. There is no event id: the digest of
/// what is signed stands in. It covers the time, so a retry that is signed anew is not recognised.
/// Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct SupabaseAuth;

impl Provider for SupabaseAuth {
    const SCHEME: Scheme = Scheme::hmac_sha256("supabase-auth")
        .signature(header("webhook-signature").pairs(' ', ',', "v1").base64().trailing_comma())
        .signs(&[Header("webhook-id"), Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("webhook-timestamp").seconds())
        .key(KeyForm::BASE64.strip(&["v1,whsec_", "whsec_"]))
        .retries_for_hours(1);
}

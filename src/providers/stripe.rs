use super::Provider;
use crate::scheme::{KeyForm, Part, Scheme, field, header, json};

/// [Stripe](https://docs.stripe.com/webhooks#verify-manually).
///
/// The signature covers timestamp and body; of the schemes in the header only `v1` counts. The secret is
/// the endpoint's `whsec_…` text as a whole: it is not base64 here, and neither an API key (`sk_…`,
/// `rk_…`, `pk_…`) nor the signing secret of an app (`absec_…`), which signs for users'
/// [browsers](https://docs.stripe.com/stripe-apps/build-backend). Tolerance: five minutes, in both
/// directions. Retries: up to three days in live mode, each signed anew.
#[derive(Clone, Copy, Debug)]
pub struct Stripe;

impl Provider for Stripe {
    const SCHEME: Scheme = Scheme::hmac_sha256("stripe")
        .signature(header("stripe-signature").pairs(',', '=', "v1").hex())
        .signs(&[Part::Timestamp, Part::Lit("."), Part::Body])
        .key(KeyForm::UTF8.api_keys(&["sk_", "rk_", "pk_", "absec_"]))
        .timestamp(field("t").seconds())
        .id(json("/id"))
        .event_type(json("/type"))
        .retries_for_hours(72);
}

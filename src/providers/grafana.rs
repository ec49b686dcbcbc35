use super::Provider;
use crate::scheme::{
    Part::{Body, Lit, Timestamp},
    Scheme, header, json,
};

/// [Grafana
/// Alerting](https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/).
///
/// The signature covers the body and the event type.
///
/// The secret is the HMAC secret entered in the contact point's settings, used as text. The names of
/// the headers are settings; this scheme reads `X-Grafana-Alerting-Signature` over the body alone. With
/// a timestamp header configured, the signature covers time and body and does not verify here. A
/// notification holds a group of alerts and has no id; a group that stays alerting is notified again.
/// There is no event id, and what is notified again can be equal byte for byte: a repeat is told only
/// while its twin is handled.
#[derive(Clone, Copy, Debug)]
pub struct Grafana;

impl Provider for Grafana {
    const SCHEME: Scheme = Scheme::hmac_sha256("grafana")
        .signature(header("x-grafana-alerting-signature").hex())
        .signs(&[Body])
        .event_type(json("/status"))
        .methods(&["POST", "PUT"])
        .repeats();
}

/// [Grafana Alerting, with a timestamp
/// header](https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/).
///
/// The signature covers the body, the timestamp and the event type.
///
/// The secret is the HMAC secret entered in the contact point's settings, used as text. The names of
/// the headers are settings: set that of the timestamp to `X-Grafana-Alerting-Timestamp` or
/// `X-Timestamp`; the signature is read from `X-Grafana-Alerting-Signature`, which is the default, or
/// `X-Signature`. A notification holds a group of alerts and has no id; a group that stays alerting is notified again.
/// There is no event id: the digest of what is signed stands in. It covers the time, so a retry that is
/// signed anew is not recognised.
#[derive(Clone, Copy, Debug)]
pub struct GrafanaTimestamped;

impl Provider for GrafanaTimestamped {
    const SCHEME: Scheme = Scheme::hmac_sha256("grafana-timestamped")
        .signature(header("x-grafana-alerting-signature").or("x-signature").hex())
        .signs(&[Timestamp, Lit(":"), Body])
        .timestamp(header("x-grafana-alerting-timestamp").or("x-timestamp").seconds())
        .event_type(json("/status"))
        .methods(&["POST", "PUT"]);
}

use super::Provider;
use crate::scheme::{
    Part::{Field, Header, Lit, LowerQuery, Optional},
    Scheme, first, header, json, query,
};

/// [Mercado
/// Pago](https://www.mercadopago.com.br/developers/en/docs/your-integrations/notifications/webhooks).
///
/// **The signature does not cover the body**: whoever sees one delivery can send it again with another.
/// It does not cover the event type.
///
/// The secret is the secret signature of the application's webhooks under Your integrations, given as
/// it is shown. Take only the query's `data.id` from a notification and fetch the resource by it. The
/// header `x-request-id` is new with each delivery, and not every body has an id, so retries are not
/// recognised as such. The time is in seconds or in milliseconds, depending on the product.
/// Notifications of QR code payments have no usable signature. There is no event id: the digest of what
/// is signed stands in. Retries: for up to 343 hours.
#[derive(Clone, Copy, Debug)]
pub struct MercadoPago;

impl Provider for MercadoPago {
    const SCHEME: Scheme = Scheme::hmac_sha256("mercado-pago")
        .signature(header("x-signature").pairs(',', '=', "v1").spaced())
        .signs(&[
            Optional(&[Lit("id:"), LowerQuery("data.id"), Lit(";")]),
            Optional(&[Lit("request-id:"), Header("x-request-id"), Lit(";")]),
            Lit("ts:"),
            Field("ts"),
            Lit(";"),
        ])
        .event_type(first(&[query("type"), json("/type")]))
        .retries_for_hours(343)
        .acknowledged(200, "");
}

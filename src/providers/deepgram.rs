use super::Provider;
use crate::scheme::{Scheme, header};

/// [Deepgram](https://developers.deepgram.com/docs/callback).
///
/// **This authenticates the sender and binds nothing**: the token travels with every request, and
/// whoever sees one can send any other.
///
/// The secret is the identifier of the API key with which the transcription was asked for, as the
/// header `dg-token` carries it. The token is the identifier of an API key and was not made to be a
/// secret; HTTP Basic in the callback URL is an alternative. The request id
/// is the same for all results of a live transcription, so there is no event id: the digest of the body
/// stands in. Deepgram tries up to ten more times, half a
/// minute apart. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct Deepgram;

impl Provider for Deepgram {
    const SCHEME: Scheme = Scheme::token("deepgram").signature(header("dg-token").raw()).retries_for_hours(1);
}

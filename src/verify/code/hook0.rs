//! Hook0, as Coinbase Developer Platform uses it: timestamp, the header fields that the signature names,
//! and body.
//!
//! <https://docs.cdp.coinbase.com/webhooks/verify-signatures>

use super::{Judged, Keys, Reason, Request, content, listed, matching_tag};
use crate::{
    scheme::Signature,
    verify::grammar::{self, Candidates},
};

pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
    let (form, message) = message(request)?;
    let (_, value) = request.values.signature.ok_or(Reason::SignatureMissing)?;
    let mut found = Candidates::default();
    grammar::read(form, request.rules.scheme.proof, value, &mut found)?;
    let key = matching_tag(keys, &[&message], &found.tags).ok_or(Reason::SignatureMismatch)?;
    // What both versions sign: whoever takes the newer one away has no other content then.
    let time = message.first().copied().unwrap_or_default();
    Ok(Judged::new(key, content(&[time, b".", request.body])))
}

/// What is signed, in pieces, and how the signatures of it are written.
pub(crate) fn message<'a>(request: &Request<'a>) -> Result<(&'a Signature, Vec<&'a [u8]>), Reason> {
    let (form, value) = request.values.signature.ok_or(Reason::SignatureMissing)?;
    let field = |name| grammar::field(form, value, name);
    let time = field("t")?.ok_or(Reason::TimestampMissing)?;
    // Whoever can take the newer version away must not be able to fall back to the older one.
    let has_v1 = field("v1")?.is_some();
    let mut forms = request.rules.scheme.signatures();
    let (v1, v0) = (forms.next().unwrap_or(form), forms.next().unwrap_or(form));
    let (Some(names), true) = (field("h")?, has_v1) else {
        return match has_v1 || field("v0")?.is_none() {
            true => Err(Reason::SignatureMalformed),
            false => Ok((v0, vec![time, b".", request.body])),
        };
    };
    let text = std::str::from_utf8(names).map_err(|_| Reason::SignatureMalformed)?;
    let listed = listed(text, ' ').ok_or(Reason::SignatureMalformed)?;
    let values = request.named(&listed)?;
    if !is_cut_in_one_way(&listed, &values) {
        return Err(Reason::IdMalformed);
    }
    let mut message = vec![time, b".", names, b"."];
    for value in values {
        message.extend([value, b"."]);
    }
    message.push(request.body);
    Ok((v1, message))
}

/// The one field whose values have dots, such as `payments.transfers.completed`.
const DOTTED: &str = "x-event-type";

/// Whether what is signed, the names and values with dots in between and then JSON (the scheme takes no other text),
/// cannot be cut into others: none of it has a dot but the type; and beside that, none has what a body begins with.
fn is_cut_in_one_way(names: &[String], values: &[&[u8]]) -> bool {
    let has_type = names.iter().any(|name| name == DOTTED);
    let could_begin_body = || values.iter().copied().flatten().any(|byte| b"{[<".contains(byte));
    names
        .iter()
        .zip(values)
        .all(|(name, value)| !name.contains('.') && (name == DOTTED || !value.contains(&b'.')))
        && !(has_type && could_begin_body())
}

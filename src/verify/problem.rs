//! What contradicts itself in a scheme.

use crate::scheme::{Part, Proof, Scheme, Signature, covers};

pub(super) fn problem(scheme: &Scheme) -> Option<&'static str> {
    let signs_parts = scheme.proof.signs_parts();
    if scheme.name.is_empty() {
        return Some("it has no name");
    }
    if scheme.signature.is_none() {
        return Some("it does not say where the signature is");
    }
    if signs_parts && scheme.messages().any(|parts| parts.iter().all(is_ours)) {
        return Some("it signs nothing of the request");
    }
    if !scheme.or_signs.is_empty() && !matches!(scheme.proof, Proof::Hmac(_)) {
        return Some("it signs one of several messages, and not with an HMAC");
    }
    if matches!(scheme.proof, Proof::Digest(_)) && !covers(scheme.signs, Part::Secret) {
        return Some("it digests a message without the secret in it");
    }
    if let Proof::Jwt(rule) = scheme.proof
        && rule.algorithms.is_empty()
    {
        return Some("it allows no algorithm");
    }
    let signs = |wanted: Part| scheme.all_parts().contains(&&wanted);
    if signs(Part::Timestamp) && scheme.timestamp.is_none() {
        return Some("it signs a timestamp and does not say where that is");
    }
    if signs(Part::Id) && scheme.id.is_none() {
        return Some("it signs an id and does not say where that is");
    }
    if !scheme.signatures().all(Signature::has_ascii_marks) {
        return Some("it separates signatures by what is not ASCII");
    }
    if scheme.methods.is_empty() {
        return Some("it allows no method");
    }
    if signs_parts && scheme.timestamp.is_some_and(|rule| rule.enforced) && !scheme.bound().timestamp {
        return Some("it judges a timestamp that it does not sign");
    }
    None
}

/// Whether a request has no say in it: what may be missing signs nothing where it is.
fn is_ours(part: &Part) -> bool {
    match part {
        Part::Lit(_) | Part::Config(_) | Part::Secret | Part::Optional(_) => true,
        Part::SortedValues(parts) => parts.iter().all(is_ours),
        _ => false,
    }
}

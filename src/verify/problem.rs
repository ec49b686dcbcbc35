//! What contradicts itself in a scheme.

use super::delimiters;
use crate::scheme::{
    Handshake, Jwt, JwtKey, Part, Payload, Place, Proof, Scheme, Signature, Source, When, covers, json,
};

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
    if let Proof::Jwt(rule) = scheme.proof {
        if rule.algorithms.is_empty() {
            return Some("it allows no algorithm");
        }
        // Whoever has the public key could sign with it as with a secret.
        let is_secret = |key: &JwtKey| matches!(key, JwtKey::Secret(_));
        let mut kinds = rule.algorithms.iter().map(|algorithm| is_secret(&algorithm.kind()));
        let first = kinds.next();
        if kinds.any(|kind| Some(kind) != first) {
            return Some("it allows algorithms with secrets and with public keys");
        }
        if scheme.timestamp.is_some_and(|rule| matches!(rule.place.source, Source::Claim(_))) {
            return Some("it has the timestamp in a claim, which `max_age_secs` is for");
        }
        if rule.detached && judges_claims(rule) {
            return Some("it judges claims where the token's payload is the body");
        }
    }
    if !signs_parts && !scheme.signs.is_empty() {
        return Some("it says what is signed, and its proof does not go by that");
    }
    // Read as another kind of body than it was signed as, it would be whatever a stranger likes.
    let is_misread = |part: &Part| match *part {
        Part::FormOrBody(name) => {
            ![Payload::JsonOrFormField(name), Payload::JsonOrForm(name)].contains(&scheme.payload)
        }
        _ => false,
    };
    if scheme.all_parts().into_iter().any(is_misread) {
        return Some("it signs a form's field or the body, and its payload is not one of these");
    }
    if scheme.all_parts().into_iter().any(is_empty_inside) {
        return Some("it has a part inside of another that is no value");
    }
    if signs_parts && delimiters::touch(scheme) {
        return Some("it signs two values with nothing between them");
    }
    if scheme.all_parts().contains(&&Part::Lit("")) {
        return Some("it signs an empty text");
    }
    if scheme.named_by_body && !(signs_parts && scheme.messages().all(|parts| parts.contains(&Part::Body))) {
        return Some("it names events by their body, and does not sign the body as it is");
    }
    if scheme.repeats_across_types && scheme.batch.is_some() {
        return Some("it tells events apart by the type of a delivery that carries several");
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
    // Verifying takes the body: nothing of it would be left to know the challenge by.
    if scheme.handshakes.iter().any(Handshake::is_told_by_body)
        && !scheme.signatures().all(|form| form.place.is_in_head())
    {
        return Some(
            "it has a challenge that is told by the body and not signed, where the signature is in the body",
        );
    }
    if scheme.methods.is_empty() {
        return Some("it allows no method");
    }
    let is_code = matches!(scheme.proof, Proof::Code(_));
    if !is_code && scheme.timestamp.is_some_and(|rule| rule.enforced) && !scheme.bound().timestamp {
        return Some("it judges a timestamp that it does not sign");
    }
    let covers = |(place, _)| scheme.messages().all(|parts| scheme.covers_place(parts, place));
    if signs_parts && !scheme.belongs_to.is_none_or(covers) {
        return Some("it tells by what it does not sign whose deliveries they are");
    }
    if !header_names(scheme).into_iter().all(is_header_name) {
        return Some("it has a header name that is none in lower case");
    }
    if !pointers(scheme).into_iter().all(|pointer| pointer.is_empty() || pointer.starts_with('/')) {
        return Some("it has a JSON pointer without a slash at its beginning");
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

/// Whether a part has others in it that would sign nothing there.
fn is_empty_inside(part: &Part) -> bool {
    match part {
        Part::SortedValues(parts) => parts.iter().any(|part| {
            matches!(
                part,
                Part::Optional(_)
                    | Part::SortedForm
                    | Part::SortedPairsBut(_)
                    | Part::SerializedFormBut(_)
                    | Part::SortedValues(_)
            )
        }),
        Part::Optional(parts) => parts.iter().any(|part| matches!(part, Part::Optional(_))),
        _ => false,
    }
}

fn judges_claims(rule: &Jwt) -> bool {
    rule.issuer.or(rule.url_hash).is_some()
        || rule.max_age_secs.is_some()
        || rule.body_hash.is_some()
        || rule.expires
        || rule.query_hash
        || !(rule.compared().next().is_none() && rule.affirmed.is_empty() && rule.holds.is_empty())
}

/// All places, those inside of others too.
fn places(scheme: &Scheme) -> Vec<Place> {
    fn add(all: &mut Vec<Place>, place: Place) {
        all.push(place);
        if let Source::All(places) | Source::First(places) = place.source {
            places.iter().for_each(|place| add(all, *place));
        }
    }
    let asked = |handshake: &Handshake| {
        let asked = handshake.when.iter().map(|when| match when {
            When::Is(place, _) | When::IsInteger(place, _) | When::IsConfigured(place, _) => *place,
            When::Absent(pointer) => json(pointer),
        });
        asked.chain(handshake.challenge).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    let signatures = scheme.signatures().map(|form| form.place);
    signatures
        .chain(scheme.timestamp.map(|rule| rule.place))
        .chain(scheme.id)
        .chain(scheme.event_type)
        .chain(scheme.key_name.map(|name| name.place))
        .chain(scheme.handshakes.iter().flat_map(asked))
        .for_each(|place| add(&mut all, place));
    all
}

fn header_names(scheme: &Scheme) -> Vec<&'static str> {
    let mut names: Vec<&str> = scheme.requires.iter().map(|(name, _)| *name).collect();
    names.extend(scheme.handshakes.iter().flat_map(|handshake| handshake.headers).map(|(name, _)| *name));
    for place in places(scheme) {
        match place.source {
            Source::Header { name, or } => names.extend([Some(name), or].into_iter().flatten()),
            Source::NumberedHeader { prefix, .. } => names.push(prefix),
            _ => {}
        }
    }
    names.extend(scheme.all_parts().into_iter().filter_map(|part| match part {
        Part::Header(name) => Some(*name),
        _ => None,
    }));
    names
}

/// RFC 9110 section 5.6.2, without capitals: header maps have names so, and are asked for them so.
fn is_header_name(name: &str) -> bool {
    let mark = |byte: u8| b"!#$%&'*+-.^_`|~".contains(&byte);
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || mark(byte);
    !name.is_empty() && name.bytes().all(plain)
}

fn pointers(scheme: &Scheme) -> Vec<&'static str> {
    let mut pointers = Vec::new();
    if let Some(batch) = scheme.batch {
        pointers.extend(
            [Some(batch.items), batch.id, batch.beside, batch.event_type, batch.or_event_type]
                .into_iter()
                .flatten(),
        );
        pointers.extend(batch.id_with);
    }
    pointers.extend(places(scheme).into_iter().filter_map(|place| match place.source {
        Source::Json(pointer) | Source::JsonInteger(pointer) | Source::Claim(pointer) => Some(pointer),
        _ => None,
    }));
    pointers.extend(scheme.all_parts().into_iter().filter_map(|part| match part {
        Part::Json(pointer) => Some(*pointer),
        _ => None,
    }));
    pointers
}

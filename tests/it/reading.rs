//! Where ids, types and values are read from, in places that few providers use.

use hookgate::{
    Head, Reason, Verifier,
    providers::Slack,
    scheme::{Part, Scheme, field, header, json, numbered_header, query},
    testing::{SignedRequest, Signer},
};

use crate::support::{NOW, SECRET};

/// CAN-01, for values of the body: two of them with the separator between them could be cut in two ways.
#[test]
fn values_of_a_body_are_cut_in_one_way_only() {
    const JOINED: Scheme = Scheme::hmac_sha256("joined")
        .signature(header("x-signature").hex())
        .signs(&[Part::Json("/one"), Part::Lit("."), Part::Json("/two")])
        .id(json("/one"));
    let verifier = Verifier::builder_for(JOINED).secret(SECRET).build().expect("a verifier");
    let judge = |body: &'static str| {
        let signed = Signer::for_scheme(JOINED, SECRET).sign(body).expect("a delivery");
        verifier.verify(signed.head(), body, NOW).map(drop).map_err(|error| error.reason())
    };
    assert_eq!(judge(r#"{"one":"a","two":"b"}"#), Ok(()));
    assert_eq!(judge(r#"{"one":"a.b","two":"c"}"#), Ok(()));
    assert_eq!(judge(r#"{"one":"a.b","two":"c.d"}"#), Err(Reason::IdMalformed));
    // Before a body, which may hold the separator anyway.
    const BEFORE: Scheme = JOINED.signs(&[Part::Json("/one"), Part::Lit("."), Part::Body]);
    let verifier = Verifier::builder_for(BEFORE).secret(SECRET).build().expect("a verifier");
    for (body, want) in [(r#"{"one":"a"}"#, Ok(())), (r#"{"one":"a.b"}"#, Err(Reason::IdMalformed))] {
        let signed = Signer::for_scheme(BEFORE, SECRET).sign(body).expect("a delivery");
        let judged = verifier.verify(signed.head(), body, NOW);
        assert_eq!(judged.map(drop).map_err(|error| error.reason()), want);
    }
}

#[test]
fn a_provider_of_forms_and_json_has_its_json_read_as_json() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Callback {
        team_id: String,
    }

    let verifier = Verifier::builder::<Slack>().secret(SECRET).build().expect("a verifier");
    let event = |body: &'static str| {
        let signed = Signer::new::<Slack>(SECRET).at(NOW).sign(body).expect("a delivery");
        let delivery = verifier.verify(signed.head(), body, NOW).expect("authentic");
        delivery.event::<Callback>().map(|event| event.team_id).map_err(|_| "no callback")
    };
    assert_eq!(event(r#"{"team_id":"T1"}"#), Ok("T1".to_owned()));
    assert_eq!(event(r#"  {"team_id":"T1"}"#), Ok("T1".to_owned()));
    assert_eq!(event("team_id=T1&command=%2Fhi"), Ok("T1".to_owned()));
    assert_eq!(event("payload=%7B%22team_id%22%3A%22T1%22%7D"), Ok("T1".to_owned()));
}

/// An id that is an element of the signature's own list, and one of the body that is signed by itself.
#[test]
fn ids_are_read_from_the_signature_and_from_the_body() {
    const LISTED: Scheme = Scheme::hmac_sha256("listed")
        .signature(header("x-signature").pairs(',', '=', "v1").hex())
        .signs(&[Part::Body])
        .id(field("id"));
    let verifier = Verifier::builder_for(LISTED).secret(SECRET).build().expect("a verifier");
    let mut signed = Signer::for_scheme(LISTED, SECRET).sign("{}").expect("a delivery");
    let id = |signed: &SignedRequest| {
        let delivery = verifier.verify(signed.head(), "{}", NOW).expect("authentic");
        delivery.id().map(ToString::to_string)
    };
    signed.headers_mut()[0].1.insert_str(0, "id=evt_1,");
    assert_eq!(id(&signed).as_deref(), Some("evt_1"));

    const INSIDE: Scheme = Scheme::hmac_sha256("inside")
        .signature(header("x-signature").hex())
        .signs(&[Part::Id, Part::Lit("."), Part::Body])
        .id(json("/id"));
    let verifier = Verifier::builder_for(INSIDE).secret(SECRET).build().expect("a verifier");
    let body = r#"{"id":"evt_2"}"#;
    let signed = Signer::for_scheme(INSIDE, SECRET).sign(body).expect("a delivery");
    let delivery = verifier.verify(signed.head(), body, NOW).expect("authentic");
    assert_eq!(delivery.id().map(|id| id.as_str()), Some("evt_2"));
    assert!(delivery.id_is_signed());
}

/// Wherever a signature is, one that cannot be one is told from none at all.
#[test]
fn a_malformed_signature_is_not_a_missing_one() {
    let numbered = numbered_header("x-sig-", 3).hex();
    let listed = header("x-signature").hex().repeated();
    for (signature, target, headers, body) in [
        (header("x-signature").hex(), "/", &[("x-signature", "zz")][..], "{}"),
        (numbered, "/", &[("x-sig-1", "zz"), ("x-sig-2", "zz")], "{}"),
        (listed, "/", &[("x-signature", "zz"), ("x-signature", "z")], "{}"),
        (query("sig").hex(), "/?sig=zz", &[], "{}"),
        (json("/sig").hex(), "/", &[], r#"{"sig":"zz"}"#),
    ] {
        let scheme = Scheme::hmac_sha256("test").signature(signature).signs(&[Part::Lit("x"), Part::Method]);
        let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
        let judge = |target: &str, headers: &[(&str, &str)], body: &'static str| {
            let judged = verifier.verify(Head::new("POST", target, &headers.to_vec()), body, NOW);
            judged.map(drop).map_err(|error| error.reason())
        };
        assert_eq!(judge(target, headers, body), Err(Reason::SignatureMalformed), "{signature:?}");
        assert_eq!(judge("/", &[], "{}"), Err(Reason::SignatureMissing), "{signature:?}");
    }
}

/// A signature of each of several fields of the same name: sixteen, and not one more.
#[test]
fn a_repeated_header_holds_sixteen_signatures_at_most() {
    let signature = header("x-signature").hex().repeated();
    let scheme = Scheme::hmac_sha256("test").signature(signature).signs(&[Part::Body]);
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let signed = Signer::for_scheme(scheme, SECRET).sign("{}").expect("a delivery");
    let judge = |other: &str, others: usize| {
        let mut headers = vec![("x-signature", other); others];
        headers.extend(signed.headers().iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let judged = verifier.verify(Head::new("POST", "/", &headers), "{}", NOW);
        judged.map(drop).map_err(|error| error.reason())
    };
    for other in [&*"00".repeat(32), "zz", "no signature"] {
        assert_eq!(judge(other, 15), Ok(()), "{other}");
        assert_eq!(judge(other, 16), Err(Reason::TooManySignatures), "{other}");
    }
}

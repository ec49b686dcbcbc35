//! What is called covered cannot be changed, and what is the same under its signatures is one event.

use hookgate::{
    Assurance, Bound, Provider, Reason, Verifier,
    providers::{
        AwsSns, Braintree, CoinbaseCdp, DocuSign, Lithic, MercadoPago, Mollie, StandardWebhooks, Stripe,
    },
    scheme::{
        Jwt, JwtAlgorithm,
        Part::{
            self, Body, BodyDigest, Form, FormOrBody, Header, Id, Json, Lit, LowerQuery, Method, Optional,
            Secret, SerializedFormBut, SortedForm, SortedPairsBut, Timestamp,
        },
        Payload, Place, Scheme, Signature, field, form, header, json, query, xml,
    },
    testing::{SignedRequest, Signer},
};

use crate::{
    attacks::{Gate, WHSEC, mac, with, without},
    support::{NOW, SECRET, request, tag},
};

const OTHER: &str = "whsec_another_0123456789abcdef012345678";
const UNNAMED: &str = r#"{"type":"invoice.paid"}"#;

fn verifier(scheme: Scheme) -> Verifier {
    Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier")
}

fn judge(scheme: Scheme, signed: &SignedRequest) -> Result<Bound, Reason> {
    let judged = verifier(scheme).verify(signed.head(), signed.body().clone(), NOW);
    judged.map(|delivery| delivery.bound()).map_err(|error| error.reason())
}

fn hmac(parts: &'static [Part]) -> Scheme {
    Scheme::hmac_sha256("own").signature(header("x-signature").hex()).signs(parts)
}

#[test]
fn only_what_every_message_holds_is_covered() {
    let scheme = hmac(&[Id, Lit("."), Body]).id(header("x-id"));
    assert!(scheme.bound().id && scheme.bound().body);
    let scheme = scheme.or_signs(&[&[Body]]);
    assert!(!scheme.bound().id && scheme.bound().body);
    let scheme = hmac(&[Id, Lit("."), Body]).id(header("x-id")).or_signs(&[&[Id]]);
    assert!(scheme.bound().id && !scheme.bound().body);
    let typed = hmac(&[Header("x-type"), Body]).event_type(header("x-type"));
    assert!(typed.bound().event_type && !typed.or_signs(&[&[Body]]).bound().event_type);
    let timed = hmac(&[Timestamp, Body]).timestamp(header("x-time").seconds());
    let problem = Verifier::builder_for(timed.or_signs(&[&[Body]])).secret(SECRET).build().map(drop);
    assert!(problem.is_err_and(|error| error.to_string().contains("a timestamp that it does not sign")));
}

#[test]
fn a_value_is_covered_by_a_part_that_may_be_missing_only_where_it_is_alone_there() {
    let scheme = |parts| hmac(parts).id(header("x-id"));
    assert!(scheme(&[Optional(&[Lit("id:"), Header("x-id"), Lit(";")]), Body]).bound().id);
    assert!(!scheme(&[Optional(&[Header("x-id"), Lit(";"), Header("x-other")]), Body]).bound().id);
    assert!(!scheme(&[Optional(&[Id, Lit(";"), Header("x-other")]), Body]).bound().id);
    let scheme = scheme(&[Method, Optional(&[Lit("id:"), Id, Lit(";")]), BODY_DIGEST]);
    let signed = Signer::for_scheme(scheme, SECRET).id("1").sign("{}").expect("a delivery");
    assert!(judge(scheme, &signed).is_ok_and(|bound| bound.id));
    assert_eq!(judge(scheme, &with(&signed, "x-id", "2")), Err(Reason::SignatureMismatch));
    assert_eq!(judge(scheme, &without(&signed, "x-id")), Err(Reason::IdMissing));
}

const BODY_DIGEST: Part = BodyDigest(hookgate::scheme::BodyHash::Sha256, hookgate::scheme::HashEncoding::Hex);

/// What is there twice is not missing: it would be free to be added.
#[test]
fn a_repeated_value_does_not_count_as_missing() {
    let scheme = hmac(&[Body, Lit(";"), Optional(&[Lit("id:"), Header("x-id")])]).id(header("x-id"));
    let signed = Signer::for_scheme(hmac(&[Body, Lit(";")]), SECRET).sign("{}").expect("a delivery");
    assert!(judge(scheme, &signed).is_ok());
    let mut added = signed.clone();
    added.headers_mut().push(("x-id".to_owned(), "1".to_owned()));
    assert_eq!(judge(scheme, &added), Err(Reason::SignatureMismatch));
    added.headers_mut().push(("x-id".to_owned(), "2".to_owned()));
    assert_eq!(judge(scheme, &added), Err(Reason::SignatureRepeated));
}

/// Where one of two values may be missing, the other must not be able to stand for both.
#[test]
fn a_value_cannot_take_in_the_optional_one_behind_it() {
    let judge = |target: &str, id: Option<&str>, message: &str| {
        let signature = format!("ts=1700000000,v1={}", mac(SECRET, message.to_owned()));
        let mut headers = vec![("x-signature", signature.as_str())];
        headers.extend(id.map(|id| ("x-request-id", id)));
        let head = hookgate::Head::new("POST", target, &headers);
        let judged = verifier(MercadoPago::SCHEME).verify(head, "{}", NOW);
        judged.map(drop).map_err(|error| error.reason())
    };
    let message = "id:1;request-id:2;ts:1700000000;";
    assert_eq!(judge("/?data.id=1", Some("2"), message), Ok(()));
    assert_eq!(judge("/?data.id=1", None, "id:1;ts:1700000000;"), Ok(()));
    assert_eq!(judge("/?data.id=1;request-id:2", None, message), Err(Reason::IdMalformed));
    // With nothing else in it that looks like a mark.
    assert_eq!(judge("/?data.id=1;2", None, "id:1;2;ts:1700000000;"), Err(Reason::IdMalformed));
}

#[test]
fn a_value_cannot_take_in_what_is_behind_a_missing_one() {
    let scheme =
        hmac(&[Header("x-a"), Optional(&[Lit("|"), Header("x-b")]), Lit("."), Header("x-c"), Lit("\n")]);
    let judge = |headers: &[(&str, &str)], message: &str| {
        let tag = mac(SECRET, message.to_owned());
        let headers = [headers, &[("x-signature", tag.as_str())]].concat();
        let judged = verifier(scheme).verify(hookgate::Head::new("POST", "/", &headers), "{}", NOW);
        judged.map(drop).map_err(|error| error.reason())
    };
    assert_eq!(judge(&[("x-a", "1"), ("x-b", "2"), ("x-c", "3")], "1|2.3\n"), Ok(()));
    assert_eq!(judge(&[("x-a", "1"), ("x-c", "3")], "1.3\n"), Ok(()));
    assert_eq!(judge(&[("x-a", "1.2"), ("x-c", "3")], "1.2.3\n"), Err(Reason::IdMalformed));
    assert_eq!(judge(&[("x-a", "1|2"), ("x-c", "3")], "1|2.3\n"), Err(Reason::IdMalformed));
}

/// Many ids have one text in lower case.
#[test]
fn a_value_in_lower_case_does_not_cover_what_it_was_made_of() {
    assert!(!hmac(&[LowerQuery("id"), Lit("."), Body]).id(query("id")).bound().id);
}

#[test]
fn the_parts_of_other_messages_are_looked_up_too() {
    const PARTS: &[Part] = &[Json("/a"), Lit("."), Secret, Lit("."), Header("x-kind")];
    let signed = Signer::for_scheme(hmac(PARTS), SECRET).sign(r#"{"a":"1"}"#).expect("a delivery");
    assert!(judge(hmac(&[Method]).or_signs(const { &[PARTS] }), &signed).is_ok());
}

#[test]
fn an_id_under_another_name_is_not_added() {
    let scheme = hmac(&[Header("x-id"), Lit("."), Body]).id(header("x-id").or("y-id"));
    assert!(!scheme.bound().id);
    let both = hmac(&[Header("x-id"), Lit("."), Header("y-id"), Lit("."), Body]);
    assert!(both.id(header("x-id").or("y-id")).bound().id);
    for scheme in [Lithic::SCHEME, StandardWebhooks::SCHEME] {
        let signed = Signer::for_scheme(scheme, WHSEC).at(NOW).id("msg_1").sign("{}").expect("a delivery");
        let verifier = Verifier::builder_for(scheme).secret(WHSEC).build().expect("a verifier");
        let judge = |signed: &SignedRequest| {
            let judged = verifier.verify(signed.head(), "{}", NOW);
            judged.map(|delivery| delivery.id_is_signed()).map_err(|error| error.reason())
        };
        assert_eq!(judge(&signed), Ok(true), "{}", scheme.name());
        let added = with(&signed, "svix-id", "evil");
        assert_eq!(judge(&added), Err(Reason::SignatureRepeated), "{}", scheme.name());
    }
}

/// Lithic sends through Svix: <https://docs.lithic.com/docs/events-api#verifying-webhooks>.
#[test]
fn lithic_may_send_under_the_names_of_svix() {
    let mut signed = Signer::new::<Lithic>(WHSEC).at(NOW).id("msg_1").sign("{}").expect("a delivery");
    signed.headers_mut().iter_mut().for_each(|(name, _)| *name = name.replace("webhook-", "svix-"));
    let verifier = Verifier::builder::<Lithic>().secret(WHSEC).build().expect("a verifier");
    let delivery = verifier.verify(signed.head(), "{}", NOW).expect("authentic");
    assert_eq!(delivery.id().map(|id| id.as_str()), Some("msg_1"));
}

/// Of a form whose field is signed, the fields beside it are anybody's.
#[test]
fn a_form_field_is_covered_by_itself_or_with_the_whole_form() {
    let field = |parts| hmac(parts).payload(Payload::JsonOrFormField("payload")).id(form("event_id"));
    assert!(!field(&[Form("payload")]).bound().id && field(&[Form("payload")]).bound().body);
    assert!(!field(&[FormOrBody("payload")]).bound().id);
    assert!(field(&[Form("payload"), Lit("."), Form("event_id")]).bound().id);
    for whole in
        [&[Body][..], &[SortedForm], &[SortedPairsBut("sig")], &[SerializedFormBut("sig")], &[BODY_DIGEST]]
    {
        assert!(field(whole).bound().id, "{whole:?}");
    }
    assert!(!field(&[SortedPairsBut("event_id")]).bound().id);
    // What is looked for in the body as it came, too.
    assert!(!field(&[Form("payload")]).id(xml("Id")).bound().id);
    let timed = field(&[Form("payload")]).timestamp(form("at").seconds());
    assert!(Verifier::builder_for(timed).secret(SECRET).build().is_err());
}

/// A token in the body says nothing of what is beside it.
#[test]
fn of_a_token_in_the_body_its_claims_are_covered() {
    const RULE: Jwt = Jwt::new(&[JwtAlgorithm::Hs256]);
    let scheme = Scheme::jwt("own", &RULE).signature(json("/jwt").raw()).id(json("/id"));
    assert_eq!(scheme.bound(), Bound::default());
    let claims = scheme.payload(Payload::Claims);
    assert!(claims.bound().body && claims.bound().id);
    assert!(!claims.id(form("id")).bound().id && !claims.id(xml("Id")).bound().id);
    // What is around the token makes no other event of it.
    let signed = Signer::for_scheme(claims, SECRET).at(NOW).sign("{}").expect("a delivery");
    let name = |body: String| {
        let delivery = verifier(claims).verify(signed.head(), body, NOW).expect("authentic");
        let scope = hookgate::store::Scope::new("r", "p", None);
        hookgate::store::EventKey::of(&delivery, scope, true).name().1.to_vec()
    };
    let body = String::from_utf8(signed.body().to_vec()).expect("text");
    assert_eq!(name(body.replacen('{', "{ ", 1)), name(body));
}

/// Amazon signs some of the members: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>.
#[test]
fn a_notification_of_amazons_is_covered_in_part() {
    let bound = AwsSns::SCHEME.bound();
    assert!(!bound.body && bound.id && bound.event_type);
    let topic = "arn:aws:sns:us-east-1:1:topic";
    let signer = Signer::new::<AwsSns>(include_str!("../keys/rsa.pem")).config("topic", topic);
    let signed = signer.sign(r#"{"MessageId":"m-1"}"#).expect("a delivery");
    let verifier = Verifier::builder::<AwsSns>().public_key(include_str!("../keys/rsa.pub.pem"));
    let verifier = verifier.config("topic", topic).build().expect("a verifier");
    let added = String::from_utf8(signed.body().to_vec()).expect("text");
    let added = added.replacen('{', r#"{"MessageAttributes":{"price":{"Type":"String","Value":"0"}},"#, 1);
    let delivery = verifier.verify(signed.head(), added, NOW).expect("authentic");
    assert_eq!((delivery.assurance(), delivery.id_is_signed()), (Assurance::Partial, true));
}

/// Signs with one secret, and then again with the other: both signatures, each in its place.
fn twice(scheme: Scheme, body: &'static str) -> [SignedRequest; 2] {
    [SECRET, OTHER].map(|secret| {
        Signer::for_scheme(scheme, secret).at(NOW).target("/hooks").sign(body).expect("a delivery")
    })
}

fn rotating(scheme: Scheme) -> Gate {
    Gate::with(scheme, |builder| builder.secret(SECRET).secret(OTHER))
}

/// Of several signatures anybody can take some away, and so choose whose MAC is found.
#[tokio::test]
async fn an_event_without_an_id_stays_the_same_under_each_of_its_signatures() {
    const DIGEST: Scheme = Scheme::digest_sha256("digest").signs(&[Body, Secret]);
    const MANY: Scheme = DIGEST.signature(header("x-signature").list(','));
    // Its id may be missing, and more than time and body is signed.
    const WIDE: Scheme = Scheme::hmac_sha256("wide")
        .signature(header("x-signature").pairs(',', '=', "v1"))
        .signs(&[Method, Lit("."), Header("x-kind"), Lit("\n"), Body])
        .id(json("/id"));
    // The same, in a field that is there and empty.
    const EMPTY: Scheme = WIDE.signs(&[Header("x-id"), Lit("."), Body]).id(header("x-id"));
    for (scheme, name, between) in [
        (DocuSign::SCHEME, "x-docusign-signature-1", ""),
        (Stripe::SCHEME, "stripe-signature", ","),
        (Mollie::SCHEME, "x-mollie-signature", ""),
        (MANY, "x-signature", ","),
        (WIDE, "x-signature", ","),
        (EMPTY, "x-signature", ","),
    ] {
        let [one, two] = twice(scheme, UNNAMED);
        let value = |signed: &SignedRequest| crate::attacks::value(signed, name).to_owned();
        let mut both = one.clone();
        match (scheme.name(), between) {
            ("docusign", _) => {
                both.headers_mut().push(("x-docusign-signature-2".to_owned(), value(&two)));
            }
            (_, "") => both.headers_mut().push((name.to_owned(), value(&two))),
            _ => both = with(&one, name, &format!("{}{between}{}", value(&one), last(&value(&two)))),
        }
        let gate = rotating(scheme);
        gate.handles(scheme.name(), request(&both)).await;
        for left in [&one, &two, &both] {
            assert_eq!(gate.deliver(left).await, (200, "done", ""), "{}", scheme.name());
        }
    }
}

/// The last element of a list.
fn last(list: &str) -> &str {
    list.rsplit(',').next().unwrap_or(list)
}

/// The time is signed: a later delivery is another one where nothing names the event.
#[tokio::test]
async fn an_event_without_an_id_is_told_by_its_time_too() {
    let gate = rotating(Stripe::SCHEME);
    let at = |secs: i64| {
        let at = hookgate::UnixTime::from_secs(1_700_000_000 + secs);
        Signer::new::<Stripe>(SECRET).at(at).target("/hooks").sign(UNNAMED).expect("a delivery")
    };
    gate.handles("now", request(&at(0))).await;
    gate.handles("then", request(&at(1))).await;
    assert_eq!(gate.deliver(&at(1)).await, (200, "done", ""));
}

/// Braintree's libraries take a signature over the payload with a line feed behind it too: then it is the same
/// message, wherever the line feed is.
#[tokio::test]
async fn one_message_of_several_is_one_event() {
    let payload = "PG4vPg==";
    let tag = tag(
        Scheme::hmac_sha1("braintree").key(hookgate::scheme::KeyForm::SHA1),
        Place::hex,
        SECRET,
        format!("{payload}\n"),
    );
    let send = |payload: &str| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("bt_signature", &format!("key|{tag}")).append_pair("bt_payload", payload);
        crate::attacks::post(&[], form.finish())
    };
    let gate = Gate::with(Braintree::SCHEME, |builder| builder.secret(SECRET).config("public_key_id", "key"));
    gate.handles("as it is sent", send(payload)).await;
    // The body is another one.
    assert_eq!(gate.ask(send(&format!("{payload}\n"))).await, (200, "done", "mismatch"));
}

/// <https://docs.cdp.coinbase.com/webhooks/verify-signatures>
#[tokio::test]
async fn an_event_stays_the_same_under_an_older_version_of_its_signature() {
    const BODY: &str = r#"{"eventType":"onchain.activity"}"#;
    let newer = mac(SECRET, format!("1700000000.x-event-id.e-1.{BODY}"));
    let older = mac(SECRET, format!("1700000000.{BODY}"));
    let send = |signature: &str, id: &str| {
        let headers = [("x-hook0-signature", signature.as_bytes()), ("x-event-id", id.as_bytes())];
        crate::attacks::post(&headers, BODY)
    };
    let gate = Gate::new(CoinbaseCdp::SCHEME);
    let both = format!("t=1700000000,h=x-event-id,v1={newer},v0={older}");
    gate.handles("both", send(&both, "e-1")).await;
    let stripped = format!("t=1700000000,v0={older}");
    assert_eq!(gate.ask(send(&stripped, "e-2")).await, (200, "replayed", ""));
    // A signature of one version is none of the other.
    for wrong in [
        format!("t=1700000000,h=x-event-id,v1={older},v0={newer}"),
        format!("t=1700000000,v0={newer},h=x-event-id"),
    ] {
        assert_eq!(gate.refuses(&wrong, send(&wrong, "e-1")).await, "signature_mismatch");
    }
}

/// A signature's own list, for the type of it.
#[test]
fn a_field_of_the_list_is_covered_where_it_is_signed() {
    const LISTED: Signature = header("x-signature").pairs(',', '=', "v1");
    let scheme = Scheme::hmac_sha256("own").signature(LISTED).id(field("id"));
    assert!(scheme.signs(&[Part::Field("id"), Lit("."), Body]).bound().id);
    assert!(!scheme.signs(&[Body]).bound().id);
}

//! What a signer puts into a request, and what it leaves as it is.

use hookgate::{
    Delivery, Secret, UnixTime, Verifier, providers,
    scheme::Scheme,
    testing::{SignedRequest, Signer},
};

/// Good for the providers that take any text, and for those that take hex.
const SECRET: &str = "6f3b1c2d4e5f60718293a4b5c6d7e8f96f3b1c2d4e5f60718293a4b5c6d7e8f9";
const NOW: UnixTime = UnixTime::from_secs(1_795_000_000);
const ORIGIN: &str = "https://hooks.example.com";

fn scheme(name: &str) -> Scheme {
    providers::find(name).expect("a scheme")
}

fn signer(name: &str) -> Signer {
    Signer::for_scheme(scheme(name), Secret::dangerous_short(SECRET)).at(NOW).public_url(ORIGIN)
}

fn verified(name: &str, signed: &SignedRequest) -> Delivery {
    let builder = Verifier::builder_for(scheme(name)).public_url(ORIGIN);
    let verifier = builder.secret(Secret::dangerous_short(SECRET)).build().expect("a verifier");
    let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW);
    delivery.unwrap_or_else(|error| panic!("{name}: {error}: {signed:?}"))
}

#[test]
fn values_go_into_what_the_body_has() {
    for (name, body, event_type, put) in [
        (
            "ms-graph",
            r#"{"value":[{"clientState":"old","n":1.0},{"n":2}]}"#,
            None,
            r#"{"value":[{"clientState":"SECRET","n":1.0},{"n":2}]}"#,
        ),
        ("ms-graph", "{}", None, r#"{"value":[{"clientState":"SECRET"}]}"#),
        (
            "terraform-cloud",
            r#"{"notifications":[{"trigger":"old","n":1}]}"#,
            Some("new"),
            r#"{"notifications":[{"trigger":"new","n":1}]}"#,
        ),
        ("mattermost", "token=old&text=a+b", Some("new"), "text=a+b&trigger_word=new&token=SECRET"),
        ("mattermost", r#"{"n":1}"#, Some("new"), r#"{"n":1,"trigger_word":"new","token":"SECRET"}"#),
        ("slack", "command=%2Fold&text=a", Some("/new"), "text=a&command=%2Fnew"),
    ] {
        let signer = event_type.into_iter().fold(signer(name), Signer::event_type);
        let signed = signer.sign(body).expect("signed");
        assert_eq!(signed.body(), &put.replace("SECRET", SECRET), "{name}");
        let delivery = verified(name, &signed);
        assert!(event_type.is_none_or(|given| delivery.event_type().is_some_and(|kind| kind == given)));
    }
}

/// Extractors such as `Json` go by it.
#[test]
fn a_delivery_says_what_its_body_is() {
    let kind = |signed: &SignedRequest| {
        let kinds = signed.headers().iter().filter(|(name, _)| name == "content-type");
        kinds.map(|(_, value)| value.clone()).collect::<Vec<_>>()
    };
    let own = signer("github").header("Content-Type", "application/cloudevents+json");
    for (signer, body, want) in [
        (signer("github"), "{}", "application/json"),
        (signer("github"), "[]", "application/json"),
        (signer("github"), "<a/>", "application/xml"),
        (signer("slack"), "command=%2Fold", "application/x-www-form-urlencoded"),
        (signer("mandrill"), "[]", "application/x-www-form-urlencoded"),
        (own, "{}", "application/cloudevents+json"),
    ] {
        assert_eq!(kind(&signer.sign(body).expect("signed")), [want], "{body}");
    }
}

/// A body is not replaced by what has no room in it.
#[test]
fn json_goes_into_the_form_that_is_signed() {
    for name in ["mandrill", "transloadit"] {
        for json in [r#"{"event":"send"}"#, r#"[{"event":"send"}]"#] {
            let signed = signer(name).sign(json).unwrap_or_else(|error| panic!("{name}: {json}: {error}"));
            assert_eq!(verified(name, &signed).payload(), json.as_bytes(), "{name}");
        }
    }
}

#[test]
fn a_body_without_room_for_a_value_is_refused() {
    for (name, id) in [("stripe", Some("evt_1")), ("figma", None), ("lever", None), ("adyen", None)] {
        for body in ["a=b", "[1]", r#"{"a":"#] {
            let refused = id.into_iter().fold(signer(name), Signer::id).sign(body).expect_err(name);
            assert!(refused.to_string().contains("no JSON object"), "{name}: {refused}");
        }
    }
}

#[test]
fn what_is_signed_again_has_one_value_of_each_name() {
    for name in ["azure-event-grid", "pandadoc", "dingtalk", "twilio", "vonage-sms"] {
        for body in [r#"{"n":1}"#, "n=1"] {
            let Ok(first) = signer(name).target("/h?a=%20b&c").sign(body) else { continue };
            let second = signer(name).target(first.target()).sign(first.body().clone()).expect("signed");
            verified(name, &second);
            assert!(second.target().starts_with("/h?a=%20b&c"), "{name}: {}", second.target());
        }
    }
}

/// Passed over, it would be missed in what is sent.
#[test]
fn an_id_or_type_without_a_place_is_refused() {
    for name in ["cloudevents-webhook", "google-channel", "viber", "vonage", "messagebird", "ably"] {
        let refused = signer(name).id("evt_1").sign("{}").expect_err(name);
        assert!(refused.to_string().contains("no place for such an id"), "{name}: {refused}");
    }
    for name in ["sentry", "webex", "okta"] {
        let refused = signer(name).event_type("new").sign("{}").expect_err(name);
        assert!(refused.to_string().contains("no place for such an id"), "{name}: {refused}");
    }
    let telegram = signer("telegram");
    assert!(
        telegram.clone().id("evt_1").sign("{}").is_err_and(|error| error.to_string().contains("integer"))
    );
    let signed = telegram.id("17").sign("{}").expect("signed");
    assert_eq!(verified("telegram", &signed).id().map(|id| id.as_str()), Some("17"));
}

//! Every word of the vocabulary signs and verifies its own output, and forgeries of it fail.

use hookgate::{
    ConfigError, Reason, UnixTime, Verifier, providers,
    scheme::{
        Batch,
        BodyHash::{Md5, Sha256},
        Handshake,
        HashEncoding::{Base64, Hex, Raw},
        Jwt, JwtAlgorithm, KeyForm,
        Part::{
            Body, BodyDigest, Config, Field, Form, FormOrBody, Header, Id, Json, Lit, LowerQuery, Method,
            Optional, Path, Query, Secret, SerializedFormBut, SortedForm, SortedPairsBut, SortedQuery,
            SortedValues, Timestamp, UnescapedUrl, Url, UrlBeforeQuery,
        },
        Payload, Place, Said, Scheme, When, all, claim, field, first, form, header, json, json_integer,
        numbered_header, query,
    },
    testing::Signer,
};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const JSON: &str = r#"{"id":"evt_1","type":"t","n":17,"data":{"id":"d/1"}}"#;
const FORM: &str = "a=1&b=two&payload=%7B%7D";

fn schemes() -> Vec<(Scheme, &'static str)> {
    const BODY: &[hookgate::scheme::Part] = &[Body];
    let hmac = || Scheme::hmac_sha256("test").signs(BODY);
    vec![
        (hmac().signature(header("x-sig").hex()), JSON),
        (hmac().signature(header("x-sig").base64url()), JSON),
        (hmac().signature(header("x-sig").prefix("sha256=").prefix_optional().base64()), JSON),
        (hmac().signature(header("x-sig").pairs(',', '=', "v1").spaced()), JSON),
        (hmac().signature(header("x-sig").any_pairs('&', '|').base64()), JSON),
        (hmac().signature(header("x-sig").list(',').base64()), JSON),
        (hmac().signature(numbered_header("x-sig-", 100).base64()), JSON),
        (hmac().signature(query("sig").hex()), JSON),
        (hmac().signature(header("authorization").prefix("Application ").after(':').base64()), JSON),
        (
            hmac()
                .signature(header("x-primary").base64())
                .or_signatures(const { &[header("x-secondary").base64()] }),
            JSON,
        ),
        (Scheme::hmac_sha1("test").signs(BODY).signature(header("x-sig").hex()), JSON),
        (Scheme::hmac_sha384("test").signs(BODY).signature(header("x-sig").hex()), JSON),
        (Scheme::hmac_sha512("test").signs(BODY).signature(header("x-sig").base64()), JSON),
        (hmac().key(KeyForm::BASE64.strip(&["v1,whsec_", "whsec_"])).signature(header("x-sig").hex()), JSON),
        (hmac().key(KeyForm::SHA1).signature(header("x-sig").hex()), JSON),
        (hmac().key(KeyForm::ASCII.suffix("&")).signature(header("x-sig").hex()), JSON),
        (hmac().requires(&[("x-version", "1")]).signature(header("x-sig").hex()), JSON),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").pairs(',', '=', "v1").groups(' '))
                .signs(&[Field("t"), Lit("."), Body])
                .timestamp(field("t").seconds()),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").positional(',', 1))
                .signs(&[Timestamp, Lit("."), Body])
                .timestamp(field("0").millis()),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").hex())
                .signs(&[Lit("["), Timestamp, Lit(";"), Body, Lit("]")])
                .timestamp(header("x-time").rfc3339()),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").hex())
                .signs(&[Body, Json("/type"), Timestamp])
                .timestamp(json("/at").seconds()),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(json("/sig/hex").hex())
                .signs(&[Json("/sig/at"), Json("/id")])
                .timestamp(json("/sig/at").seconds())
                .id(json("/id")),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(form("signature").prefix("sha256:").hex())
                .signs(&[Form("a"), Lit("|"), Form("payload")])
                .payload(Payload::Form),
            FORM,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").hex())
                .signs(&[FormOrBody("payload")])
                .payload(Payload::JsonOrFormField("payload")),
            FORM,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").base64())
                .signs(&[Url, SortedForm])
                .payload(Payload::Form),
            FORM,
        ),
        (
            Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[
                Method,
                Lit("\n"),
                Path,
                Lit("\n"),
                SortedQuery,
                Lit("\n"),
                Query("q"),
                Lit("\n"),
                LowerQuery("Q"),
                Lit("\n"),
                BodyDigest(Sha256, Hex),
                BodyDigest(Sha256, Raw),
                BodyDigest(Md5, Base64),
                Lit("\n"),
                Header("x-extra"),
            ]),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[
                UrlBeforeQuery,
                Lit(" "),
                UnescapedUrl("/@"),
                Body,
            ]),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[
                Config("app_key"),
                Body,
                Secret,
                Optional(&[Lit("id:"), Query("absent")]),
                Optional(&[Lit("x:"), Header("x-extra")]),
            ]),
            JSON,
        ),
        (
            Scheme::hmac_sha256("test")
                .signature(header("x-sig").hex())
                .signs(&[Id, Lit("."), Header("x-kind"), Lit("."), Timestamp])
                .id(header("x-id"))
                .timestamp(header("x-time").seconds()),
            JSON,
        ),
        (Scheme::token("test").signature(header("authorization").prefix("Bearer ").raw()), JSON),
        (Scheme::token("test").signature(query("secret").raw()), JSON),
        (Scheme::token("test").signature(json("/passcode").raw()), JSON),
        (Scheme::basic("test"), JSON),
    ]
}

fn now() -> UnixTime {
    UnixTime::from_millis(1_700_000_000_123)
}

fn verifier(scheme: Scheme, secret: &str) -> Verifier {
    let builder = Verifier::builder_for(scheme).secret(secret).public_url("https://hooks.example.com");
    let builder = if scheme.takes_config("app_key") { builder.config("app_key", "app") } else { builder };
    builder.build().expect("a verifier")
}

fn signer(scheme: Scheme) -> Signer {
    let signer = Signer::for_scheme(scheme, SECRET).public_url("https://hooks.example.com");
    let signer = if scheme.takes_config("app_key") { signer.config("app_key", "app") } else { signer };
    signer.header("x-kind", "order.created").target("/hooks?q=1&b=2&Q=ABC").at(now())
}

#[test]
fn every_word_signs_and_verifies() {
    for (scheme, body) in schemes() {
        let request = signer(scheme).sign(body).unwrap_or_else(|error| panic!("{scheme:?}: {error}"));
        let verified = verifier(scheme, SECRET).verify(request.head(), request.body().clone(), now());
        assert!(verified.is_ok(), "{scheme:?}: {verified:?}\n{request:?}");
    }
}

/// Private key and public key, or a secret twice that is one in every form.
fn keys(scheme: &Scheme) -> (&'static str, &'static str) {
    const SHARED: &str = "6f3b1c2d4e5f60718293a4b5c6d7e8f96f3b1c2d4e5f60718293a4b5c6d7e8f9";
    let algorithm = scheme.algorithm();
    match algorithm.as_str() {
        "JWT ES256 with certificates" => {
            (include_str!("../keys/apple-chain.pem"), include_str!("../keys/apple-root.crt"))
        }
        _ if !scheme.needs_public_key() => (SHARED, SHARED),
        kind if kind.contains("Ed25519") => {
            (include_str!("../keys/ed25519.pem"), include_str!("../keys/ed25519.pub.pem"))
        }
        kind if kind.contains("ECDSA") || kind.contains("ES256") => {
            (include_str!("../keys/ec.pem"), include_str!("../keys/ec.pub.pem"))
        }
        _ => (include_str!("../keys/rsa.pem"), include_str!("../keys/rsa.pub.pem")),
    }
}

const CONFIG: [(&str, &str); 10] = [
    ("user_id", "user-1"),
    ("workspace_id", "ws-1"),
    ("app_key", "app"),
    ("webhook_id", "WH-1"),
    ("api_key", "key"),
    ("audience", "https://hooks.example.com"),
    ("email", "push@project.iam.gserviceaccount.com"),
    ("topic", "arn:aws:sns:us-east-1:1:topic"),
    ("bundle_id", "com.example"),
    ("label", "sig"),
];
const CLAIMS: &str = r#"{"event_id":"evt_1","type":"user.created","data":"{}"}"#;
const XML: &str = "<xml><MsgId>17</MsgId><MsgType>text</MsgType></xml>";

#[test]
fn every_known_provider_signs_and_verifies() {
    let at = UnixTime::from_secs(1_800_000_000);
    for scheme in providers::ALL {
        let name = scheme.name();
        let (private, public) = keys(scheme);
        let config = || CONFIG.iter().filter(|(name, _)| scheme.takes_config(name));
        let signer = config().fold(
            Signer::for_scheme(*scheme, private).public_url("https://hooks.example.com").at(at),
            |signer, (name, value)| signer.config(name, *value),
        );
        let signer = signer.header("x-kind", "order.created").target("/hooks?q=1&b=2&Q=ABC");
        let verifier = config().fold(
            Verifier::builder_for(*scheme).secret(public).public_url("https://hooks.example.com"),
            |builder, (name, value)| builder.config(name, *value),
        );
        let verifier = verifier.build().unwrap_or_else(|error| panic!("{name}: {error}"));
        if scheme.algorithm() == "RSA with SHA-1" {
            assert!(signer.sign(FORM).is_err(), "{name}: nobody should sign with this any more");
            continue;
        }
        // Whichever of these the provider sends.
        let mut failures = Vec::new();
        let bodies = [JSON, FORM, XML, "bt_payload=PG4vPg%3D%3D%0A", CLAIMS];
        for body in bodies {
            // Not every type has a place of its own.
            let typed = signer.clone().event_type("Notification").sign(body);
            let signed = typed.or_else(|_| signer.sign(body)).map_err(|error| error.to_string());
            let verified = signed.and_then(|request| {
                let verified = verifier.verify(request.head(), request.body().clone(), at);
                verified.map_err(|error| format!("{error}: {request:?}"))
            });
            match verified {
                Ok(delivery) => assert_eq!(delivery.provider(), name),
                Err(failure) => failures.push(failure),
            }
        }
        assert!(failures.len() < bodies.len(), "{name}: {failures:#?}");
    }
}

/// Where what is signed and what is read would not be the same, whoever saw one delivery could make any other.
#[test]
fn a_json_body_cannot_carry_a_signed_form() {
    let field = |name, scheme: Scheme| scheme.payload(Payload::JsonOrFormField(name));
    let hmac = |parts| Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(parts);
    let inside = Scheme::hmac_sha256("test").signature(form("signature").hex()).signs(&[Form("payload")]);
    let known = |name| providers::find(name).expect("a scheme");
    for (scheme, name) in [
        (field("payload", hmac(&[FormOrBody("payload")])), "payload"),
        (field("payload", hmac(&[Form("payload")])), "payload"),
        (field("payload", inside), "payload"),
        (known("gitea"), "payload"),
        (known("gogs"), "payload"),
        (known("forgejo"), "payload"),
        (known("transloadit"), "transloadit"),
    ] {
        let of_form = form_urlencoded(name, JSON);
        for captured in [JSON, &of_form] {
            let Ok(request) = signer(scheme).sign(captured.to_owned()) else { continue };
            let verifier = verifier(scheme, SECRET);
            let judge = |body: String| verifier.verify(request.head(), body, now()).map(drop);
            let body = String::from_utf8(request.body().to_vec()).expect("text");
            let as_form = if body.starts_with('{') { form_urlencoded(name, &body) } else { body };
            for start in
                [r#"{"id":"forged","x":"&"#, r#"[{"id":"forged"},"&"#, "\n{\"id\":\"forged\",\"x\":\"&"]
            {
                let end = if start.starts_with('[') { "&\"]" } else { "&\"}" };
                let forged = format!("{start}{as_form}{end}");
                assert!(judge(forged.clone()).is_err(), "{scheme:?}: {forged}");
            }
        }
    }
}

/// The same keys sign other texts, which users of an application get: logins, sessions, signatures for browsers.
#[test]
fn what_else_a_key_signs_is_no_delivery() {
    for (name, text) in [
        // <https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant>
        (
            "shopify",
            "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&timestamp=1337178173",
        ),
        ("shopify", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJkZXN0IjoiaHR0cHM6Ly94In0"),
        // <https://developers.facebook.com/docs/games/gamesonfacebook/login#parsingsr>
        ("meta", "eyJvYXV0aF90b2tlbiI6IjEifQ"),
        // <https://pusher.com/docs/channels/library_auth_reference/auth-signatures/>
        ("pusher", "1234.1234:private-foobar"),
        // <https://cloudinary.com/documentation/authentication_signatures>
        ("cloudinary", "public_id=sample_image&timestamp="),
        ("cloudinary-sha256", "public_id=sample_image&timestamp="),
        ("shopify", "path_prefix=/apps/reviewsshop=some-shop.myshopify.comtimestamp=1317327555"),
        ("meta", ""),
        // <https://github.com/castle/castle-ruby#signature>
        ("castle", "1234"),
        // <https://ably.com/docs/api/token-request-spec>
        ("ably", "app.key\n3600000\n{\"*\":[\"*\"]}\n\n1765000000000\n0123456789abcdef\n"),
        // <https://razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps/>
        ("razorpay", "order_IEIaMR65cu6nz3|pay_IH4NVgf4Dreq1l"),
        // <https://developers.hubspot.com/docs/guides/apps/authentication/validating-requests>
        ("hubspot-v1", "POSThttps://hooks.example.com/actions{\"origin\":{\"portalId\":1}}"),
    ] {
        let scheme = providers::find(name).expect("a scheme");
        let judge = |body: &str| {
            let signed = signer(scheme).sign(body.to_owned()).expect("signed");
            verifier(scheme, SECRET).verify(signed.head(), body.to_owned(), now()).map(drop)
        };
        assert_eq!(judge(text).map_err(|error| error.reason()), Err(Reason::OtherText), "{name}: {text}");
        for body in ["{}", " \r\n[\"timestamp=\"]", "<order/>"] {
            assert_eq!(judge(body), Ok(()), "{name}: {body}");
        }
    }
}

/// A provider that signs for all of its customers with one key does so for any of them.
#[test]
fn deliveries_of_others_are_refused() {
    let hmac = |parts| Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(parts);
    let by_header = hmac(&[Header("x-account"), Lit("."), Body]).belongs_to(header("x-account"), "account");
    let by_body = hmac(&[Body]).belongs_to(json("/account"), "account");
    let builder = |scheme| Verifier::builder_for(scheme).secret(SECRET);
    for scheme in [by_header, by_body] {
        let missing = builder(scheme).build().map(drop);
        assert_eq!(missing, Err(ConfigError::MissingConfig { name: "account" }));
        let verifier = builder(scheme).config("account", "a-1, a-2").build().expect("a verifier");
        for (account, want) in [
            ("a-1", Ok(())),
            ("a-2", Ok(())),
            ("a-3", Err(Reason::ClaimMismatch)),
            ("", Err(Reason::ClaimMismatch)),
        ] {
            let signer = Signer::for_scheme(scheme, SECRET).config("account", account).at(now());
            let body = format!(r#"{{"account":"{account}"}}"#);
            let signed = signer.header("x-account", account).sign(body).expect("signed");
            let judged = verifier.verify(signed.head(), signed.body().clone(), now());
            assert_eq!(judged.map(drop).map_err(|error| error.reason()), want, "{account}");
        }
        // And the signer makes some of ours.
        let signed = Signer::for_scheme(scheme, SECRET).config("account", "a-2 a-1").sign("{}");
        let signed = signed.expect("signed");
        assert!(verifier.verify(signed.head(), signed.body().clone(), now()).is_ok());
    }
}

/// Fireblocks signs with the same keys in all workspaces.
#[test]
fn deliveries_of_other_workspaces_are_refused() {
    let scheme = providers::find("fireblocks").expect("a scheme");
    let (ours, public) = (include_str!("../keys/rsa.pem"), include_str!("../keys/rsa.pub.pem"));
    let builder = || Verifier::builder_for(scheme).public_key(public);
    let missing = builder().build().map(drop);
    assert_eq!(missing, Err(ConfigError::MissingConfig { name: "workspace_id" }));
    let verifier = builder().config("workspace_id", "ours").build().expect("a verifier");
    for (workspace, want) in [("ours", Ok(())), ("theirs", Err(Reason::ClaimMismatch))] {
        let signer = Signer::for_scheme(scheme, ours).config("workspace_id", workspace).at(now());
        let signed = signer.sign(r#"{"id":"1","eventType":"transaction.created"}"#).expect("signed");
        let judged = verifier.verify(signed.head(), signed.body().clone(), now());
        assert_eq!(judged.map(drop).map_err(|error| error.reason()), want, "{workspace}");
    }
}

/// A provider's key set signs the tokens of an application's users too.
#[test]
fn a_token_of_a_user_is_no_delivery() {
    const RULE: Jwt = Jwt::new(&[JwtAlgorithm::Hs256]).holds(&["event_id", "type"]);
    let scheme = Scheme::jwt("test", &RULE).signature(header("x-sig").raw()).payload(Payload::Claims);
    for (claims, want) in [
        (r#"{"event_id":"e-1","type":"user.created"}"#, Ok(())),
        (r#"{"sub":"kp_1","email":"a@example.com"}"#, Err(Reason::ClaimMismatch)),
        (r#"{"event_id":"e-1","type":""}"#, Err(Reason::ClaimMismatch)),
        (r#"{"event_id":1,"type":"user.created"}"#, Err(Reason::ClaimMismatch)),
    ] {
        let signed = signer(scheme).sign(claims).expect("signed");
        let judged = verifier(scheme, SECRET).verify(signed.head(), signed.body().clone(), now());
        assert_eq!(judged.map(drop).map_err(|error| error.reason()), want, "{claims}");
    }
}

/// monday.com: users have tokens under the same secrets, which name no audience or do not expire.
#[test]
fn a_claim_is_compared_where_its_value_is_configured() {
    let scheme = providers::find("monday").expect("a scheme");
    let judge = |ours: Option<&'static str>, theirs: Option<&'static str>| {
        let (builder, signer) = (Verifier::builder_for(scheme).secret(SECRET), signer(scheme));
        let builder = ours.iter().fold(builder, |builder, ours| builder.config("audience", *ours));
        let signer = theirs.iter().fold(signer, |signer, theirs| signer.config("audience", *theirs));
        let signed = signer.sign(JSON).expect("signed");
        let judged = builder.build().expect("a verifier").verify(signed.head(), JSON, now());
        judged.map(drop).map_err(|error| error.reason())
    };
    let (ours, others) = (Some("https://hooks.example.com/monday"), Some("https://hooks.example.com/login"));
    for (configured, named, want) in [
        (None, None, Ok(())),
        (None, ours, Ok(())),
        (ours, ours, Ok(())),
        (ours, others, Err(Reason::ClaimMismatch)),
        (ours, None, Err(Reason::ClaimMismatch)),
    ] {
        assert_eq!(judge(configured, named), want, "{configured:?} {named:?}");
    }
    // A token for ever, of {"accountId":1,"aud":"https://hooks.example.com/monday"}.
    let forever = concat!(
        "eyJhbGciOiJIUzI1NiJ9.",
        "eyJhY2NvdW50SWQiOjEsImF1ZCI6Imh0dHBzOi8vaG9va3MuZXhhbXBsZS5jb20vbW9uZGF5In0.",
        "VvsBe9_ocTXSa1kktIhrksdiF1V716K7EVPHMbJKhrY"
    );
    let headers = [("authorization", forever)];
    let head = hookgate::Head::new("POST", "/", &headers);
    let judged = verifier(scheme, SECRET).verify(head, JSON, now());
    assert_eq!(judged.map(drop).map_err(|error| error.reason()), Err(Reason::TimestampMissing));
}

/// Sorted fields are signed without marks between them, so that the start of one may as well be the end of the URL.
#[test]
fn a_signed_form_cannot_be_moved_into_the_url_and_read_as_json() {
    for name in ["mandrill", "twilio"] {
        let scheme = providers::find(name).expect("a scheme");
        let form = form_urlencoded("mandrill_events", JSON);
        let request = signer(scheme).sign(form).expect("a request");
        let verifier = verifier(scheme, SECRET);
        let judge = |target: &str, body: String| {
            let headers = request.headers();
            let head = hookgate::Head::new("POST", target, &headers);
            verifier.verify(head, body, now()).map(drop).map_err(|error| error.reason())
        };
        let target = request.target();
        assert_eq!(
            judge(target, String::from_utf8(request.body().to_vec()).expect("text")),
            Ok(()),
            "{name}"
        );
        let moved = format!("{target}mandrill_events");
        assert_eq!(judge(&moved, JSON.to_owned()), Err(Reason::Uncovered), "{name}");
    }
}

/// Vonage's marks between fields are replaced in values, and not in names.
#[test]
fn a_signed_field_cannot_be_moved_into_a_name() {
    let scheme = providers::find("vonage-sms-sha256").expect("a scheme");
    let request =
        signer(scheme).sign("err-code=0&messageId=0A01&scts=1&status=delivered").expect("a request");
    let verifier = verifier(scheme, SECRET);
    let body = String::from_utf8(request.body().to_vec()).expect("text");
    let judge =
        |body: String| verifier.verify(request.head(), body, now()).map(drop).map_err(|error| error.reason());
    assert_eq!(judge(body.clone()), Ok(()));
    for (fields, moved) in [
        ("scts=1&status=delivered", "scts%3D1%26status=delivered"),
        ("err-code=0&messageId=0A01", "err-code%3D0%26messageId=0A01"),
    ] {
        assert!(body.contains(fields));
        assert_eq!(judge(body.replace(fields, moved)), Err(Reason::SignatureMalformed), "{moved}");
    }
}

fn form_urlencoded(name: &str, value: &str) -> String {
    let escaped: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("{name}={escaped}")
}

#[test]
fn what_is_bound_cannot_be_changed() {
    for (scheme, body) in schemes() {
        let request = signer(scheme).sign(body).expect("a request");
        let other = verifier(scheme, "AfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        assert!(
            other.verify(request.head(), request.body().clone(), now()).is_err(),
            "{scheme:?}: another secret"
        );
        let verifier = verifier(scheme, SECRET);
        if scheme.bound().body {
            let mut changed = request.body().to_vec();
            *changed.last_mut().expect("a body") ^= 1;
            assert!(verifier.verify(request.head(), changed, now()).is_err(), "{scheme:?}: another body");
        }
        if scheme.bound().timestamp {
            for by in [-400_000_000, 400_000_000] {
                let then = UnixTime::from_millis(now().as_millis() + by);
                let judged = verifier.verify(request.head(), request.body().clone(), then);
                assert!(judged.is_err(), "{scheme:?}: another time");
            }
        }
    }
}

#[test]
fn chunks_verify_like_the_whole() {
    for (scheme, body) in schemes() {
        let request = signer(scheme).sign(body).expect("a request");
        let verifier = verifier(scheme, SECRET);
        for size in [1, 3, 7, 1000] {
            let mut verification = verifier.begin(request.head(), now()).expect("a head");
            for chunk in request.body().chunks(size) {
                verification.update(bytes::Bytes::copy_from_slice(chunk));
            }
            let delivery = verification.finish(now());
            let delivery = delivery.unwrap_or_else(|error| panic!("{scheme:?} in chunks of {size}: {error}"));
            assert_eq!(delivery.body(), request.body());
        }
    }
}

#[test]
fn freshness_is_judged_again_at_the_end() {
    let scheme = providers::find("stripe").expect("a scheme");
    let request = signer(scheme).sign(JSON).expect("a request");
    let verifier = verifier(scheme, SECRET);
    let mut verification = verifier.begin(request.head(), now()).expect("a head");
    verification.update(request.body().clone());
    let late = UnixTime::from_millis(now().as_millis() + 600_000);
    assert_eq!(verification.finish(late).map(drop).map_err(|error| error.reason()), Err(Reason::TooOld));
}

#[test]
fn ids_are_found_where_the_scheme_says() {
    let with = |place| Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[Body]).id(place);
    const FIRST: hookgate::scheme::Place = first(&[json("/none"), json("/id")]);
    const ALL: hookgate::scheme::Place = all(&[json("/data/id"), json_integer("/n")]);
    for (place, want) in [
        (json("/id"), Some("evt_1")),
        (json_integer("/n"), Some("17")),
        (json("/n"), None),
        (json_integer("/id"), None),
        (json("/data"), None),
        (json("/data/id"), Some("d/1")),
        (FIRST, Some("evt_1")),
        (ALL, Some("d%2F1/17")),
    ] {
        let scheme = with(place);
        let request = signer(scheme).sign(JSON).expect("a request");
        let delivery = verifier(scheme, SECRET).verify(request.head(), request.body().clone(), now());
        let delivery = delivery.expect("a delivery");
        assert_eq!(delivery.id().map(|id| id.as_str()), want, "{place:?}");
    }
}

#[test]
fn schemes_that_contradict_themselves_are_refused() {
    let build = |scheme: Scheme| Verifier::builder_for(scheme).secret(SECRET).build().map(drop);
    let hmac = || Scheme::hmac_sha256("test").signature(header("x-sig").hex());
    assert_eq!(build(hmac().signs(&[Body])), Ok(()));
    let digest = Scheme::digest_sha256("test").signature(header("x-sig").hex());
    assert_eq!(build(digest.signs(&[Body, Secret])), Ok(()));
    const CHALLENGE: [Handshake; 1] = [Handshake::post().challenge(json("/challenge")).echoed()];
    const SIGNED: [Handshake; 1] = [Handshake::post().signed().challenge(json("/challenge")).echoed()];
    const ANYWHERE: Place = first(&[header("x-token"), json("/token")]);
    let token = Scheme::token("test");
    assert_eq!(build(token.signature(header("x-token").raw()).handshakes(&CHALLENGE)), Ok(()));
    assert_eq!(build(token.signature(json("/token").raw()).handshakes(&SIGNED)), Ok(()));
    const NO_ALGORITHM: Jwt = Jwt::new(&[]);
    const MIXED: Jwt = Jwt::new(&[JwtAlgorithm::EdDsa, JwtAlgorithm::Hs256]);
    const ALIKE: Jwt = Jwt::new(&[JwtAlgorithm::Hs512, JwtAlgorithm::Hs256]);
    const PLAIN: Jwt = Jwt::new(&[JwtAlgorithm::Hs256]);
    const AGED: Jwt = PLAIN.max_age_secs(60);
    const DETACHED: Jwt = PLAIN.detached();
    const OTHER_PAYLOAD: &str = "it signs a form's field or the body, and its payload is not one of these";
    const NO_VALUE: &str = "it has a part inside of another that is no value";
    const NOT_BY_BODY: &str = "it names events by their body, and does not sign the body as it is";
    const ADJACENT: &str = "it signs two values with nothing between them";
    const CLAIMS: [Jwt; 8] = [
        DETACHED.issuer("i"),
        DETACHED.configured(&[("aud", "audience")]),
        DETACHED.max_age_secs(1),
        DETACHED.expires(),
        DETACHED.affirmed(&["ok"]),
        DETACHED.body_hash("sha", Hex),
        DETACHED.url_hash("url"),
        DETACHED.query_hash(),
    ];
    const OTHER_MESSAGES: &str = "it signs one of several messages, and not with an HMAC";
    let pointers = || (0..33).map(|number| &*format!("/{number}").leak());
    let (places, parts) = (
        pointers().map(json).collect::<Vec<_>>(),
        pointers().flat_map(|at| [Json(at), Lit(".")]).collect::<Vec<_>>(),
    );
    let (places, parts) = (&*places.leak(), &*parts.leak());
    let (reads, signs) =
        (|to| hmac().signs(&[Body]).id(first(&places[..to])), |to: usize| hmac().signs(&parts[..2 * to]));
    assert_eq!([build(reads(32)), build(signs(32))], [Ok(()), Ok(())]);
    let token = Scheme::token("test").signature(header("x-token").raw());
    let jwt = |rule| Scheme::jwt("test", rule).signature(header("x-sig").raw());
    for good in [
        hmac().signs(&[
            Method,
            Optional(&[Lit("a"), Header("x-a"), Lit(";")]),
            Optional(&[Lit("b"), Header("x-b")]),
        ]),
        hmac().signs(&[Json("/time"), Json("/token")]).timestamp(json("/time").seconds()),
        hmac().signs(&[SortedValues(&[Query("a"), Query("b")])]),
        token.timestamp(header("x-time").seconds().not_enforced()),
        jwt(&DETACHED).timestamp(json("/at").seconds()),
    ] {
        assert_eq!(build(good), Ok(()), "{good:?}");
    }
    for (scheme, want) in [
        (Scheme::hmac_sha256("").signature(header("x").hex()).signs(&[Body]), "it has no name"),
        (Scheme::hmac_sha256("test").signs(&[Body]), "it does not say where the signature is"),
        (hmac(), "it signs nothing of the request"),
        (hmac().signs(&[Lit("x"), Config("x")]), "it signs nothing of the request"),
        (digest.signs(&[Body]), "it digests a message without the secret in it"),
        (Scheme::jwt("test", &NO_ALGORITHM).signature(header("x-sig").raw()), "it allows no algorithm"),
        (hmac().signs(&[Timestamp, Body]), "it signs a timestamp and does not say where that is"),
        (hmac().signs(&[Id, Body]), "it signs an id and does not say where that is"),
        (
            hmac().signature(header("x-sig").list('·')).signs(&[Body]),
            "it separates signatures by what is not ASCII",
        ),
        (
            hmac().signs(&[Body]).timestamp(header("date").seconds()),
            "it judges a timestamp that it does not sign",
        ),
        (hmac().signs(&[Body]).methods(&[]), "it allows no method"),
        (hmac().signs(&[Optional(&[Header("x-id")]), Config("x")]), "it signs nothing of the request"),
        (hmac().signs(&[Body]).or_signs(&[&[Lit("x")]]), "it signs nothing of the request"),
        (
            digest.signs(&[Body, Optional(&[Secret, Header("x-id")])]),
            "it digests a message without the secret in it",
        ),
        (digest.signs(&[Body, Secret]).or_signs(&[&[Secret, Body]]), OTHER_MESSAGES),
        (
            hmac().signs(&[Body]).or_signs(&[&[Timestamp, Body]]),
            "it signs a timestamp and does not say where that is",
        ),
        (
            token.signature(ANYWHERE.raw()).handshakes(&CHALLENGE),
            "it has a challenge that is told by the body and not signed, where the signature is in the body",
        ),
        (hmac().signs(&[Optional(&[Lit("id:"), Id]), Body]), "it signs an id and does not say where that is"),
        (hmac().signs(&[FormOrBody("payload")]), OTHER_PAYLOAD),
        (hmac().signs(&[FormOrBody("payload")]).payload(Payload::JsonOrForm("events")), OTHER_PAYLOAD),
        (hmac().signs(&[SortedValues(&[Optional(&[Header("x-id")])]), Body]), NO_VALUE),
        (hmac().signs(&[SortedValues(&[SortedForm, Header("x-id")])]), NO_VALUE),
        (hmac().signs(&[SortedValues(&[SortedPairsBut("sig"), Header("x-id")])]), NO_VALUE),
        (hmac().signs(&[SortedValues(&[SerializedFormBut("sig"), Header("x-id")])]), NO_VALUE),
        (hmac().signs(&[SortedValues(&[SortedValues(&[Method]), Header("x-id")])]), NO_VALUE),
        (hmac().signs(&[Optional(&[Optional(&[Header("x-id")]), Lit(".")]), Body]), NO_VALUE),
        (hmac().signs(&[Id, Header("x-type"), Lit("."), Body]).id(header("x-id")), ADJACENT),
        (hmac().signs(&[Query("a"), Optional(&[Lit("."), Form("b")]), Json("/c")]), ADJACENT),
        (hmac().signs(&[Body]).or_signs(&[&[Header("x-a"), Optional(&[Header("x-b"), Lit(".")])]]), ADJACENT),
        (hmac().signs(&[Lit(""), Body]), "it signs an empty text"),
        (hmac().signs(&[Json("/ref")]).named_by_body(), NOT_BY_BODY),
        (hmac().signs(&[Body]).or_signs(&[&[Json("/ref")]]).named_by_body(), NOT_BY_BODY),
        (token.named_by_body(), NOT_BY_BODY),
        (
            hmac().signs(&[Body]).repeats_across_types().batch(Batch::of("")),
            "it tells events apart by the type of a delivery that carries several",
        ),
        (
            jwt(&PLAIN).timestamp(claim("/iat").seconds()),
            "it has the timestamp in a claim, which `max_age_secs` is for",
        ),
        (token.signs(&[Body]), "it says what is signed, and its proof does not go by that"),
        (jwt(&PLAIN).signs(&[Lit(".")]), "it says what is signed, and its proof does not go by that"),
        (token.timestamp(header("x-time").seconds()), "it judges a timestamp that it does not sign"),
        (jwt(&AGED).timestamp(header("x-time").seconds()), "it judges a timestamp that it does not sign"),
        (reads(33), "it looks at more than 32 JSON values"),
        (signs(33), "it looks at more than 32 JSON values"),
    ] {
        assert_eq!(build(scheme), Err(ConfigError::Scheme { scheme: scheme.name(), problem: want }));
    }
    for rule in &CLAIMS {
        let problem = "it judges claims where the token's payload is the body";
        assert_eq!(build(jwt(rule)), Err(ConfigError::Scheme { scheme: "test", problem }), "{rule:?}");
    }
    // RFC 8032, section 7.1: a public key that would be a secret as well.
    const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let build_with_key = |scheme: Scheme| Verifier::builder_for(scheme).secret(KEY).build().map(drop);
    let public = Scheme::ed25519("test").signature(header("x-sig").hex()).signs(&[Body]);
    assert_eq!(build_with_key(public), Ok(()));
    assert_eq!(build_with_key(jwt(&ALIKE)), Ok(()));
    for (scheme, problem) in [
        (public.or_signs(&[&[Method]]), OTHER_MESSAGES),
        (jwt(&MIXED), "it allows algorithms with secrets and with public keys"),
    ] {
        assert_eq!(build_with_key(scheme), Err(ConfigError::Scheme { scheme: "test", problem }));
    }
    assert_eq!(build(hmac().signs(&[Url, Body])), Err(ConfigError::MissingPublicUrl));
    assert_eq!(build(hmac().signs(&[Body]).or_signs(&[&[Url, Body]])), Err(ConfigError::MissingPublicUrl));
    for signs in [&[Config("k"), Body][..], &[Optional(&[Config("k")]), Body]] {
        assert_eq!(build(hmac().signs(signs)), Err(ConfigError::MissingConfig { name: "k" }));
    }
    let configured = |scheme: Scheme, name| {
        Verifier::builder_for(scheme).secret(SECRET).config(name, "value").build().map(drop)
    };
    let meta = providers::find("meta").expect("a scheme");
    assert_eq!(configured(meta, "verify_token"), Ok(()), "its challenge has a use for it");
    for (scheme, name) in [(meta, "verify_tokn"), (hmac().signs(&[Body]), "k")] {
        assert_eq!(configured(scheme, name), Err(ConfigError::UnknownConfig { name }));
    }
    for url in [UrlBeforeQuery, UnescapedUrl("/")] {
        let signs: &[_] = vec![url, Body].leak();
        assert_eq!(build(hmac().signs(signs)), Err(ConfigError::MissingPublicUrl));
        assert!(!hmac().signs(signs).bound().url);
    }
    let url = |url: &str| {
        Verifier::builder_for(hmac().signs(&[Url])).secret(SECRET).public_url(url).build().map(drop)
    };
    assert_eq!(url("https://hooks.example.com:8443"), Ok(()));
    // What is shown with a slash at its end is the same.
    let with_slash = Verifier::builder_for(hmac().signs(&[Url])).secret(SECRET).public_url("https://x/");
    let signer = Signer::for_scheme(hmac().signs(&[Url]), SECRET).public_url("https://x").target("/hooks");
    let (verifier, signed) = (with_slash.build().expect("a verifier"), signer.sign("").expect("signed"));
    assert!(verifier.verify(signed.head(), signed.body().clone(), now()).is_ok());
    for bad in [
        "hooks.example.com",
        "ftp://x",
        "https://",
        "https://",
        "https:///",
        "https://x//",
        "https://x/y",
        "https://x?y",
    ] {
        assert_eq!(url(bad), Err(ConfigError::BadPublicUrl), "{bad}");
    }
}

/// Maps of header fields are asked for names in lower case, and find no others.
#[test]
fn header_names_are_such_in_lower_case() {
    let hmac = |parts| Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(parts);
    let plain = hmac(&[Body]);
    const FIRST: Place = first(&[json("/id"), header("X-Id")]);
    const ALL: Place = all(&[json("/id"), FIRST]);
    const GET: [Handshake; 3] = [
        Handshake::get().challenge(header("X-Challenge")),
        Handshake::get().when(&[When::Is(header("X-Kind"), "probe")]),
        Handshake::get().headers(&[("X-Answer", Said::Challenge)]),
    ];
    let bad = [
        plain.signature(header("X-Sig").hex()),
        plain.signature(header("x-sig").or("X-Sig").hex()),
        plain.signature(header("x sig").hex()),
        plain.signature(header("x-sig:").hex()),
        plain.signature(header("x-sïg").hex()),
        plain.signature(header("").hex()),
        plain.signature(numbered_header("X-Sig-", 2).hex()),
        plain.or_signatures(const { &[header("X-Old").hex()] }),
        hmac(&[Body, Timestamp]).timestamp(header("Date").http_date()),
        plain.id(header("X-Id")),
        plain.id(FIRST),
        plain.id(ALL),
        plain.event_type(header("X-Type")),
        plain.key_named(header("X-Key")),
        plain.requires(&[("X-Version", "1")]),
        hmac(&[Body, Header("X-Kind")]),
        hmac(&[Body, Optional(&[Lit("k"), Header("X-Kind")])]),
        plain.or_signs(&[&[Header("X-Kind"), Body]]),
        plain.handshakes(&GET[..1]),
        plain.handshakes(&GET[1..2]),
        plain.handshakes(&GET[2..]),
    ];
    for scheme in bad {
        let built = Verifier::builder_for(scheme).secret(SECRET).build().map(drop);
        let problem = "it has a header name that is none in lower case";
        assert_eq!(built, Err(ConfigError::Scheme { scheme: "test", problem }), "{scheme:?}");
    }
    let good = plain.id(header("x_id.1|~")).signature(numbered_header("x-sig-", 2).hex());
    assert_eq!(Verifier::builder_for(good).secret(SECRET).build().map(drop), Ok(()));
}

/// RFC 6901, section 3.
#[test]
fn json_pointers_begin_with_a_slash() {
    let hmac = |parts| Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(parts);
    let plain = hmac(&[Body]);
    const FIRST: Place = first(&[header("x-id"), json("id")]);
    let bad = [
        plain.id(json("id")),
        plain.id(json_integer("id")),
        plain.id(FIRST),
        plain.event_type(json("data/type")),
        plain.event_type(claim("type")),
        hmac(&[Json("id"), Body]),
        plain.or_signs(&[&[Optional(&[Json("id")]), Body]]),
        plain.batch(Batch::of("items")),
        plain.batch(Batch::of("/items").id("id")),
        plain.batch(Batch::of("").event_type("type")),
    ];
    for scheme in bad {
        let built = Verifier::builder_for(scheme).secret(SECRET).build().map(drop);
        let problem = "it has a JSON pointer without a slash at its beginning";
        assert_eq!(built, Err(ConfigError::Scheme { scheme: "test", problem }), "{scheme:?}");
    }
    let whole = Verifier::builder_for(plain.id(json(""))).secret(SECRET).build().map(drop);
    assert_eq!(whole, Ok(()));
}

#[test]
fn durations_are_positive_and_end() {
    use std::time::Duration;
    let build = |tolerance| {
        let builder = Verifier::builder::<providers::Stripe>().secret(SECRET).tolerance(tolerance);
        builder.build().map(drop)
    };
    assert_eq!(build(Duration::from_secs(1)), Ok(()));
    const TIMELESS: Jwt = Jwt::new(&[JwtAlgorithm::Hs256]).expires();
    for timeless in [
        providers::find("github").expect("a scheme"),
        Scheme::token("test").signature(header("x-token").raw()),
        Scheme::jwt("test", &TIMELESS).signature(header("x-sig").raw()),
    ] {
        let builder = Verifier::builder_for(timeless).secret(SECRET).tolerance(Duration::from_secs(60));
        let problem = "a tolerance, and a scheme without a time to judge";
        assert_eq!(builder.build().map(drop), Err(ConfigError::Contradiction { problem }));
    }
    for given in [Duration::ZERO, Duration::MAX] {
        assert_eq!(build(given), Err(ConfigError::BadDuration { setting: "tolerance", given }));
    }
}

#[test]
fn the_url_is_configured_and_never_taken_from_the_request() {
    let scheme = Scheme::hmac_sha256("test").signature(header("x-sig").hex()).signs(&[Url, Body]);
    let request = signer(scheme).header("host", "hooks.example.com").sign(JSON).expect("a request");
    let spoofed = signer(scheme).public_url("https://evil.example.com").header("host", "evil.example.com");
    let spoofed = spoofed.sign(JSON).expect("a request");
    let verifier = verifier(scheme, SECRET);
    assert!(verifier.verify(request.head(), request.body().clone(), now()).is_ok());
    assert!(verifier.verify(spoofed.head(), spoofed.body().clone(), now()).is_err());
    let headers = request.headers();
    let moved = hookgate::Head::new("POST", "/elsewhere", &headers);
    assert!(verifier.verify(moved, request.body().clone(), now()).is_err());
}

/// What is signed of a list beside its signature is what the signer was given for it.
#[test]
fn a_list_has_the_fields_that_it_is_given() {
    let scheme = Scheme::hmac_sha256("test")
        .signature(header("authorization").pairs(',', '=', "sig").prefix("ACME-HMAC ").base64())
        .signs(&[Field("keyId"), Lit("."), Timestamp, Lit("."), Body])
        .timestamp(header("date").http_date());
    let signer = Signer::for_scheme(scheme, SECRET).at(now());
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    for (signer, id) in [(signer.clone().field("keyId", "k-7"), "k-7"), (signer, "x")] {
        let signed = signer.sign("{}").expect("a delivery");
        let (_, value) = signed.headers().iter().find(|(name, _)| name == "authorization").expect("signed");
        assert!(value.starts_with(&format!("ACME-HMAC keyId={id},sig=")), "{value}");
        assert!(verifier.verify(signed.head(), signed.body().clone(), now()).is_ok());
    }
}

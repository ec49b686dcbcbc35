//! Challenges: answered in the shape that the provider sends, and good for nothing else.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response},
    routing::post,
};
use hookgate::{
    Custom, Receiver, Secret, WebhookLayer, providers,
    testing::{ManualClock, Signer},
};
use http_body_util::BodyExt;
use serde::Deserialize;
use tower::ServiceExt;

use crate::support::{NOW, SECRET};

#[derive(Clone, Deserialize)]
struct Vector {
    provider: String,
    secret: String,
    config: BTreeMap<String, String>,
    method: String,
    url: String,
    headers: BTreeMap<String, String>,
    body: String,
    status: u16,
    answer_headers: BTreeMap<String, String>,
    answer: Option<String>,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../handshakes.json")).expect("vectors")
}

/// Secrets that a challenge delivered.
type Delivered = Arc<Mutex<Vec<Secret>>>;

fn receiver(vector: &Vector, delivered: Option<&Delivered>) -> Receiver<Custom> {
    let scheme = providers::find(&vector.provider).expect("a scheme");
    let key = match vector.provider.as_str() {
        "discord" => include_str!("../keys/ed25519.pub.pem"),
        "wise" => include_str!("../keys/rsa.pub.pem"),
        _ => &vector.secret,
    };
    let mut builder = Receiver::builder_for(scheme)
        .secret(Secret::dangerous_short(key))
        .clock(ManualClock::new(NOW))
        .public_url("https://example.com");
    for (name, value) in vector.config.iter().filter(|(name, _)| scheme.takes_config(name)) {
        builder = builder.config(name.clone().leak(), value.as_str());
    }
    if let Some(delivered) = delivered {
        let delivered = Arc::clone(delivered);
        builder = builder.secret_sink(move |secret| delivered.lock().expect("secrets").push(secret));
    }
    builder.build().unwrap_or_else(|error| panic!("{}: {error}", vector.provider))
}

/// The handler takes no challenge's `GET`: the gate does, as a layer around it.
async fn send(receiver: &Receiver<Custom>, request: Request<Body>) -> (Response<()>, String) {
    let route = post(async || "handled").layer(WebhookLayer::new(receiver.clone()));
    let app = Router::new().route("/{*path}", route.clone()).route("/", route);
    let (parts, body) = app.oneshot(request).await.expect("an answer").into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).expect("text"))
}

/// The vector as a request, signed where the provider signs its challenge.
fn request(vector: &Vector) -> Request<Body> {
    let target =
        vector.url.strip_prefix("https://").and_then(|rest| rest.split_once('/')).map(|(_, path)| path);
    let target = format!("/{}", target.unwrap_or_default());
    let signs = ["slack", "zoom", "twitch", "discord", "front", "intercom", "wise"]
        .contains(&vector.provider.as_str());
    let mut builder = Request::builder().method(vector.method.as_str()).uri(&target);
    for (name, value) in &vector.headers {
        builder = builder.header(name, value);
    }
    let mut body = vector.body.clone().into_bytes();
    if signs {
        let scheme = providers::find(&vector.provider).expect("a scheme");
        let key = match vector.provider.as_str() {
            "discord" => include_str!("../keys/ed25519.pem"),
            "wise" => include_str!("../keys/rsa.pem"),
            _ => &vector.secret,
        };
        let signer = Signer::for_scheme(scheme, Secret::dangerous_short(key)).at(NOW).target(&target);
        let signer = vector.headers.iter().fold(signer, |signer, (name, value)| signer.header(name, value));
        let signed = signer.sign(body).expect("signed");
        for (name, value) in signed.headers() {
            if !vector.headers.keys().any(|known| known.eq_ignore_ascii_case(name)) {
                builder = builder.header(name, value);
            }
        }
        body = signed.body().to_vec();
    }
    builder.body(Body::from(body)).expect("a request")
}

#[tokio::test]
async fn every_vector_is_answered_as_published() {
    for vector in vectors() {
        let delivered = Delivered::default();
        let (answer, body) = send(&receiver(&vector, Some(&delivered)), request(&vector)).await;
        let name = &vector.provider;
        assert_eq!(answer.status().as_u16(), vector.status, "{name}: {body}");
        assert_eq!(body, vector.answer.clone().unwrap_or_default(), "{name}");
        for (header, value) in &vector.answer_headers {
            let given = answer.headers().get(header).map(|value| value.to_str().expect("text"));
            assert!(
                given.is_some_and(|given| given.starts_with(value.as_str())),
                "{name}: {header} {given:?}"
            );
        }
        assert_eq!(answer.headers()["cache-control"], "no-store", "{name}");
        let delivers = ["asana", "notion"].contains(&name.as_str());
        assert_eq!(delivered.lock().expect("secrets").len(), usize::from(delivers), "{name}");
    }
}

fn base(provider: &str, method: &str, url: &str) -> Vector {
    Vector {
        provider: provider.to_owned(),
        secret: SECRET.to_owned(),
        config: BTreeMap::new(),
        method: method.to_owned(),
        url: format!("https://example.com{url}"),
        headers: BTreeMap::new(),
        body: String::new(),
        status: 200,
        answer_headers: BTreeMap::new(),
        answer: None,
    }
}

async fn status(vector: &Vector) -> (u16, String) {
    let (answer, body) = send(&receiver(vector, None), request(vector)).await;
    (answer.status().as_u16(), body)
}

#[tokio::test]
async fn challenges_in_another_shape_are_refused() {
    let with = |vector: Vector, config: &[(&str, &str)]| Vector {
        config: config.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        ..vector
    };
    let meta =
        |query: &str| with(base("meta", "GET", &format!("/hook?{query}")), &[("verify_token", "right")]);
    let good = "hub.mode=subscribe&hub.verify_token=right&hub.challenge=17";
    assert_eq!(status(&meta(good)).await, (200, "17".to_owned()));
    for bad in [
        "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=17",
        "hub.mode=subscribe&hub.verify_token=righ&hub.challenge=17",
        "hub.mode=subscribe&hub.challenge=17",
        "hub.mode=unsubscribe&hub.verify_token=right&hub.challenge=17",
        "hub.mode=subscribe&hub.verify_token=right",
        "hub.mode=subscribe&hub.verify_token=right&hub.challenge=",
        "hub.mode=subscribe&hub.verify_token=right&hub.challenge=1&hub.challenge=2",
        "hub.mode=subscribe&hub.verify_token=right&hub.challenge=%3Cscript%3Ealert(1)%3C/script%3E",
        "hub.mode=subscribe&hub.verify_token=right&hub.challenge=a%0d%0aset-cookie:x",
        "hub.mode=subscribe&hub.verify_token=right&hub.challenge=%C3%A9",
    ] {
        let (status, body) = status(&meta(bad)).await;
        assert!(status == 405 && body.is_empty(), "{bad}: {status} {body}");
    }
    let long = format!("hub.mode=subscribe&hub.verify_token=right&hub.challenge={}", "a".repeat(1025));
    assert_eq!(status(&meta(&long)).await.0, 405);
    // Nothing configured, nothing answered.
    assert_eq!(status(&base("meta", "GET", &format!("/hook?{good}"))).await.0, 405);
    // A challenge that must be signed, and is not.
    let mut slack = base("slack", "POST", "/hook");
    slack.body = r#"{"type":"url_verification","challenge":"abc"}"#.to_owned();
    assert_eq!(status(&slack).await, (200, "abc".to_owned()));
    let unsigned = Request::post("/hook").body(Body::from(slack.body.clone())).expect("a request");
    assert_eq!(send(&receiver(&slack, None), unsigned).await.0.status(), 401);
    // One without a signature, and longer than such a challenge is.
    let mut monday = base("monday", "POST", "/hook");
    for (length, expected) in [(16_384, 200), (16_385, 401)] {
        monday.body = format!("{:length$}", r#"{"challenge":"abc"}"#);
        assert_eq!(status(&monday).await.0, expected, "{length}");
    }
    // An ordinary event is no challenge.
    slack.body = r#"{"type":"event_callback","challenge":"abc"}"#.to_owned();
    assert_eq!(status(&slack).await, (200, "handled".to_owned()));
    // A secret that nobody takes.
    let mut asana = base("asana", "POST", "/hook");
    asana.headers.insert("x-hook-secret".to_owned(), "b537207f20cbfa02357cf448134da559".to_owned());
    assert_eq!(status(&asana).await.0, 401);
}

/// What we make a MAC of for anybody must not be worth anything as a delivery.
#[tokio::test]
async fn no_answer_to_a_challenge_verifies_as_a_delivery() {
    // X: the answer holds the MAC of the challenge, in the form that deliveries are signed in.
    for challenge in ["123", "true", "null", "abc-123_X"] {
        let crc = base("x", "GET", &format!("/hook?crc_token={challenge}"));
        let (code, body) = status(&crc).await;
        assert_eq!(code, 200);
        let token: serde_json::Value = serde_json::from_str(&body).expect("JSON");
        let forged = Request::post("/hook")
            .header("x-twitter-webhooks-signature", token["response_token"].as_str().expect("a MAC"))
            .body(Body::from(challenge))
            .expect("a request");
        assert_eq!(send(&receiver(&crc, None), forged).await.0.status(), 401, "{challenge}");
    }
    // And text that could be a delivery gets no MAC.
    for hostile in ["%7B%22a%22%3A1%7D", "hmacsha256%3D%7B%7D", "a%20b", "%5B%5D", "a.b", &"a".repeat(129)] {
        for (provider, name) in
            [("x", "crc_token"), ("linkedin", "challengeCode"), ("braintree", "bt_challenge")]
        {
            let mut vector = base(provider, "GET", &format!("/hook?{name}={hostile}"));
            vector.config.insert("public_key_id".to_owned(), "key".to_owned());
            let (status, body) = status(&vector).await;
            assert!(status == 405 && body.is_empty(), "{provider} {hostile}: {status} {body}");
        }
    }
    // Braintree's deliveries are base64, so that what is hex alone is its challenge and nothing else is.
    let payload = "PG5vdGlmaWNhdGlvbj48a2luZD5jaGVjazwva2luZD48L25vdGlmaWNhdGlvbj4g";
    let hex = "20f9f8ed05f77439fe955c977e4c8a53";
    for hostile in [payload, &hex[..19], &format!("{hex}0"), &hex.to_uppercase()] {
        let mut vector = base("braintree", "GET", &format!("/hook?bt_challenge={hostile}"));
        vector.config.insert("public_key_id".to_owned(), "key".to_owned());
        assert_eq!(status(&vector).await, (405, String::new()), "{hostile}");
        let signer = Signer::new::<providers::Braintree>(SECRET);
        let signed = signer.sign(format!("bt_payload={hostile}")).expect("signed");
        let genuine = Request::post("/hook").body(Body::from(signed.body().clone())).expect("a request");
        assert_eq!(send(&receiver(&vector, None), genuine).await.0.status(), 200, "{hostile}");
    }
    // LinkedIn signs a prefix and the body, Braintree a form field: neither can be a challenge.
    let linkedin = base("linkedin", "GET", "/hook?challengeCode=abc");
    let (_, body) = status(&linkedin).await;
    let answer: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let forged = Request::post("/hook")
        .header("x-li-signature", answer["challengeResponse"].as_str().expect("a MAC"))
        .body(Body::from("abc"))
        .expect("a request");
    assert_eq!(send(&receiver(&linkedin, None), forged).await.0.status(), 401);
    let mut braintree = base("braintree", "GET", "/hook?bt_challenge=20f9f8ed05f77439fe955c977e4c8a53");
    braintree.config.insert("public_key_id".to_owned(), "key".to_owned());
    let (_, body) = status(&braintree).await;
    let signature = body.replace('|', "%7C");
    let forged = format!("bt_signature={signature}&bt_payload=20f9f8ed05f77439fe955c977e4c8a53");
    let forged = Request::post("/hook").body(Body::from(forged)).expect("a request");
    assert_eq!(send(&receiver(&braintree, None), forged).await.0.status(), 401);
}

/// While secrets are rotated the provider has the newer one, or both.
#[tokio::test]
async fn the_first_secret_answers_a_challenge() {
    const OLD: &str = "whsec_old_0123456789abcdef0123456789ab";
    let scheme = providers::find("x").expect("a scheme");
    let ask = async |secrets: &[&str]| {
        let builder = Receiver::builder_for(scheme).clock(ManualClock::new(NOW));
        let builder = secrets.iter().fold(builder, |builder, secret| builder.secret(*secret));
        let challenge = Request::get("/hook?crc_token=abc").body(Body::empty()).expect("a request");
        send(&builder.build().expect("a receiver"), challenge).await.1
    };
    assert_eq!(ask(&[SECRET, OLD]).await, ask(&[SECRET]).await);
    assert_ne!(ask(&[SECRET]).await, ask(&[OLD]).await);
}

#[tokio::test]
async fn probes_by_head_are_answered() {
    for provider in ["trello", "mandrill", "intercom"] {
        assert_eq!(status(&base(provider, "HEAD", "/hook")).await, (200, String::new()), "{provider}");
    }
    assert_eq!(status(&base("github", "HEAD", "/hook")).await.0, 405);
}

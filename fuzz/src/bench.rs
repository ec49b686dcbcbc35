use std::{borrow::Cow, sync::LazyLock};

use hookgate::{
    Assurance, Delivery, Secret, UnixTime, Verifier, VerifierBuilder, providers, scheme::Scheme,
    testing::Signer,
};

use crate::{Kind, Wire};

/// A secret in every form that there is.
pub const SECRET: &str = "6f3b1c2d4e5f60718293a4b5c6d7e8f96f3b1c2d4e5f60718293a4b5c6d7e8f9";
/// Another one.
pub const OTHER: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f906f3b1c2d4e5f60718293a4b5c6d7e8aa";
pub const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
/// What some schemes are configured with.
pub const CONFIG: [(&str, &str); 10] = [
    ("user_id", "user-1"),
    ("workspace_id", "ws-1"),
    ("app_key", "app"),
    ("webhook_id", "WH-1"),
    ("api_key", "key"),
    ("audience", "https://hooks.example.com"),
    ("email", "push@example.iam.gserviceaccount.com"),
    ("topic", "arn:aws:sns:us-east-1:1:topic"),
    ("bundle_id", "com.example"),
    ("label", "sig"),
];
const ORIGIN: &str = "https://hooks.example.com";

/// One provider's scheme, ready to sign and to verify.
pub struct Bench {
    pub scheme: Scheme,
    /// What the verifier trusts.
    pub key: &'static str,
    pub verifier: Verifier,
    /// With the key that the verifier trusts.
    pub ours: Signer,
    /// With another key.
    pub theirs: Signer,
    /// The bodies that the signer can sign so that they verify. None for what is no longer signed with.
    pub kinds: Vec<Kind>,
    pub sample: Option<Sample>,
    /// Whether the signature covers the fields of a form, and not how they are written.
    pub reads_form: bool,
}

/// A request that is always the same.
pub struct Sample {
    pub ours: Wire,
    pub delivery: Delivery,
    pub theirs: Wire,
}

pub fn benches() -> &'static [Bench] {
    static BENCHES: LazyLock<Vec<Bench>> =
        LazyLock::new(|| providers::ALL.iter().map(|scheme| Bench::new(*scheme)).collect());
    &BENCHES
}

pub fn bench(which: u16) -> &'static Bench {
    let benches = benches();
    &benches[usize::from(which) % benches.len()]
}

/// The provider of the name in the first line, and what is behind it.
pub fn bench_of_line(text: &[u8]) -> (&'static Bench, &[u8]) {
    let end = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let (name, rest) = (&text[..end], text.get(end + 1..).unwrap_or_default());
    let named = benches().iter().find(|bench| bench.scheme.name().as_bytes() == name);
    let number = name.iter().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    (named.unwrap_or_else(|| bench(number)), rest)
}

impl Bench {
    fn new(scheme: Scheme) -> Self {
        let (ours, theirs, public) = keys(&scheme);
        let mut bench = Self {
            scheme,
            key: public,
            verifier: configured(scheme).secret(public).build().expect("a verifier"),
            ours: signer(scheme, &ours),
            theirs: signer(scheme, &theirs),
            kinds: Vec::new(),
            sample: None,
            reads_form: false,
        };
        let verifies = |kind: &Kind| {
            let signed = bench.ours.sign(kind.sample());
            signed.is_ok_and(|signed| Wire::from(&signed).verify(&bench.verifier, NOW).is_ok())
        };
        bench.kinds = Kind::ALL.into_iter().filter(verifies).collect();
        bench.sample = bench.kinds.first().map(|kind| {
            let sign = |signer: &Signer| Wire::from(&signer.sign(kind.sample()).expect("signed"));
            let (ours, theirs) = (sign(&bench.ours), sign(&bench.theirs));
            let delivery = ours.verify(&bench.verifier, NOW).expect("what was signed verifies");
            Sample { ours, delivery, theirs }
        });
        bench.reads_form = bench.kinds.iter().any(|kind| {
            let mut wire = Wire::from(&bench.ours.sign(kind.sample()).expect("signed"));
            wire.body = escaped(&wire.body).into();
            wire.verify(&bench.verifier, NOW).is_ok()
        });
        if bench.reads_form {
            // Anything but a form, and JSON that stays JSON or becomes a field, could hold the fields of a form
            // by chance.
            let stays = |kind: &Kind| {
                let signed = bench.ours.sign(kind.sample());
                let body = signed.map(|signed| signed.body().clone()).unwrap_or_default();
                let is_json = serde_json::from_slice::<serde_json::Value>(&body).is_ok();
                let is_field = *kind == Kind::Json && !body.starts_with(b"{");
                is_json || is_field || matches!(kind, Kind::Form | Kind::Base64Field)
            };
            let kinds = std::mem::take(&mut bench.kinds);
            bench.kinds = kinds.into_iter().filter(stays).collect();
            assert!(!bench.kinds.is_empty(), "{} is signed with some kind of body", bench.scheme.name());
        }
        bench
    }

    /// Whether the secret travels with the request.
    pub fn is_token(&self) -> bool {
        matches!(self.scheme.algorithm().as_str(), "token" | "Basic")
    }
}

/// A verifier's builder with all that the scheme has a use for.
pub fn configured(scheme: Scheme) -> VerifierBuilder {
    let config = CONFIG.iter().filter(|(name, _)| scheme.takes_config(name));
    let builder = Verifier::builder_for(scheme).public_url(ORIGIN);
    config.fold(builder, |builder, (name, value)| builder.config(name, *value))
}

pub fn signer(scheme: Scheme, key: &str) -> Signer {
    let signer = Signer::for_scheme(scheme, Secret::dangerous_short(key)).public_url(ORIGIN).at(NOW);
    let signer = signer.header("x-kind", "order.created").target("/hooks?q=1&b=2&Q=ABC");
    let config = CONFIG.iter().filter(|(name, _)| scheme.takes_config(name));
    let signer = config.fold(signer, |signer, (name, value)| signer.config(name, *value));
    let typed = signer.clone().event_type("Notification");
    // Some put their types together from several values.
    if typed.sign("{}").is_ok() { typed } else { signer }
}

/// A private key, another one, and the public key of the first: which signed no vector.
fn keys(scheme: &Scheme) -> (Cow<'static, str>, Cow<'static, str>, &'static str) {
    let both = |ours: &'static str, theirs: &'static str, public| (ours.into(), theirs.into(), public);
    let algorithm = scheme.algorithm();
    match algorithm.as_str() {
        "JWT ES256 with certificates" => {
            let chain = include_str!("../../tests/keys/apple-chain.pem");
            let certificates = chain.find("-----BEGIN CERTIFICATE").expect("certificates");
            let theirs = format!("{}{}", include_str!("../keys/ec.pem"), &chain[certificates..]);
            (chain.into(), theirs.into(), include_str!("../../tests/keys/apple-root.crt"))
        }
        _ if !scheme.needs_public_key() => both(SECRET, OTHER, SECRET),
        kind if kind.contains("Ed25519") => both(
            include_str!("../keys/ed25519.pem"),
            include_str!("../../tests/keys/ed25519.pem"),
            include_str!("../keys/ed25519.pub.pem"),
        ),
        kind if kind.contains("ECDSA") || kind.contains("ES256") => both(
            include_str!("../keys/ec.pem"),
            include_str!("../../tests/keys/ec.pem"),
            include_str!("../keys/ec.pub.pem"),
        ),
        _ => both(
            include_str!("../keys/rsa.pem"),
            include_str!("../../tests/keys/rsa.pem"),
            include_str!("../keys/rsa.pub.pem"),
        ),
    }
}

/// These sign the body and the URL or a header field without a mark between them: where one ends and the other
/// begins, nothing but the body's own form tells. A piece of a JSON body is no JSON.
const JOINED: [&str; 6] = ["square", "hubspot-v2", "hubspot-v3", "discord", "klaviyo", "trello"];

/// Fails where a request that was changed after it was signed says anything else that its signature is
/// said to cover.
pub fn changed_nothing_signed(
    bench: &Bench,
    (signed, before): (&Wire, &Delivery),
    (changed, after): (&Wire, &Delivery),
) {
    let what = || format!("{}:\n{signed:?}\n{changed:?}", bench.scheme.name());
    let bound = after.bound();
    assert_eq!(bound, before.bound(), "{}", what());
    if before.assurance() == Assurance::Sender {
        return;
    }
    // A timestamp that is not judged may lend digits to its neighbour too.
    let is_timed = bound.timestamp && bench.verifier.tolerance().is_some();
    let is_joined = JOINED.contains(&bench.scheme.name()) || (bound.timestamp && !is_timed);
    if bound.body && signed.body != changed.body && bench.scheme.name() == "aws-sns" {
        assert_eq!(members(&signed.body), members(&changed.body), "other members: {}", what());
    } else if bound.body && is_joined && signed.body != changed.body {
        let json = serde_json::from_slice::<serde_json::Value>(&changed.body).unwrap_or_default();
        let same = signed.body.trim_ascii() == changed.body.trim_ascii();
        assert!(same || !(json.is_object() || json.is_array()), "another body: {}", what());
        return;
    } else if bound.body && signed.body != changed.body {
        let in_body = bench.scheme.algorithm().starts_with("JWT");
        assert!(bench.reads_form || in_body, "another body: {}", what());
        // Some sign one field or token alone, and that is all that is read.
        if before.payload() == after.payload() {
            return;
        }
        let url = |wire: &Wire| if bound.url { wire.target.clone() } else { String::new() };
        let place = bench.scheme.signature_place();
        let but = place.strip_prefix("form ").unwrap_or_default();
        let text = |wire: &Wire| {
            let text = format!("{}{}", url(wire), joined_form(&wire.body, but));
            text.replace(['&', '=', '_'], "")
        };
        assert_eq!(text(signed), text(changed), "another form: {}", what());
        return;
    }
    if bound.id {
        assert_eq!(before.id(), after.id(), "{}", what());
    }
    if bound.event_type {
        assert_eq!(before.event_type(), after.event_type(), "{}", what());
    }
    if is_timed {
        assert_eq!(before.timestamp(), after.timestamp(), "{}", what());
    }
    // Plivo's second version signs its nonce right behind the URL, and nothing else.
    if bound.url && bench.scheme.name() != "plivo-v2" {
        assert_eq!(signed.target, changed.target, "{}", what());
    }
}

/// The same form, written with every byte of its values as an escape.
fn escaped(body: &[u8]) -> Vec<u8> {
    let field = |(name, value): (Cow<'_, str>, Cow<'_, str>)| {
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        let value: String = value.bytes().map(|byte| format!("%{byte:02x}")).collect();
        format!("{name}={value}")
    };
    form_urlencoded::parse(body).map(field).collect::<Vec<_>>().join("&").into_bytes()
}

/// What SNS signs, and not how it is written.
fn members(body: &[u8]) -> Vec<Option<String>> {
    let message: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
    names.iter().map(|name| message[name].as_str().map(str::to_owned)).collect()
}

/// What signatures over sorted fields cover of a form, but for the field they are in themselves: mostly not
/// where one field ends and the next begins, nor how often it is there.
fn joined_form(body: &[u8], but: &str) -> String {
    let mut fields: Vec<_> = form_urlencoded::parse(body).filter(|(name, _)| name != but).collect();
    fields.sort();
    fields.dedup();
    fields.iter().flat_map(|(name, value)| [name.as_ref(), value.as_ref()]).collect()
}

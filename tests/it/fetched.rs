//! Public keys that are looked up by the names that requests give.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use hookgate::{
    ConfigError, FetchedKeys, HttpKeys, KeyId, KeySource, Receiver, ReceiverBuilder, Secret,
    providers::{AwsSns, GooglePubSub, Plaid},
    scheme::{Part, Scheme, header},
    testing::{ManualClock, SignedRequest, Signer},
};

use crate::support::{Effects, NOW, ask, asked_on, blocked_and_another, counting, serve, until};

const EC: &str = include_str!("../keys/ec.pem");
const EC_PUBLIC: &str = include_str!("../keys/ec.pub.pem");
const RSA: &str = include_str!("../keys/rsa.pem");
const RSA_PUBLIC: &str = include_str!("../keys/rsa.pub.pem");
const AUDIENCE: &str = "https://hooks.example.com";
const EMAIL: &str = "push@project.iam.gserviceaccount.com";
const TOPIC: &str = "arn:aws:sns:us-east-1:1:topic";

/// Counts how often it is asked, and for what.
#[derive(Clone, Default)]
struct Source {
    asked: Arc<AtomicUsize>,
    fails: Arc<AtomicUsize>,
    names: Arc<std::sync::Mutex<Vec<KeyId>>>,
    key: &'static str,
}

impl KeySource for Source {
    async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
        self.asked.fetch_add(1, SeqCst);
        self.names.lock().expect("names").push(id.clone());
        tokio::time::sleep(Duration::from_millis(20)).await;
        if self.fails.load(SeqCst) > 0 {
            self.fails.fetch_sub(1, SeqCst);
            return Err("no answer".into());
        }
        Ok(match id {
            KeyId::Named(name) if name.starts_with("unknown") => vec![],
            _ => vec![self.key.into()],
        })
    }
}

fn plaid(source: &Source, change: impl FnOnce(FetchedKeys) -> FetchedKeys) -> Receiver<Plaid> {
    let keys = change(FetchedKeys::new(source.clone()));
    let clock = ManualClock::new(NOW);
    Receiver::<Plaid>::builder().fetched_keys(keys).clock(clock).build().expect("a receiver")
}

fn signed(body: &str) -> SignedRequest {
    Signer::new::<Plaid>(EC).at(NOW).target("/hooks").sign(body.to_owned()).expect("signed")
}

/// The same with a key of another name, which the signature does not fit any more.
fn named(kid: &str) -> SignedRequest {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let mut request = signed("{}");
    let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#));
    for (name, value) in request.headers_mut() {
        if name == "plaid-verification" {
            let rest = value.split_once('.').expect("a token").1.to_owned();
            *value = format!("{header}.{rest}");
        }
    }
    request
}

#[tokio::test]
async fn a_key_is_looked_up_once_for_all_who_ask() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let effects = Effects::default();
    let app = counting(&plaid(&source, |keys| keys), &effects, Duration::ZERO);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let app = app.clone();
        tasks.spawn(async move { ask(&app, &signed(&format!(r#"{{"n":{number}}}"#))).await.0 });
    }
    assert!(tasks.join_all().await.iter().all(|status| *status == 204));
    assert_eq!((source.asked.load(SeqCst), effects.runs()), (1, 50));
}

/// RES-18: whatever names strangers make up.
#[tokio::test]
async fn strangers_cannot_make_us_ask_more_often_than_the_budget_allows() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let effects = Effects::default();
    let app =
        counting(&plaid(&source, |keys| keys.budget(5, Duration::from_secs(3600))), &effects, Duration::ZERO);
    // A name that nobody has is remembered as such.
    for _ in 0..20 {
        assert_eq!(ask(&app, &named("unknown")).await.0, 401);
    }
    assert_eq!(source.asked.load(SeqCst), 1);
    let mut refused = 0;
    for number in 0..1000 {
        let status = ask(&app, &named(&format!("unknown{number}"))).await.0;
        assert!(status == 401 || status == 503, "{status}");
        refused += usize::from(status == 503);
    }
    assert_eq!((source.asked.load(SeqCst), refused), (5, 996));
    assert_eq!(effects.runs(), 0);
}

/// A known key has to be looked up again now and then: a flood of made-up names must not be in the way.
#[tokio::test]
async fn strangers_use_up_no_lookups_of_known_keys() {
    let (source, effects) = (Source { key: EC_PUBLIC, ..Source::default() }, Effects::default());
    let (soon, hour) = (Duration::from_millis(50), Duration::from_secs(3600));
    let receiver = plaid(&source, |keys| keys.budget(3, hour).ttl(soon).unknown_ttl(hour));
    let app = counting(&receiver, &effects, Duration::ZERO);
    // Nobody knew the name yet: this one is a stranger's.
    assert_eq!(ask(&app, &signed(r#"{"n":0}"#)).await.0, 204);
    for made_up in 0..4 {
        ask(&app, &named(&format!("unknown{made_up}"))).await;
    }
    assert_eq!(ask(&app, &named("unknown9")).await, (503, "refused"), "theirs are used up");
    // A lookup that fails makes no name a stranger's.
    for (number, fails) in [(1, 0), (2, 1), (3, 0)] {
        tokio::time::sleep(soon * 2).await;
        source.fails.store(fails, SeqCst);
        let answer = if fails == 0 { 204 } else { 503 };
        assert_eq!(ask(&app, &signed(&format!(r#"{{"n":{number}}}"#))).await.0, answer, "{number}");
    }
    // These are counted too.
    tokio::time::sleep(soon * 2).await;
    assert_eq!(ask(&app, &signed(r#"{"n":4}"#)).await, (503, "refused"));
    assert_eq!(source.asked.load(SeqCst), 3 + 3);
}

/// However many names there are that have keys: those that signed a delivery are the known ones.
#[tokio::test]
async fn a_known_key_is_not_forgotten_for_another_one() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let (soon, hour) = (Duration::from_millis(50), Duration::from_secs(3600));
    let receiver = plaid(&source, |keys| keys.budget(2, hour).ttl(soon).capacity(1));
    let app = counting(&receiver, &Effects::default(), Duration::ZERO);
    assert_eq!(ask(&app, &signed(r#"{"n":0}"#)).await.0, 204);
    for answer in [(401, "rejected"), (503, "refused")] {
        tokio::time::sleep(soon * 2).await;
        assert_eq!(ask(&app, &named("other")).await, answer);
    }
    assert_eq!(ask(&app, &signed(r#"{"n":1}"#)).await.0, 204);
}

/// A name whose key was withdrawn is as good as made up: asking for it again uses up no lookups of known keys.
#[tokio::test]
async fn a_name_whose_key_is_gone_is_known_no_longer() {
    #[derive(Clone)]
    struct Withdrawn(Source, Arc<std::sync::atomic::AtomicBool>);
    impl KeySource for Withdrawn {
        async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
            let keys = self.0.keys(id).await?;
            Ok(if self.1.load(SeqCst) { vec![] } else { keys })
        }
    }
    let source = Withdrawn(Source { key: EC_PUBLIC, ..Source::default() }, Arc::default());
    let (soon, hour) = (Duration::from_millis(50), Duration::from_secs(3600));
    let keys = FetchedKeys::new(source.clone()).budget(2, hour).ttl(soon).unknown_ttl(soon);
    let builder = Receiver::<Plaid>::builder().fetched_keys(keys).clock(ManualClock::new(NOW));
    let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
    assert_eq!(ask(&app, &signed(r#"{"n":0}"#)).await.0, 204);
    source.1.store(true, SeqCst);
    // One of the two of known keys, and then the second of the two of all others.
    for number in 1..=2 {
        tokio::time::sleep(soon * 2).await;
        assert_eq!(ask(&app, &signed(&format!(r#"{{"n":{number}}}"#))).await, (401, "rejected"));
    }
    assert_eq!(ask(&app, &named("unknown")).await, (503, "refused"));
    assert_eq!(source.0.asked.load(SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn the_budget_grows_again_with_time() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let hour = Duration::from_secs(3600);
    let app = counting(&plaid(&source, |keys| keys.budget(6, hour)), &Effects::default(), Duration::ZERO);
    let mut strangers = 0;
    // All of it at first, then one in ten minutes, and never more than all of it.
    for (wait, asked) in [(0, 6), (599, 6), (3, 7), (1800, 10), (36_000, 16)] {
        tokio::time::sleep(Duration::from_secs(wait)).await;
        for _ in 0..20 {
            strangers += 1;
            ask(&app, &named(&format!("unknown{strangers}"))).await;
        }
        assert_eq!(source.asked.load(SeqCst), asked, "{wait} s later");
    }
}

#[tokio::test]
async fn a_lookup_that_fails_is_our_fault_and_not_remembered() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    source.fails.store(1, SeqCst);
    let effects = Effects::default();
    let app = counting(&plaid(&source, |keys| keys), &effects, Duration::ZERO);
    assert_eq!(ask(&app, &signed("{}")).await.0, 503);
    assert_eq!(ask(&app, &signed("{}")).await.0, 204);
    assert_eq!((source.asked.load(SeqCst), effects.runs()), (2, 1));
}

/// What was begun for one who is gone is there for the next, and uses up one lookup.
#[tokio::test(start_paused = true)]
async fn a_lookup_goes_on_when_all_who_asked_for_it_hang_up() {
    let (source, hour) = (Source { key: EC_PUBLIC, ..Source::default() }, Duration::from_secs(3600));
    let app = counting(&plaid(&source, |keys| keys.budget(1, hour)), &Effects::default(), Duration::ZERO);
    for _ in 0..3 {
        let hung_up = tokio::time::timeout(Duration::from_millis(2), ask(&app, &signed("{}"))).await;
        assert!(hung_up.is_err());
    }
    assert_eq!(ask(&app, &signed("{}")).await.0, 204);
    assert_eq!(source.asked.load(SeqCst), 1);
}

#[tokio::test]
async fn a_lookup_that_panics_is_our_fault_and_the_next_one_is_another() {
    struct Panics(AtomicUsize);
    impl KeySource for Panics {
        async fn keys(&self, _: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
            assert_ne!(self.0.fetch_add(1, SeqCst), 0, "the first time");
            Ok(vec![EC_PUBLIC.into()])
        }
    }
    let keys = FetchedKeys::new(Panics(AtomicUsize::new(0)));
    let builder = Receiver::<Plaid>::builder().fetched_keys(keys).clock(ManualClock::new(NOW));
    let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
    assert_eq!(ask(&app, &signed("{}")).await, (503, "refused"));
    assert_eq!(ask(&app, &signed("{}")).await.0, 204);
}

/// Never answers.
struct Hangs;

impl KeySource for Hangs {
    async fn keys(&self, _: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
        std::future::pending().await
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_hangs_is_given_up() {
    let clock = ManualClock::new(NOW);
    let keys = FetchedKeys::new(Hangs);
    let plaid = Receiver::<Plaid>::builder().fetched_keys(keys).clock(clock).build().expect("a receiver");
    assert_eq!(ask(&counting(&plaid, &Effects::default(), Duration::ZERO), &signed("{}")).await.0, 503);
}

/// Looked up by whoever asked first, which may have a runtime of its own, of one thread.
#[test]
fn a_lookup_whose_thread_is_blocked_keeps_nobody_for_longer() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let app = counting(&plaid(&source, |keys| keys), &Effects::default(), Duration::ZERO);
    let delivery = signed("{}");
    let mut first = Box::pin(ask(&app, &delivery));
    let [blocked, other] = blocked_and_another(&mut first);
    assert_eq!(asked_on(&other, &app, &delivery), (Some((503, "refused")), 5));
    assert_eq!(blocked.block_on(first), (204, "handled"));
    assert_eq!((other.block_on(ask(&app, &delivery)).0, source.asked.load(SeqCst)), (204, 1));
}

/// Whoever names a key that takes long to look up waits as those do that send slowly, and gives way as they do.
#[tokio::test(start_paused = true)]
async fn a_lookup_holds_no_room_that_others_need() {
    use hookgate::{providers::Stripe, receiver::BodyRoom};

    let (room, clock, effects) = (BodyRoom::new(1000), ManualClock::new(NOW), Effects::default());
    let fetched = Receiver::<Plaid>::builder().fetched_keys(FetchedKeys::new(Hangs)).clock(clock.clone());
    let fetched = counting(&fetched.body_room(room.clone()).build().expect("one"), &effects, Duration::ZERO);
    let secret = "whsec_test_secret_of_some_length";
    let fixed = Receiver::<Stripe>::builder().secret(secret).clock(clock).body_room(room.clone());
    let fixed = counting(&fixed.build().expect("a receiver"), &effects, Duration::ZERO);
    let waits = tokio::spawn(async move { ask(&fetched, &signed(&"x".repeat(990))).await });
    until(|| room.held() == 990).await;
    let body = format!(r#"{{"id":"evt_1","type":"t","more":"{}"}}"#, "x".repeat(100));
    let honest = Signer::new::<Stripe>(secret).at(NOW).target("/hooks").sign(body).expect("signed");
    assert_eq!(ask(&fixed, &honest).await.0, 204);
    assert_eq!((waits.await.expect("an answer").0, room.held(), effects.runs()), (503, 0, 1));
}

/// SNS with a certificate's URL in the body.
fn sns(url: &str) -> SignedRequest {
    let body = format!(r#"{{"SigningCertURL":"{url}","MessageId":"m-1"}}"#);
    let signer = Signer::new::<AwsSns>(RSA).at(NOW).target("/hooks").config("topic", TOPIC);
    signer.sign(body).expect("signed")
}

/// Of a name that has keys that can be used and some that cannot, the first ones count, up to four. One that has none
/// that can be used is no known one, so asking for it uses up no lookups of those.
#[tokio::test]
async fn keys_that_cannot_be_used_are_passed_over() {
    struct Both(Source);
    impl KeySource for Both {
        async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
            let keys = self.0.keys(id).await?;
            let unusable: Secret = RSA_PUBLIC.into();
            Ok(match id {
                KeyId::Named(name) if name.starts_with("odd") => vec![unusable],
                _ => [vec![unusable; 4], vec![keys; 5].concat()].concat(),
            })
        }
    }
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let (soon, hour) = (Duration::from_millis(50), Duration::from_secs(3600));
    let keys = FetchedKeys::new(Both(source.clone())).budget(3, hour).ttl(soon);
    let builder = Receiver::<Plaid>::builder().fetched_keys(keys).clock(ManualClock::new(NOW));
    let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
    assert_eq!(ask(&app, &signed(r#"{"n":0}"#)).await.0, 204);
    for status in [500, 500, 503, 503] {
        assert_eq!(ask(&app, &named("odd")).await.0, status);
    }
    tokio::time::sleep(soon * 2).await;
    assert_eq!(ask(&app, &signed(r#"{"n":1}"#)).await.0, 204);
}

/// A delivery is judged by the time at which all is there to judge it by: this token is good for a minute.
#[tokio::test]
async fn what_grows_old_while_its_key_is_looked_up_is_too_old() {
    struct Slow(Source, ManualClock, Duration);
    impl KeySource for Slow {
        async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, Box<dyn std::error::Error + Send + Sync>> {
            self.1.advance(self.2);
            self.0.keys(id).await
        }
    }
    for (takes, answer) in [(59, (204, "handled")), (60, (401, "rejected"))] {
        let (source, clock) = (Source { key: EC_PUBLIC, ..Source::default() }, ManualClock::new(NOW));
        let keys = FetchedKeys::new(Slow(source, clock.clone(), Duration::from_secs(takes)));
        let receiver = Receiver::<Plaid>::builder().fetched_keys(keys).clock(clock).build();
        let app = counting(&receiver.expect("a receiver"), &Effects::default(), Duration::ZERO);
        assert_eq!(ask(&app, &signed("{}")).await, answer, "{takes} s");
    }
}

/// Names that strangers make up are kept, and so they are short.
#[tokio::test]
async fn names_that_are_too_long_are_never_asked_for() {
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let app = counting(&plaid(&source, |keys| keys), &Effects::default(), Duration::ZERO);
    let longest = "k".repeat(512);
    assert_eq!(ask(&app, &named(&longest)).await, (401, "rejected"));
    assert_eq!(ask(&app, &named(&format!("{longest}k"))).await, (401, "rejected"));
    let names = source.names.lock().expect("names").clone();
    assert_eq!(names, [KeyId::Named(longest.into()), KeyId::Only]);

    let source = Source { key: RSA_PUBLIC, ..Source::default() };
    let builder = Receiver::<AwsSns>::builder().config("topic", TOPIC).clock(ManualClock::new(NOW));
    let builder = builder.fetched_keys(FetchedKeys::new(source.clone()));
    let app = counting(&builder.build().expect("a receiver"), &Effects::default(), Duration::ZERO);
    let url = |len: usize| {
        let (host, file) = ("https://sns.us-east-1.amazonaws.com/", ".pem");
        format!("{host}{}{file}", "x".repeat(len - host.len() - file.len()))
    };
    assert_eq!(ask(&app, &sns(&url(512))).await, (204, "handled"));
    assert_eq!(ask(&app, &sns(&url(513))).await, (401, "rejected"));
    assert_eq!(source.asked.load(SeqCst), 1);
}

#[tokio::test]
async fn only_pinned_urls_are_ever_asked_for() {
    let source = Source { key: RSA_PUBLIC, ..Source::default() };
    let builder: ReceiverBuilder<AwsSns> = Receiver::<AwsSns>::builder().config("topic", TOPIC);
    let clock = ManualClock::new(NOW);
    let receiver =
        builder.fetched_keys(FetchedKeys::new(source.clone())).clock(clock).build().expect("a receiver");
    let effects = Effects::default();
    let app = counting(&receiver, &effects, Duration::ZERO);
    for url in [
        "http://sns.us-east-1.amazonaws.com/x.pem",
        "https://bucket.s3.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com.evil.tld/x.pem",
        "https://evil@sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.us-east-1.amazonaws.com:8443/x.pem",
        "https://169.254.169.254/x.pem",
    ] {
        assert_eq!(ask(&app, &sns(url)).await.0, 401, "{url}");
    }
    assert_eq!(source.asked.load(SeqCst), 0);
    let good = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem";
    assert_eq!(ask(&app, &sns(good)).await.0, 204);
    assert_eq!(*source.names.lock().expect("names"), [KeyId::Url(good.into())]);
    assert_eq!(effects.runs(), 1);
}

#[tokio::test]
async fn a_key_set_is_read_over_http() {
    async fn certs(State(asked): State<Arc<AtomicUsize>>) -> impl IntoResponse {
        match asked.fetch_add(1, SeqCst) {
            0 => (StatusCode::INTERNAL_SERVER_ERROR, String::new()),
            _ => (StatusCode::OK, key_set()),
        }
    }
    let many = key_set().replace('[', r#"[{"kty":"EC"},{"kty":"EC"},{"kty":"EC"},{"kty":"EC"},"#);
    let padded = |length: usize| key_set() + &" ".repeat(length - key_set().len());
    async fn elsewhere() -> impl IntoResponse {
        (StatusCode::FOUND, [("location", "/certs")])
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let app = Router::new()
        .route("/certs", get(certs))
        .route("/moved", get(elsewhere))
        .route("/many", get(move || async move { many }))
        .route("/full", get(move || async move { padded(256 * 1024) }))
        .route("/huge", get(move || async move { padded(256 * 1024 + 1) }))
        .with_state(Arc::clone(&asked));
    let address = serve(app).await;
    let google = |path: &str| {
        let keys = HttpKeys::key_set(&format!("http://{address}{path}")).expect("a source");
        let clock = ManualClock::new(NOW);
        let builder = Receiver::<GooglePubSub>::builder()
            .config("audience", AUDIENCE)
            .config("email", EMAIL)
            .clock(clock);
        counting(
            &builder.fetched_keys(FetchedKeys::new(keys)).build().expect("a receiver"),
            &Effects::default(),
            Duration::ZERO,
        )
    };
    let signer = Signer::new::<GooglePubSub>(RSA)
        .at(NOW)
        .target("/hooks")
        .config("audience", AUDIENCE)
        .config("email", EMAIL);
    let push = signer.sign(r#"{"message":{"messageId":"1"}}"#).expect("signed");
    let app = google("/certs");
    assert_eq!(ask(&app, &push).await.0, 503, "the server fails");
    assert_eq!(ask(&app, &push).await.0, 204);
    assert_eq!(ask(&app, &push).await.0, 200, "a duplicate, with the key that is kept");
    assert_eq!(asked.load(SeqCst), 2);
    for path in ["/moved", "/huge", "/nowhere"] {
        assert_eq!(ask(&google(path), &push).await.0, 503, "{path}");
    }
    assert_eq!(asked.load(SeqCst), 2, "no redirect was followed");
    assert_eq!(ask(&google("/full"), &push).await.0, 204, "as large as may be");
    assert!(HttpKeys::key_set("https://example.com/certs").is_ok());
    for plain in ["http://example.com/certs", "http://127.0.0.1.example.com/", "ftp://example.com/", "certs"]
    {
        assert!(HttpKeys::key_set(plain).is_err(), "{plain}");
    }
    let source = HttpKeys::key_set(&format!("http://{address}/certs")).expect("a source");
    for (id, found) in [("k1", 1), ("k2", 0)] {
        let keys = source.keys(&KeyId::Named(id.into())).await.expect("a key set");
        assert_eq!(keys.len(), found, "{id}");
    }
    let source = HttpKeys::key_set(&format!("http://{address}/many")).expect("a source");
    assert_eq!(
        source.keys(&KeyId::Only).await.expect("a key set").len(),
        5,
        "which can be used is not its to say"
    );
}

/// A stranger who names a certificate that never was is no fault of ours, and asks for it once.
#[tokio::test]
async fn a_certificate_that_is_not_there_is_an_unknown_key() {
    let asked = Arc::new(AtomicUsize::new(0));
    async fn answer(State(asked): State<Arc<AtomicUsize>>, path: axum::http::Uri) -> StatusCode {
        asked.fetch_add(1, SeqCst);
        path.path()
            .trim_start_matches('/')
            .parse()
            .map_or(StatusCode::BAD_REQUEST, |status| StatusCode::from_u16(status).expect("a status"))
    }
    let app = Router::new().fallback(answer).with_state(Arc::clone(&asked));
    let address = serve(app).await;
    let source = HttpKeys::certificates().expect("a source");
    for (status, found) in [(404, Some(0)), (410, Some(0)), (403, Some(0)), (500, None), (302, None)] {
        let id = KeyId::Url(format!("http://{address}/{status}").into());
        let keys = source.keys(&id).await;
        assert_eq!(keys.ok().map(|keys| keys.len()), found, "{status}");
    }
    assert_eq!(asked.load(SeqCst), 5, "no redirect was followed");
}

/// The test's RSA key as a set, among keys of other kinds.
fn key_set() -> String {
    use base64::{
        Engine as _,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    let der: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with('-')).collect();
    let der = STANDARD.decode(der).expect("base64");
    // The modulus stands before the exponent, which ends the structure: 02 03 01 00 01.
    let modulus = &der[der.len() - 5 - 256..der.len() - 5];
    let (n, e) = (URL_SAFE_NO_PAD.encode(modulus), URL_SAFE_NO_PAD.encode([1, 0, 1]));
    format!(r#"{{"keys":[{{"kty":"RSA","kid":"k1","alg":"RS256","n":"{n}","e":"{e}"}}]}}"#)
}

#[test]
fn keys_are_fixed_or_fetched_and_bounded() {
    let source = || FetchedKeys::new(Source::default());
    let both = Receiver::<Plaid>::builder().public_key(EC_PUBLIC).fetched_keys(source()).build();
    assert!(matches!(both, Err(ConfigError::Contradiction { .. })));
    for bad in
        [source().ttl(Duration::ZERO), source().budget(0, Duration::from_secs(1)), source().capacity(0)]
    {
        let built = Receiver::<Plaid>::builder().fetched_keys(bad).build();
        assert!(matches!(built, Err(ConfigError::BadDuration { .. } | ConfigError::Zero { .. })));
    }
}

/// A key that a header names, as no URL.
#[tokio::test]
async fn a_key_is_asked_for_by_the_name_in_the_request() {
    let scheme = Scheme::ecdsa_p256("named").signature(header("x-sig").base64());
    let scheme = scheme.signs(&[Part::Body]).key_named(header("x-key"));
    let source = Source { key: EC_PUBLIC, ..Source::default() };
    let builder = Receiver::builder_for(scheme).fetched_keys(FetchedKeys::new(source.clone()));
    let receiver = builder.clock(ManualClock::new(NOW)).build().expect("a receiver");
    let app = counting(&receiver, &Effects::default(), Duration::ZERO);
    let mut signed = Signer::for_scheme(scheme, EC).target("/hooks").sign("{}").expect("signed");
    signed.headers_mut().retain(|(name, _)| name != "x-key");
    assert_eq!(ask(&app, &signed).await.0, 401, "no name");
    signed.headers_mut().push(("x-key".to_owned(), "k7".to_owned()));
    assert_eq!(ask(&app, &signed).await.0, 204);
    assert_eq!(*source.names.lock().expect("names"), [KeyId::Named("k7".into())]);
}

#[test]
fn a_key_is_shown_by_its_name() {
    let shown = [KeyId::Only, KeyId::Named("k1".into()), KeyId::Url("https://x.tld/k".into())];
    assert_eq!(shown.map(|id| id.to_string()), ["the only key", "k1", "https://x.tld/k"]);
}

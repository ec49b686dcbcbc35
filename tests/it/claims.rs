//! What counts as the same event: signed ids, unsigned ids, no ids, other bodies.

use std::time::Duration;

use hookgate::{
    Answer, ConfigError, EventId, Receiver, StoreErrorKind, UnixTime, Verifier,
    providers::{
        Adyen, AdyenPlatform, GitHub, GitLabToken, HubSpotV2, HubSpotV3, Intercom, Provider,
        StandardWebhooks, TwilioEvents,
    },
    receiver::{OnReplay, OnStoreOutage},
    scheme::{Part, Scheme, header},
    store::{EventKey, MemoryStore, Scope},
    testing::{Op, SignedRequest, Signer},
};

use crate::support::{Bench, Effects, NOW, SECRET, ask, counting, github, send, stripe, stripe_at};

const SOON: Duration = Duration::ZERO;
const PUSH: &str = r#"{"ref":"refs/heads/main"}"#;

fn renamed(mut signed: SignedRequest, id: Option<&str>) -> SignedRequest {
    signed.headers_mut().retain(|(name, _)| name != "x-github-delivery");
    signed.headers_mut().extend(id.map(|id| ("x-github-delivery".to_owned(), id.to_owned())));
    signed
}

#[tokio::test]
async fn a_captured_body_under_a_fresh_unsigned_id_is_a_replay() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.github().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (200, "done"));
    assert_eq!(ask(&app, &renamed(github("guid-1", PUSH), Some("guid-2"))).await, (200, "replayed"));
    assert_eq!(ask(&app, &renamed(github("guid-1", PUSH), None)).await, (200, "replayed"), "without any id");
    let twice = renamed(renamed(github("guid-1", PUSH), Some("guid-3")), Some("guid-3"));
    let mut conflicting = twice;
    conflicting.headers_mut().push(("x-github-delivery".to_owned(), "guid-4".to_owned()));
    assert_eq!(ask(&app, &conflicting).await, (200, "replayed"), "with two ids, which is none");
    let empty = renamed(github("guid-1", PUSH), Some(""));
    assert_eq!(ask(&app, &empty).await, (200, "replayed"), "with an empty id");
    assert_eq!(effects.runs(), 1);
    assert_eq!(ask(&app, &github("guid-2", r#"{"ref":"refs/heads/other"}"#)).await, (204, "handled"));
}

#[tokio::test]
async fn a_delivery_without_id_is_known_by_its_content_and_later_under_any_id() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.github().build().expect("a receiver"), &effects, SOON);
    let bare = renamed(github("x", PUSH), None);
    assert_eq!(ask(&app, &bare).await, (204, "handled"));
    assert_eq!(ask(&app, &bare).await, (200, "done"));
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (200, "replayed"));
    assert_eq!(effects.runs(), 1);
}

#[tokio::test]
async fn a_replay_may_be_refused_or_handled() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let refusing = bench.github().on_replay(OnReplay::Refuse).build().expect("a receiver");
    let app = counting(&refusing, &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (409, "replayed"));
    assert_eq!(ask(&app, &renamed(github("guid-1", PUSH), None)).await, (409, "replayed"));
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (200, "done"));
    let handling = bench.github().name("other").on_replay(OnReplay::Handle).build().expect("a receiver");
    let app = counting(&handling, &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (204, "handled"));
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (200, "done"));
}

#[tokio::test]
async fn the_second_secret_of_a_rotation_makes_no_replay_possible() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.github().secret("another secret of the same hook").build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    // After the rotation only the old secret is left as the second one; the capture still verifies.
    let rotated = Receiver::<GitHub>::builder().secret("another secret of the same hook").secret(SECRET);
    let rotated = rotated.clock(bench.clock.clone()).store(bench.store.clone()).build().expect("a receiver");
    let app = counting(&rotated, &effects, SOON);
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (200, "replayed"));
    assert_eq!(effects.runs(), 1);
}

/// DED-06: also counted, which `tests/it/oracle.rs` shows.
#[tokio::test]
async fn an_id_with_another_body_is_a_duplicate_and_said_to_be() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let sign = |body: &'static str| {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        Signer::new::<StandardWebhooks>(secret)
            .id("msg_1")
            .at(NOW)
            .target("/hooks")
            .sign(body)
            .expect("a delivery")
    };
    let builder = || {
        let builder =
            Receiver::<StandardWebhooks>::builder().secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        builder.clock(bench.clock.clone()).store(bench.store.clone())
    };
    let app = counting(&builder().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &sign("{}")).await, (204, "handled"));
    let other = send(&app, &sign("[]")).await;
    assert_eq!(other.status(), 200);
    assert_eq!(other.extensions().get::<Answer>().expect("an answer").why(), "mismatch");
    let strict = counting(&builder().strict_ids().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&strict, &sign("[]")).await, (409, "done"));
    assert_eq!(ask(&strict, &sign("{}")).await, (200, "done"));
    assert_eq!(effects.runs(), 1);
}

/// An id that is not signed can be put on any capture: that must not have the event it was taken from passed over.
#[tokio::test]
async fn a_capture_under_an_id_that_is_done_is_still_handled_under_its_own() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.github().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    let other = send(&app, &github("guid-1", "{}")).await;
    assert_eq!(other.extensions().get::<Answer>().expect("an answer").why(), "mismatch");
    assert_eq!(ask(&app, &github("guid-2", "{}")).await, (204, "handled"));
    assert_eq!(effects.runs(), 2);
}

#[tokio::test]
async fn a_signed_id_must_be_there() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let receiver = Receiver::<StandardWebhooks>::builder().secret(secret).clock(bench.clock.clone());
    let app = counting(&receiver.build().expect("a receiver"), &effects, SOON);
    let mut signed =
        Signer::new::<StandardWebhooks>(secret).at(NOW).target("/hooks").sign("{}").expect("a delivery");
    signed.headers_mut().retain(|(name, _)| name != "webhook-id");
    assert_eq!(ask(&app, &signed).await, (401, "rejected"));
}

/// DED-11: and DED-10, where a name has the mark in it that could part names.
#[tokio::test]
async fn equal_ids_of_two_receivers_on_one_store_are_two_events() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let store = MemoryStore::builder().build().expect("a store");
    let receiver = |name: &str| bench.stripe().name(name).store(store.clone()).build().expect("a receiver");
    for name in ["a", "b", "a:b"] {
        let app = counting(&receiver(name), &effects, SOON);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"), "{name}");
    }
    let app = counting(&receiver("a"), &effects, SOON);
    assert_eq!(
        ask(&app, &stripe("evt_1")).await,
        (200, "done"),
        "another receiver of that name shares its events"
    );
}

#[tokio::test]
async fn a_forgotten_event_is_handled_when_it_is_redelivered() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = bench.github().build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    receiver.forget(&EventId::new("guid-1").expect("an id")).await.expect("no error");
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

/// DED-18: a store forgets nothing early that could be sent once more: a timestamp is good from one tolerance before it to
/// one after.
#[tokio::test]
async fn what_could_be_replayed_makes_no_room() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let store = MemoryStore::builder().capacity(2).clock(bench.clock.clone()).build().expect("a store");
    let tolerance = Duration::from_secs(100);
    let receiver = bench.stripe().tolerance(tolerance).store(store).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    for id in ["evt_1", "evt_2"] {
        assert_eq!(ask(&app, &stripe(id)).await, (204, "handled"));
    }
    bench.clock.advance(tolerance * 2 - Duration::from_secs(1));
    let third = stripe_at("evt_3", UnixTime::from_secs(NOW.as_secs() + 200));
    assert_eq!(ask(&app, &third).await, (503, "refused"));
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(ask(&app, &third).await, (204, "handled"));
    assert_eq!(effects.runs(), 3);
}

/// While the store is out its events are in the memory of this process: they are forgotten there, whatever the store
/// says.
#[tokio::test]
async fn what_the_fallback_holds_is_forgotten_while_the_store_is_out() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver =
        bench.stripe().on_store_outage(OnStoreOutage::FallBackToMemory).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    bench.store.fail(Op::Claim, StoreErrorKind::Unavailable);
    bench.store.fail(Op::Forget, StoreErrorKind::Unavailable);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    let forgotten = receiver.forget(&EventId::new("evt_1").expect("an id")).await;
    assert_eq!(forgotten.map_err(|error| error.kind()), Err(StoreErrorKind::Unavailable));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(effects.runs(), 2);
}

#[tokio::test]
async fn a_clock_that_goes_back_lets_nothing_in_again() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.stripe().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    bench.clock.advance(Duration::from_secs(3600));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (401, "rejected"));
    bench.clock.set_wall(Some(NOW));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
}

#[tokio::test]
async fn after_its_retention_an_unsigned_capture_runs_again() {
    // The limit that a scheme without timestamp has; the retention is the only bound.
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&bench.github().build().expect("a receiver"), &effects, SOON);
    assert_eq!(ask(&app, &github("guid-1", PUSH)).await, (204, "handled"));
    bench.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (200, "replayed"));
    bench.clock.advance(Duration::from_secs(1));
    assert_eq!(ask(&app, &github("guid-2", PUSH)).await, (204, "handled"));
}

/// Where nothing is signed no content is bound to anything, and events that are alike are told by their ids alone.
#[tokio::test]
async fn a_token_scheme_dedupes_by_id() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = Receiver::<GitLabToken>::builder()
        .secret(SECRET)
        .store(bench.store.clone())
        .build()
        .expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    let sign = |id: &str, body: &'static str| {
        Signer::new::<GitLabToken>(SECRET).id(id).target("/hooks").sign(body).expect("a delivery")
    };
    assert_eq!(ask(&app, &sign("a", "{}")).await, (204, "handled"));
    assert_eq!(ask(&app, &sign("a", "{}")).await, (200, "done"));
    assert_eq!(ask(&app, &sign("a", "[]")).await, (200, "done"));
    assert_eq!(ask(&app, &sign("b", "{}")).await, (204, "handled"));
    assert_eq!(ask(&app, &sign("b", "{}")).await, (200, "done"));
    assert_eq!(
        ask(
            &app,
            &Signer::new::<GitLabToken>("wrong token, long enough")
                .target("/hooks")
                .sign("1")
                .expect("a delivery")
        )
        .await
        .0,
        401
    );
}

/// DED-14: a retention that ends before the retries do. STO-19: times that never end or have no length are
/// refused; negative ones cannot be written.
#[test]
fn settings_that_would_lose_or_double_events_are_refused() {
    let bench = Bench::new();
    let hour = Duration::from_secs(3600);
    let refused = |result: Result<_, ConfigError>| result.map(|_: Receiver<_>| ()).expect_err("refused");
    assert_eq!(
        refused(bench.stripe().retention(hour).build()),
        ConfigError::RetentionTooShort { given: hour, least: 72 * hour },
    );
    let key = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    for (scheme, hours) in [
        (Adyen::SCHEME, 30 * 24),
        (AdyenPlatform::SCHEME, 30 * 24),
        (HubSpotV2::SCHEME, 72),
        (HubSpotV3::SCHEME, 72),
        (Intercom::SCHEME, 2),
        (TwilioEvents::SCHEME, 4),
    ] {
        let builder = Receiver::builder_for(scheme).secret(key).public_url("https://example.com");
        let short = builder.retention(hours * hour - Duration::from_secs(1)).build().map(drop);
        assert!(matches!(short, Err(ConfigError::RetentionTooShort { .. })), "{}: {short:?}", scheme.name());
    }
    let long = bench.stripe().tolerance(100 * hour).build().expect("a receiver");
    assert!(format!("{long:?}").contains("retention"));
    assert_eq!(
        refused(bench.stripe().tolerance(100 * hour).retention(100 * hour).build()),
        ConfigError::RetentionTooShort { given: 100 * hour, least: 200 * hour },
    );
    let longest = Duration::from_millis(i64::MAX as u64);
    for given in
        [Duration::ZERO, Duration::from_micros(10), Duration::from_micros(999), longest, Duration::MAX]
    {
        for refused in [
            refused(bench.stripe().lease(given).build()),
            refused(bench.stripe().retention(given).build()),
            refused(bench.stripe().body_deadline(given).build()),
            refused(bench.stripe().handler_timeout(given).build()),
            refused(bench.stripe().settle_retries(given).build()),
        ] {
            assert!(matches!(refused, ConfigError::BadDuration { .. }), "{given:?}: {refused}");
        }
    }
    // Not to wait at all is no error.
    let century = Duration::from_secs(100 * 365 * 24 * 3600);
    for given in [Duration::ZERO, century] {
        assert!(bench.stripe().wait_for_running(given).build().is_ok(), "{given:?}");
    }
    for given in [century + Duration::from_nanos(1), Duration::MAX] {
        let refused = refused(bench.stripe().wait_for_running(given).build());
        assert_eq!(refused, ConfigError::BadDuration { setting: "wait_for_running", given });
    }
    assert_eq!(refused(bench.stripe().body_limit(0).build()), ConfigError::Zero { setting: "body_limit" });
    assert_eq!(Receiver::<GitHub>::builder().build().map(drop), Err(ConfigError::NoSecret));
    let _ = UnixTime::from_secs(0);
}

/// Whoever captured a delivery can give it any time that is not signed.
#[tokio::test]
async fn a_time_that_is_not_signed_makes_no_other_event() {
    const SCHEME: Scheme = Scheme::hmac_sha256("timed")
        .signature(header("x-signature").hex())
        .timestamp(header("x-time").seconds().not_enforced())
        .signs(&[Part::Body])
        .id(header("x-id"));
    let (bench, effects) = (Bench::new(), Effects::default());
    let receiver = Receiver::builder_for(SCHEME).secret(SECRET).clock(bench.clock.clone());
    let app = counting(&receiver.store(bench.store.clone()).build().expect("a receiver"), &effects, SOON);
    let sent = |id: &str, after: i64| {
        let signer = Signer::for_scheme(SCHEME, SECRET).at(UnixTime::from_secs(NOW.as_secs() + after));
        signer.id(id).target("/hooks").sign(PUSH).expect("signed")
    };
    assert_eq!(sent("1", 0).headers()[0], sent("1", 1).headers()[0], "the same signature");
    assert_eq!(ask(&app, &sent("1", 0)).await, (204, "handled"));
    assert_eq!(ask(&app, &sent("2", 1)).await, (200, "replayed"));
    assert_eq!(effects.runs(), 1);
}

/// Where several secrets sign one delivery, whoever captured it can strip all signatures but one, and the id is
/// not signed: the content has one name, whichever signatures are left and however the body comes.
#[test]
fn content_has_one_name_whichever_of_its_signatures_is_left() {
    const OLD: &str = "whsec_old_0123456789abcdef0123456789ab";
    const LISTED: Scheme = Scheme::hmac_sha256("listed")
        .signature(header("x-signatures").list(',').hex())
        .signs(&[Part::Body])
        .id(header("x-id"));
    let verifier = Verifier::builder_for(LISTED).secret(SECRET).secret(OLD).build().expect("a verifier");
    let name = |body: &'static str, kept: &[usize], chunk: usize| {
        let signer = Signer::for_scheme(LISTED, SECRET).and_secret(OLD).id("guid");
        let mut signed = signer.sign(body).expect("a delivery");
        let list = signed.headers_mut().iter_mut().find(|(name, _)| name == "x-signatures").expect("signed");
        let both: Vec<&str> = list.1.split(',').collect();
        assert_eq!(both.len(), 2);
        list.1 = kept.iter().map(|at| both[*at]).collect::<Vec<_>>().join(",");
        let mut verification = verifier.begin(signed.head(), NOW).expect("a good head");
        body.as_bytes().chunks(chunk).for_each(|chunk| verification.update(chunk.to_vec().into()));
        let delivery = verification.finish(NOW).expect("a delivery");
        assert_eq!(delivery.key_index(), kept[0]);
        *EventKey::of(&delivery, Scope::new("r", "listed", None), true).content().expect("a name")
    };
    let ways: [(&[usize], usize); 6] =
        [(&[0, 1], 100), (&[0], 100), (&[1], 100), (&[0, 1], 5), (&[0], 5), (&[1], 5)];
    let of = |body| ways.map(|(kept, chunk)| name(body, kept, chunk));
    let (push, other) = (of(PUSH), of(r#"{"ref":"refs/heads/other"}"#));
    assert!(push.iter().all(|name| *name == push[0]) && other.iter().all(|name| *name == other[0]));
    assert_ne!(push[0], other[0]);
}

//! What names an event where its provider gives it no id, or one that does not suffice.

use std::time::Duration;

use hookgate::{
    Clock, Custom, Delivery, EventId, Head, Receiver, UnixTime, Verifier,
    providers::{
        Ably, Adyen, Attio, BambooHR, Calendly, ClickUp, Crisp, Cronofy, Deepgram, Discord, Discourse,
        Doppler, Dropbox, DropboxSign, ElevenLabs, Fitbit, Flutterwave, Frontegg, GitLabToken, GoogleChannel,
        GooglePubSub, Grafana, GrafanaTimestamped, HelpScout, Hookdeck, HubSpotV1, HubSpotV2, HubSpotV3,
        Knock, Linear, LinkedIn, MessageBird, MicrosoftGraph, Monday, Plaid, PlivoV1, Provider, Pusher,
        Recharge, RechargeLegacy, Recurly, Retell, Sentry, Shopify, Storyblok, Stripe, TerraformCloud,
        TikTok, TwilioEvents, Uber, WeChat, WooCommerce, Zoom,
    },
    scheme::{Part, Scheme, header, json},
    store::{EventKey, Scope},
    testing::Signer,
};

use crate::support::{Bench, Effects, NOW, SECRET, ask, counting};

const NO_HEADERS: [(&str, &str); 0] = [];
const SOON: Duration = Duration::ZERO;

fn signer<P: Provider>() -> Signer {
    Signer::new::<P>(SECRET).at(NOW).target("/hooks").public_url("https://example.com")
}

fn receiver<P: Provider>(bench: &Bench) -> Receiver<P> {
    // Each is the first attempt of its own.
    let builder = Receiver::<P>::builder().secret(SECRET).clock(bench.clock.clone()).max_attempts(1);
    builder.public_url("https://example.com").store(bench.store.clone()).build().expect("a receiver")
}

/// A genuine delivery of this body.
fn verified<P: Provider>(body: &str) -> Delivery {
    let builder = Verifier::builder::<P>().secret(SECRET).public_url("https://example.com");
    let signed = signer::<P>().sign(body.to_owned()).expect("signed");
    let verifier = builder.build().expect("a verifier");
    verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic")
}

/// Genuine events that are equal byte for byte: each of them is handled, and none twice at once.
#[tokio::test]
async fn genuine_events_that_are_alike_are_all_handled() {
    async fn all_handled<P: Provider>(body: &'static str, ids: [&str; 3]) {
        let (bench, effects) = (Bench::new(), Effects::default());
        let app = counting(&receiver::<P>(&bench), &effects, Duration::from_millis(20));
        for id in ids {
            let signer = signer::<P>().header("x-goog-message-number", id);
            let signer = match P::SCHEME.id_place() {
                Some(place) if place.starts_with("header") && !place.contains('+') => signer.id(id),
                _ => signer,
            };
            let signed = signer.header("x-goog-channel-id", "01234567-89ab").sign(body).expect("signed");
            let [first, beside] = [(); 2].map(|()| ask(&app, &signed));
            let (first, beside) = tokio::join!(first, beside);
            assert_eq!((first, beside), ((204, "handled"), (503, "running")), "{}", P::SCHEME.name());
        }
        assert_eq!(effects.runs(), 3);
    }
    let dropbox = r#"{"list_folder":{"accounts":["dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"]}}"#;
    all_handled::<Dropbox>(dropbox, [""; 3]).await;
    let sign = r#"{"event":{"event_type":"signature_request_viewed","event_time":"1700000000"}}"#;
    all_handled::<DropboxSign>(sign, [""; 3]).await;
    all_handled::<Fitbit>(r#"[{"collectionType":"foods","date":"2020-06-01","ownerId":"228S74"}]"#, [""; 3])
        .await;
    let folder = r#"{"event":"folderUpdated","folder_id":"96771950","webhook_id":"7fa3ec74-69a8"}"#;
    all_handled::<ClickUp>(folder, [""; 3]).await;
    all_handled::<Doppler>(r#"{"event_type":"deploy"}"#, [""; 3]).await;
    let disconnected = r#"{"notification":{"type":"profile_disconnected"},"channel":{"channel_id":"chn_1"}}"#;
    all_handled::<Cronofy>(disconnected, [""; 3]).await;
    let published =
        r#"{"text":"published","action":"published","space_id":1,"story_id":2,"full_slug":"home"}"#;
    all_handled::<Storyblok>(published, [""; 3]).await;
    all_handled::<HubSpotV2>("", [""; 3]).await;
    all_handled::<Grafana>(r#"{"status":"firing","alerts":[{"startsAt":"2018-08-03T15:52:26Z"}]}"#, [""; 3])
        .await;
    let drive = r#"{"value":[{"changeType":"updated","resource":"me/drive/root"}]}"#;
    all_handled::<MicrosoftGraph>(drive, [""; 3]).await;
    all_handled::<GitLabToken>(r#"{"object_kind":"feature_flag","active":true}"#, [""; 3]).await;
    let resolved = r#"{"action":"resolved","data":{"issue":{"id":"1","lastSeen":"2026-01-01T00:00:00Z"}}}"#;
    all_handled::<Sentry>(resolved, [""; 3]).await;
    all_handled::<PlivoV1>("CallUUID=1&Digits=1&Event=Redirect", [""; 3]).await;
    // These have ids.
    all_handled::<GoogleChannel>("", ["1", "2", "3"]).await;
    all_handled::<Attio>(r#"{"events":[{"event_type":"record.updated"}]}"#, ["1", "2", "3"]).await;
    all_handled::<Hookdeck>("{}", ["1", "2", "3"]).await;
}

/// An item of a history has an id, by which a retry is told.
#[tokio::test]
async fn where_some_events_are_alike_others_have_ids() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&receiver::<ClickUp>(&bench), &effects, SOON);
    let task = |item: &str| {
        format!(r#"{{"event":"taskMoved","history_items":[{{"id":"{item}"}}],"webhook_id":"7f"}}"#)
    };
    for (item, answer) in [("1", (204, "handled")), ("1", (200, "done")), ("2", (204, "handled"))] {
        assert_eq!(ask(&app, &signer::<ClickUp>().sign(task(item)).expect("signed")).await, answer);
    }
}

/// A charge that failed and is paid later is the same transaction.
#[tokio::test]
async fn an_event_of_another_status_is_another() {
    let (bench, effects) = (Bench::new(), Effects::default());
    let app = counting(&receiver::<Flutterwave>(&bench), &effects, SOON);
    let charge = |status: &str| {
        format!(r#"{{"event":"charge.completed","data":{{"id":285959875,"status":"{status}"}}}}"#)
    };
    let cases =
        [("failed", "handled"), ("successful", "handled"), ("failed", "done"), ("successful", "done")];
    for (status, answer) in cases {
        let signed = signer::<Flutterwave>().sign(charge(status)).expect("signed");
        assert_eq!(ask(&app, &signed).await.1, answer, "{status}");
    }
}

/// The same under tokens, which are new for each delivery. A message that Pub/Sub does not wrap has its id in a
/// header.
#[tokio::test]
async fn alike_events_under_tokens_are_all_handled() {
    async fn outcomes<P: Provider>(
        (private, public): (&str, &str),
        body: &str,
        ids: [&str; 3],
    ) -> [&'static str; 3] {
        let bench = Bench::new();
        let builder = Receiver::<P>::builder().secret(public).clock(bench.clock.clone());
        let mut builder = builder.public_url("https://example.com");
        let mut signer = Signer::new::<P>(private).target("/hooks").public_url("https://example.com");
        for (name, value) in [("audience", "https://hooks.example.com"), ("email", "push@a.example")] {
            if P::SCHEME.takes_config(name) {
                (builder, signer) = (builder.config(name, value), signer.config(name, value));
            }
        }
        let app = counting(&builder.build().expect("a receiver"), &Effects::default(), SOON);
        let mut outcomes = [""; 3];
        for (outcome, id) in outcomes.iter_mut().zip(ids) {
            bench.clock.advance(Duration::from_secs(60));
            let signer = signer.clone().at(bench.clock.now().expect("the time"));
            let signer = if id.is_empty() { signer } else { signer.header("x-goog-pubsub-message-id", id) };
            *outcome = ask(&app, &signer.sign(body.to_owned()).expect("signed")).await.1;
        }
        outcomes
    }
    let ec = (include_str!("../keys/ec.pem"), include_str!("../keys/ec.pub.pem"));
    let rsa = (include_str!("../keys/rsa.pem"), include_str!("../keys/rsa.pub.pem"));
    let news =
        r#"{"environment":"production","webhook_code":"TRANSFER_EVENTS_UPDATE","webhook_type":"TRANSFER"}"#;
    assert_eq!(outcomes::<Plaid>(ec, news, [""; 3]).await, ["handled"; 3]);
    let refresh = r#"{"action":"refresh"}"#;
    assert_eq!(outcomes::<GooglePubSub>(rsa, refresh, [""; 3]).await, ["handled"; 3]);
    assert_eq!(outcomes::<GooglePubSub>(rsa, refresh, ["1", "1", "2"]).await, ["handled", "done", "handled"]);
    let invited = r#"{"eventKey":"frontegg.user.invitedToTenant","user":{"id":"1"}}"#;
    assert_eq!(outcomes::<Frontegg>((SECRET, SECRET), invited, [""; 3]).await, ["handled"; 3]);
    // A token says of which URL and body it is.
    let report = outcomes::<MessageBird>((SECRET, SECRET), r#"{"id":"msg_1"}"#, [""; 3]).await;
    assert_eq!(report, ["handled", "done", "done"]);
}

/// Recurly signs each retry anew, and its id is in a header.
#[tokio::test]
async fn an_id_outlives_what_is_signed() {
    let bench = Bench::new();
    let app = counting(&receiver::<Recurly>(&bench), &Effects::default(), SOON);
    let send = async |after: i64, id: &str| {
        let at = UnixTime::from_secs(NOW.as_secs() + after);
        bench.clock.set_wall(Some(at));
        let signed = signer::<Recurly>().at(at).id(id).sign(r#"{"object_type":"invoice"}"#).expect("signed");
        ask(&app, &signed).await.1
    };
    assert_eq!(send(0, "1").await, "handled");
    assert_eq!(send(3600, "1").await, "done");
    assert_eq!(send(3600, "2").await, "handled");
}

/// What names an event is the same under each secret: before a rotation, while it lasts, and after.
#[tokio::test]
async fn a_rotation_of_secrets_gives_no_event_another_name() {
    const NEW: &str = "another secret, of the same endpoint";
    let whole = |scheme: Scheme| scheme.signature(header("x-sig").hex()).event_type(json("/type"));
    for scheme in [
        hookgate::providers::Castle::SCHEME,
        hookgate::providers::Stripe::SCHEME,
        whole(Scheme::hmac_sha256("own")).signs(&[Part::Path, Part::Lit("."), Part::Body]),
        whole(Scheme::hmac_sha256("own")).signs(&[Part::Body]).named_by_body(),
    ] {
        let bench = Bench::new();
        let app = |secrets: &[&str]| {
            let builder = Receiver::builder_for(scheme).clock(bench.clock.clone()).store(bench.store.clone());
            let builder = secrets.iter().fold(builder, |builder, secret| builder.secret(*secret));
            counting(&builder.build().expect("a receiver"), &Effects::default(), SOON)
        };
        let by = |secret: &str| {
            let signer = Signer::for_scheme(scheme, secret).at(NOW).target("/hooks");
            signer.sign(r#"{"type":"sent","created_at":"2026-01-01"}"#).expect("signed")
        };
        assert_eq!(ask(&app(&[SECRET]), &by(SECRET)).await.1, "handled", "{}", scheme.name());
        let both = app(&[NEW, SECRET]);
        assert_eq!(ask(&both, &by(SECRET)).await.1, "done", "{}", scheme.name());
        assert_eq!(ask(&both, &by(NEW)).await.1, "done", "{}", scheme.name());
        assert_eq!(ask(&app(&[NEW]), &by(NEW)).await.1, "done", "{}", scheme.name());
    }
}

/// Linear signs the time of the first try, in the body; others may.
#[tokio::test]
async fn a_retry_is_not_too_old_while_its_provider_retries() {
    async fn handled<P: Provider>(after: i64) {
        let bench = Bench::new();
        let app = counting(&receiver::<P>(&bench), &Effects::default(), SOON);
        let signed = signer::<P>().sign(r#"{"type":"updated","action":"create"}"#).expect("signed");
        bench.clock.set_wall(Some(UnixTime::from_secs(NOW.as_secs() + after)));
        assert_eq!(ask(&app, &signed).await, (204, "handled"), "{}", P::SCHEME.name());
    }
    handled::<Linear>(7 * 3600 + 60).await;
    handled::<BambooHR>(155 * 60 + 30).await;
    handled::<ElevenLabs>(2430 + 60).await;
}

/// Results of one live transcription have its id.
#[tokio::test]
async fn what_several_events_share_is_no_id() {
    let bench = Bench::new();
    let app = counting(&receiver::<Deepgram>(&bench), &Effects::default(), SOON);
    for (start, outcome) in [("0.0", "handled"), ("1.5", "handled"), ("0.0", "done")] {
        let result = format!(r#"{{"start":{start},"metadata":{{"request_id":"1"}}}}"#);
        let signed = signer::<Deepgram>().sign(result).expect("signed");
        assert_eq!(ask(&app, &signed).await.1, outcome, "{start}");
    }
}

#[test]
fn an_id_or_type_may_have_two_places() {
    fn found<P: Provider>(body: &str, id: Option<&str>, event_type: &str) {
        let delivery = verified::<P>(body);
        assert_eq!(delivery.id().map(AsRef::as_ref), id);
        assert_eq!(delivery.event_type().map(AsRef::as_ref), Some(event_type));
    }
    found::<TerraformCloud>(r#"{"notifications":[{"trigger":"run:completed"}]}"#, None, "run:completed");
    found::<TerraformCloud>(r#"{"trigger":"assessment:drifted"}"#, None, "assessment:drifted");
    let direct = r#"{"kind":"event.delivery_status","id":"evt_1"}"#;
    found::<Uber>(direct, Some("evt_1"), "event.delivery_status");
    found::<Uber>(r#"{"event_type":"orders.notification","event_id":"1"}"#, Some("1"), "orders.notification");
    let report = |id: u32| {
        let event = "<Event>TEMPLATESENDJOBFINISH</Event>";
        format!(
            "<xml><FromUserName>o</FromUserName><CreateTime>1</CreateTime>{event}<MsgID>{id}</MsgID></xml>"
        )
    };
    found::<WeChat>(&report(7), Some("o/1/TEMPLATESENDJOBFINISH/7"), "TEMPLATESENDJOBFINISH");
    found::<Monday>(r#"{"type":"app_subscription_created","data":{}}"#, None, "app_subscription_created");
    found::<WeChat>(&report(8), Some("o/1/TEMPLATESENDJOBFINISH/8"), "TEMPLATESENDJOBFINISH");
}

/// The type is in a header that is not signed, and events of two types have the same body.
#[tokio::test]
async fn events_of_other_types_are_others() {
    async fn told_apart<P: Provider>([first, second]: [&str; 2], again: &str) {
        let (bench, effects) = (Bench::new(), Effects::default());
        let app = counting(&receiver::<P>(&bench), &effects, SOON);
        let deliver = async |event_type: &str, id: &str| {
            let signer = signer::<P>().event_type(event_type);
            let signer = if P::SCHEME.id_place().is_some() { signer.id(id) } else { signer };
            ask(&app, &signer.sign(r#"{"id":12}"#).expect("signed")).await.1
        };
        let name = P::SCHEME.name();
        assert_eq!(deliver(first, "a").await, "handled", "{name}");
        assert_eq!(deliver(second, "b").await, "handled", "{name}");
        assert_eq!(deliver(first, "c").await, again, "{name}");
        assert_eq!(deliver(second, "d").await, again, "{name}");
        assert_eq!(deliver(first, "a").await, if again == "handled" { "handled" } else { "done" }, "{name}");
    }
    let group = ["user_added_to_group", "user_removed_from_group"];
    told_apart::<Discourse>(group, "handled").await;
    told_apart::<HelpScout>(["convo.status", "convo.assigned"], "done").await;
    told_apart::<Recharge>(["charge/created", "charge/paid"], "done").await;
    told_apart::<RechargeLegacy>(["charge/created", "charge/paid"], "done").await;
    told_apart::<Shopify>(["orders/create", "orders/paid"], "replayed").await;
    told_apart::<WooCommerce>(["product.deleted", "customer.deleted"], "handled").await;
}

/// The same where one of several signatures says who signed, and the id is in the body, if anywhere.
#[test]
fn a_type_belongs_to_the_name_under_several_signatures_too() {
    let scheme = Scheme::hmac_sha256("several")
        .signature(header("x-signature").list(',').hex())
        .signs(&[Part::Body])
        .id(json("/id"))
        .event_type(header("x-type"))
        .repeats_across_types();
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let name = |event_type: &str| {
        let signed =
            Signer::for_scheme(scheme, SECRET).header("x-type", event_type).sign("{}").expect("signed");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
        EventKey::of(&delivery, Scope::new("r", "p", None), true).name().1.to_vec()
    };
    assert_eq!(name("a"), name("a"));
    assert_ne!(name("a"), name("b"));
}

/// A retry is signed anew, at another time.
#[tokio::test]
async fn a_body_with_a_time_of_its_own_names_its_event() {
    async fn named<P: Provider>(bodies: [&'static str; 2]) {
        let (bench, effects) = (Bench::new(), Effects::default());
        let mut builder = Receiver::<Custom>::builder_for(P::SCHEME).clock(bench.clock.clone());
        builder = match P::SCHEME.needs_public_key() {
            true => builder.public_key("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
            false => builder.secret(SECRET),
        };
        let receiver = builder.store(bench.store.clone()).build().expect("a receiver");
        let app = counting(&receiver, &effects, SOON);
        for (body, after, answer) in [
            (bodies[0], 0, (204, "handled")),
            (bodies[0], 60, (200, "done")),
            (bodies[1], 60, (204, "handled")),
        ] {
            let at = UnixTime::from_secs(NOW.as_secs() + after);
            bench.clock.set_wall(Some(at));
            let key = match P::SCHEME.needs_public_key() {
                true => "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                false => SECRET,
            };
            let signed = Signer::new::<P>(key).at(at).target("/hooks").sign(body).expect("signed");
            assert_eq!(ask(&app, &signed).await, answer, "{} after {after} s", P::SCHEME.name());
        }
    }
    let [first, second] = [
        r#"{"event":"meeting.started","event_ts":1700000000001,"payload":{}}"#,
        r#"{"event":"meeting.started","event_ts":1700000000002,"payload":{}}"#,
    ];
    named::<Zoom>([first, second]).await;
    let [first, second] = [
        r#"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"2024-10-18T14:42:53Z"}}"#,
        r#"{"version":1,"type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"2024-10-18T14:42:54Z"}}"#,
    ];
    named::<Discord>([first, second]).await;
    let [first, second] = [
        r#"{"event":"invitee.created","created_at":"2024-10-18T14:42:53.000000Z","payload":{}}"#,
        r#"{"event":"invitee.created","created_at":"2024-10-18T14:42:54.000000Z","payload":{}}"#,
    ];
    named::<Calendly>([first, second]).await;
    let [first, second] = [
        r#"{"event":"video.publish.completed","create_time":1615338610,"content":"{}"}"#,
        r#"{"event":"video.publish.completed","create_time":1615338611,"content":"{}"}"#,
    ];
    named::<TikTok>([first, second]).await;
    let [first, second] = [
        r#"{"type":"updated","event":"sent","timestamp":1}"#,
        r#"{"type":"updated","event":"sent","timestamp":2}"#,
    ];
    named::<BambooHR>([first, second]).await;
    named::<Crisp>([first, second]).await;
    named::<ElevenLabs>([first, second]).await;
    named::<Knock>([first, second]).await;
    let [first, second] = [
        r#"{"event":"call_ended","call":{"call_id":"1","end_timestamp":1714608491736}}"#,
        r#"{"event":"call_ended","call":{"call_id":"1","end_timestamp":1714608491737}}"#,
    ];
    named::<Retell>([first, second]).await;
}

/// The names of the events in a list.
fn names<P: Provider>(body: &str) -> Vec<(char, Vec<u8>)> {
    let delivery = verified::<P>(body);
    let key = |item| EventKey::of(item, Scope::new("r", "p", None), true);
    let name = |item| (key(item).name().0, key(item).name().1.to_vec());
    delivery.items().expect("a list").iter().map(name).collect()
}

/// HubSpot: an `eventId` is not unique.
#[test]
fn an_id_may_need_more_than_one_value() {
    let item = |subscription: u32, attempt: u32| {
        format!(
            r#"{{"eventId":100,"portalId":7,"subscriptionId":{subscription},"occurredAt":1700000000000,"attemptNumber":{attempt}}}"#
        )
    };
    let body = format!("[{},{},{}]", item(1, 0), item(2, 0), item(1, 1));
    for names in [names::<HubSpotV1>(&body), names::<HubSpotV3>(&body)] {
        assert_eq!(names[0], ('i', b"100/7/1/1700000000000".to_vec()));
        assert_eq!(names[1], ('i', b"100/7/2/1700000000000".to_vec()));
        assert_eq!(names[2], names[0], "a retry");
    }
    // Nothing stands in for what is missing but the whole item.
    assert_eq!(names::<HubSpotV1>(r#"[{"eventId":100}]"#)[0].0, 'c');
    let empty = r#"[{"eventId":"","portalId":"","subscriptionId":"","occurredAt":""}]"#;
    assert_eq!(names::<HubSpotV1>(empty)[0].0, 'c');
}

/// Values that have the mark between them in them make no name of others.
#[test]
fn names_of_several_values_are_apart() {
    let item = |event: &str, portal: &str| {
        format!(
            r#"{{"eventId":"{event}","portalId":"{portal}","subscriptionId":1,"occurredAt":1700000000000}}"#
        )
    };
    let body = format!("[{},{},{}]", item("1/2", "3"), item("1", "2/3"), item("1%2F2", "3"));
    let names = names::<HubSpotV3>(&body);
    assert_eq!(names[0], ('i', b"1%2F2/3/1/1700000000000".to_vec()));
    assert_eq!(names[1], ('i', b"1/2%2F3/1/1700000000000".to_vec()));
    assert_eq!(names[2], ('i', b"1%252F2/3/1/1700000000000".to_vec()));
}

/// Twilio: a sink of Event Streams gets an array of CloudEvents.
#[test]
fn a_list_of_cloud_events_has_their_ids() {
    let events = r#"[{"id":"EZ1","type":"com.twilio.messaging.message.delivered"},{"id":"EZ2"}]"#;
    assert_eq!(names::<TwilioEvents>(events), [('i', b"EZ1".to_vec()), ('i', b"EZ2".to_vec())]);
}

/// Types of the events in a list.
#[test]
fn a_type_of_an_item_may_have_two_places() {
    fn types<P: Provider>(body: &str) -> Vec<Option<String>> {
        let items = verified::<P>(body).items().expect("a list");
        items.iter().map(|item| item.event_type().map(ToString::to_string)).collect()
    }
    let (changed, missed) = (r#"{"changeType":"created"}"#, r#"{"lifecycleEvent":"missed"}"#);
    let found = |types: &[&str]| types.iter().map(|kind| Some((*kind).to_owned())).collect::<Vec<_>>();
    let list =
        format!(r#"{{"value":[{{"clientState":"{SECRET}","changeType":"created"}},{changed},{missed}]}}"#);
    assert_eq!(types::<MicrosoftGraph>(&list), found(&["created", "created", "missed"]));
    let actions =
        r#"{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[{"action":"COMMENT"}]}"#;
    assert_eq!(types::<LinkedIn>(actions), found(&["COMMENT"]));
    // A lead comes without a list.
    let lead = r#"{"type":"LEAD_ACTION","leadAction":"CREATED","occurredAt":1}"#;
    assert_eq!(types::<LinkedIn>(lead), found(&["LEAD_ACTION"]));
}

/// Grafana's header fields can be given names, and the method can be chosen.
#[test]
fn grafana_signs_with_a_time_under_its_own_names() {
    let verifier = Verifier::builder::<GrafanaTimestamped>().secret(SECRET).build().expect("a verifier");
    let signed = signer::<GrafanaTimestamped>().sign(r#"{"status":"firing"}"#).expect("signed");
    let mut fields: Vec<(String, String)> = signed.headers().to_vec();
    for renamed in [false, true] {
        for (name, _) in fields.iter_mut().filter(|_| renamed) {
            *name = name.replace("x-grafana-alerting-", "x-");
        }
        for method in ["POST", "PUT"] {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            let fields = &fields[..];
            let head = Head::new(method, "/hooks", &fields);
            let judged = verifier.verify(head, signed.body().clone(), NOW);
            assert!(judged.is_ok(), "{method} {fields:?}: {judged:?}");
        }
    }
}

/// Adyen: eight fields of an item are signed, and no others make another event of it.
#[test]
fn an_item_is_named_by_what_is_signed_of_it() {
    const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let verifier = Verifier::builder::<Adyen>().secret(KEY).build().expect("a verifier");
    let item = |reference: &str| {
        let item = format!(r#"{{"pspReference":"{reference}","eventCode":"CAPTURE"}}"#);
        let signed = Signer::new::<Adyen>(KEY).sign(item).expect("signed");
        let body: serde_json::Value = serde_json::from_slice(signed.body()).expect("JSON");
        body["notificationItems"][0].to_string()
    };
    let key =
        |delivery: &Delivery| EventKey::of(delivery, Scope::new("r", "p", None), true).name().1.to_vec();
    let deliver = |items: &[&str]| {
        let body = format!(r#"{{"live":"false","notificationItems":[{}]}}"#, items.join(", "));
        let delivery = verifier.verify(Head::new("POST", "/", &NO_HEADERS), body, NOW).expect("authentic");
        let items: Vec<_> = delivery.items().expect("a list").iter().map(key).collect();
        (key(&delivery), items)
    };
    let (one, two) = (item("1"), item("2"));
    let spaced =
        one.replacen('{', r#"{ "reason": "", "#, 1).replacen(r#""pspReference""#, r#" "pspReference""#, 1);
    let (both, items) = deliver(&[&one, &two]);
    assert_ne!(items[0], items[1]);
    assert_eq!(deliver(&[&two, &spaced]), (both, vec![items[1].clone(), items[0].clone()]));
    let (alone, item) = deliver(&[&spaced]);
    assert_eq!((&alone, &item[0]), (&deliver(&[&one]).0, &items[0]));
    assert_ne!(alone, item[0], "the delivery and its only item are claimed beside each other");
}

/// Pusher: members that come and go, with the time beside the list.
#[test]
fn a_time_beside_the_list_tells_items_apart() {
    let list = |time: u64| {
        format!(
            r#"{{"time_ms":{time},"events":[{{"name":"member_added","channel":"presence-x","user_id":"1"}}]}}"#
        )
    };
    assert_eq!(names::<Pusher>(&list(1)), names::<Pusher>(&list(1)));
    assert_ne!(names::<Pusher>(&list(1)), names::<Pusher>(&list(2)));
}

/// HubSpot: a workflow's body is one object, the same each time for the same contact.
#[test]
fn an_event_without_a_list_around_it_is_told_by_when_it_was_signed() {
    let named = |body: &str, at: i64| {
        let at = UnixTime::from_secs(NOW.as_secs() + at);
        let builder = Verifier::builder::<HubSpotV3>().secret(SECRET).public_url("https://example.com");
        let signed = signer::<HubSpotV3>().at(at).sign(body.to_owned()).expect("signed");
        let verifier = builder.build().expect("a verifier");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
        let item = delivery.items().expect("a list").remove(0);
        EventKey::of(&item, Scope::new("r", "p", None), true)
    };
    let (alone, listed) = (r#"{"vid":1}"#, r#"[{"vid":1}]"#);
    assert_eq!(named(alone, 0), named(alone, 0));
    assert_ne!(named(alone, 0), named(alone, 1));
    assert_eq!(named(listed, 0), named(listed, 1), "a list says by itself what its events are");
}

/// Where the body has a time of its own, a retry that is signed anew is no other event.
#[test]
fn an_event_without_a_list_around_it_is_told_by_its_body_where_that_names_deliveries() {
    const SCHEME: Scheme = Scheme::hmac_sha256("alone")
        .signature(header("x-signature").hex())
        .timestamp(header("x-time").seconds())
        .signs(&[Part::Timestamp, Part::Lit("."), Part::Body])
        .batch(hookgate::scheme::Batch::of(""))
        .named_by_body();
    let verifier = Verifier::builder_for(SCHEME).secret(SECRET).build().expect("a verifier");
    let [first, again] = [0, 60].map(|after| {
        let at = UnixTime::from_secs(NOW.as_secs() + after);
        let signed = Signer::for_scheme(SCHEME, SECRET).at(at).sign(r#"{"at":1700000000}"#).expect("signed");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), at).expect("authentic");
        EventKey::of(&delivery.items().expect("one")[0], Scope::new("r", "p", None), true)
    });
    assert_eq!(first, again);
}

/// Ably: an envelope with a list of events, or around one.
#[test]
fn an_event_without_a_list_around_it_is_one() {
    let alone = r#"{"source":"channel.message","appId":"aBCdEf","channel":"foobar","messages":[]}"#;
    let listed = r#"{"items":[{"serial":"1@1","source":"channel.message"},{"serial":"1@2"}]}"#;
    assert_eq!(names::<Ably>(alone).len(), 1);
    for garbage in ["{no JSON", r#"{"source":"a","source":"b"}"#, "[1]"] {
        let signed = signer::<Ably>().sign(garbage).expect("signed");
        let verifier = Verifier::builder::<Ably>().secret(SECRET).build().expect("a verifier");
        let delivery = verifier.verify(signed.head(), signed.body().clone(), NOW).expect("authentic");
        assert!(delivery.items().is_err(), "{garbage}");
    }
    assert_eq!(names::<Ably>(listed), [('i', b"1@1".to_vec()), ('i', b"1@2".to_vec())]);
}

/// Stores keep these for days, and several versions may share one: of another form, all they hold is new again.
#[test]
fn names_are_the_same_in_each_version() {
    let key = |delivery: &Delivery, tenant| {
        EventKey::of(delivery, Scope::new("orders", delivery.provider(), tenant), true)
    };
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    // SHA-256 of the signed time, in milliseconds as eight bytes or 0, and the body, cut to 16 bytes; XXH3 of the body.
    let github = verified::<hookgate::providers::GitHub>("Hello, World!");
    let named = key(&github, Some("acme"));
    assert_eq!(named.scope().as_str(), "6:orders6:github4:acme");
    assert_eq!(named.name(), ('i', &b"evt_test"[..]));
    assert_eq!(
        named.content().map(|content| hex(content)).as_deref(),
        Some("559c91481dbbc099b140726d56cb4df4")
    );
    assert_eq!(named.checksum(), 0x6041_5d5f_6166_02aa);
    let unnamed = key(&verified::<Stripe>(r#"{"type":"invoice.paid"}"#), None);
    let (kind, name) = unnamed.name();
    assert_eq!(
        (unnamed.scope().as_str(), kind, hex(name)),
        ("6:orders6:stripe", 'c', "c4a811dbd3688454478da2cd3a9626fc".to_owned())
    );
    let long =
        EventKey::of_id(Scope::new("orders", "stripe", None), EventId::new(&"e".repeat(201)).expect("an id"));
    assert_eq!(
        (long.name().0, hex(long.name().1)),
        ('h', "0a4e3950067d55e6d4487cf89b321c5b1cc6ee516567808401d1c206f1f0f8f4".to_owned())
    );
}

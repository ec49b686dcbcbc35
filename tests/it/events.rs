//! Typed events: the type in a header, in the body, in a form; owned and borrowed.

use hookgate::{
    Delivery, UnixTime, Verifier,
    providers::{GitHub, GoogleChannel, Slack, Stripe},
    scheme::{Part::Body, Payload, Scheme, header},
    testing::Signer,
};
use serde::Deserialize;

const SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";

fn github(kind: &str, body: impl Into<bytes::Bytes>) -> Delivery {
    let signed = Signer::new::<GitHub>(SECRET).event_type(kind).sign(body).expect("a delivery");
    let verifier = Verifier::builder::<GitHub>().secret(SECRET).build().expect("a verifier");
    verifier.verify(signed.head(), signed.body().clone(), UnixTime::from_secs(0)).expect("authentic")
}

fn stripe(body: impl Into<bytes::Bytes>) -> Delivery {
    let signed = Signer::new::<Stripe>(SECRET).sign(body).expect("a delivery");
    let verifier = Verifier::builder::<Stripe>().secret(SECRET).build().expect("a verifier");
    verifier.verify(signed.head(), signed.body().clone(), UnixTime::from_secs(0)).expect("authentic")
}

#[derive(Debug, Deserialize, PartialEq)]
struct Push<'a> {
    r#ref: &'a str,
}

#[derive(Debug, Deserialize, PartialEq)]
enum Event<'a> {
    #[serde(rename = "push", borrow)]
    Push(Push<'a>),
    #[serde(rename = "issues")]
    Issues { action: String },
    #[serde(rename = "ping")]
    Ping,
    #[serde(rename = "pair")]
    Pair(u8, u8),
    #[serde(other)]
    Other,
}

#[test]
fn a_header_chooses_the_variant() {
    let main = r#"{"ref":"refs/heads/main","more":[1,2]}"#;
    assert_eq!(github("push", main).event(), Ok(Event::Push(Push { r#ref: "refs/heads/main" })));
    let opened = r#"{"action":"opened"}"#;
    assert_eq!(github("issues", opened).event(), Ok(Event::Issues { action: "opened".into() }));
    assert_eq!(github("ping", r#"{"zen":"x"}"#).event(), Ok(Event::Ping));
    assert_eq!(github("pair", "[1,2]").event(), Ok(Event::Pair(1, 2)));
    assert_eq!(github("made_up_tomorrow", opened).event(), Ok(Event::Other));
}

#[test]
fn the_body_chooses_the_variant() {
    #[derive(Debug, Deserialize, PartialEq)]
    enum Event {
        #[serde(rename = "invoice.paid")]
        Paid { id: String },
        #[serde(other)]
        Other,
    }
    assert_eq!(
        stripe(r#"{"id":"evt_1","type":"invoice.paid"}"#).event(),
        Ok(Event::Paid { id: "evt_1".into() })
    );
    assert_eq!(stripe(r#"{"id":"evt_1","type":"invoice.new"}"#).event(), Ok(Event::Other));
}

#[test]
fn where_there_is_no_type_the_variant_for_others_takes_what_is_no_enum_by_itself() {
    #[derive(Debug, Deserialize, PartialEq)]
    enum Plain {
        Paid {
            id: String,
        },
        Void,
        #[serde(other)]
        Other,
    }
    #[derive(Debug, Deserialize)]
    enum Closed {
        #[allow(dead_code)]
        Paid { id: String },
    }
    for body in [r#"{"id":"evt_1"}"#, r#"{"Paid":{"id":"1"},"id":"evt_1"}"#, r#"{"Unpaid":1}"#, "[1]", ""] {
        assert_eq!(stripe(body).event(), Ok(Plain::Other), "{body}");
        assert!(stripe(body).event::<Closed>().is_err(), "{body}");
    }
    assert_eq!(stripe(r#"{"Paid":{"id":"1"}}"#).event(), Ok(Plain::Paid { id: "1".into() }));
    assert_eq!(stripe(r#""Void""#).event(), Ok(Plain::Void));
    // What names a variant has to fit it.
    let misfit = stripe(r#"{"Paid":{"id":1}}"#).event::<Plain>().expect_err("a number is no text");
    assert_eq!(misfit.path(), "Paid.id");
    assert!(stripe("not json").event::<Plain>().is_err());
}

#[test]
fn without_a_body_the_type_alone_is_the_event() {
    #[derive(Debug, Deserialize, PartialEq)]
    enum Channel {
        #[serde(rename = "sync")]
        Sync,
        #[serde(rename = "exists")]
        Exists { id: String },
        #[serde(other)]
        Changed,
    }
    let verifier = Verifier::builder::<GoogleChannel>().secret(SECRET).build().expect("a verifier");
    let read = |kind: &str| {
        let signer = Signer::new::<GoogleChannel>(SECRET).event_type(kind);
        let signer = signer.header("x-goog-channel-id", "a").header("x-goog-message-number", "1");
        let signed = signer.sign("").expect("signed");
        let delivery = verifier.verify(signed.head(), "", UnixTime::from_secs(0)).expect("authentic");
        delivery.event::<Channel>()
    };
    assert_eq!(read("sync"), Ok(Channel::Sync));
    assert_eq!(read("update"), Ok(Channel::Changed));
    assert!(read("exists").is_err(), "this one needs more than a type");
}

#[test]
fn structs_and_tagged_enums_read_the_body_as_usual() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Plain {
        id: String,
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "type")]
    enum Tagged {
        #[serde(rename = "invoice.paid")]
        Paid { id: String },
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "type", content = "data")]
    enum Adjacent {
        #[serde(rename = "invoice.paid")]
        Paid { amount: u8 },
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Untagged {
        Has { id: String },
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped(Plain);
    let delivery = stripe(r#"{"id":"evt_1","type":"invoice.paid","data":{"amount":3}}"#);
    assert_eq!(delivery.event(), Ok(Plain { id: "evt_1".into() }));
    assert_eq!(delivery.event(), Ok(Tagged::Paid { id: "evt_1".into() }));
    assert_eq!(delivery.event(), Ok(Adjacent::Paid { amount: 3 }));
    assert_eq!(delivery.event(), Ok(Untagged::Has { id: "evt_1".into() }));
    assert_eq!(delivery.event(), Ok(Wrapped(Plain { id: "evt_1".into() })));
    let value: serde_json::Value = delivery.event().expect("any JSON");
    assert_eq!(value["data"]["amount"], 3);
}

#[test]
fn the_text_of_a_payload_is_an_event_too() {
    use serde_json::value::RawValue;
    let text = r#"{"id":"evt_1",  "type":"t"}"#;
    let delivery = stripe(text);
    assert_eq!(delivery.event::<&RawValue>().map(RawValue::get), Ok(text));
    assert_eq!(delivery.event::<Box<RawValue>>().map(|raw| raw.get().to_owned()), Ok(text.to_owned()));
}

#[test]
fn a_wrapped_enum_is_still_chosen_by_type() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped<'a>(#[serde(borrow)] Event<'a>);
    assert_eq!(github("ping", "{}").event(), Ok(Wrapped(Event::Ping)));
}

#[test]
fn the_type_in_an_unsigned_header_is_marked_and_cannot_make_a_body_fit() {
    // A captured ping under the header of a push: what a push needs is not there.
    let swapped = github("push", r#"{"zen":"x"}"#);
    assert!(!swapped.event_type_is_signed() && !swapped.id_is_signed());
    assert!(swapped.event::<Event<'_>>().is_err());
    let paid = stripe(r#"{"id":"evt_1","type":"invoice.paid"}"#);
    assert!(paid.event_type_is_signed() && paid.id_is_signed());
}

#[test]
fn errors_name_path_and_position_and_no_value() {
    #[derive(Debug, Deserialize)]
    struct Invoice {
        #[allow(dead_code)]
        data: Data,
    }
    #[derive(Debug, Deserialize)]
    struct Data {
        #[allow(dead_code)]
        amounts: Vec<u64>,
    }
    let delivery = stripe("{\"id\":\"evt_1\",\n \"data\":{\"amounts\":[1,\"4111 1111 1111 1111\"]}}");
    let error = delivery.event::<Invoice>().expect_err("a string is no number");
    assert_eq!(error.path(), "data.amounts[1]");
    assert_eq!(error.position().map(|(line, _)| line), Some(2));
    assert!(error.to_string().contains("expected u64") && !error.to_string().contains("4111"), "{error}");
    let missing = stripe(r#"{"id":"evt_1"}"#).event::<Invoice>().expect_err("no data");
    assert!(missing.to_string().contains("missing field `data`"), "{missing}");
    let whole = r#"{"data":{"amounts":[1]}}"#;
    assert!(stripe(whole).event::<Invoice>().is_ok());
    let (behind, before) = (format!("{whole} trailing"), format!("\u{feff}{whole}"));
    for odd in ["not json", "", "{\"data\":{\"amounts\":[1e400]}}", "{\"data\":null}", &behind, &before] {
        assert!(stripe(odd.to_owned()).event::<Invoice>().is_err(), "{odd:?}");
    }
    let deep = stripe("[".repeat(100_000));
    assert!(deep.event::<serde_json::Value>().is_err());
    let invalid = stripe(&b"{\"data\":\"\xff\"}"[..]);
    assert!(invalid.event::<serde_json::Value>().is_err());
}

#[test]
fn a_path_holds_names_and_no_text_that_is_a_key() {
    type Amounts = std::collections::HashMap<String, Vec<u8>>;
    for (key, path) in [
        ("eu-west_1.prod", "eu-west_1.prod[0]"),
        ("Jane Doe <jane@example.com>", "?[0]"),
        ("line\\nbreak", "?[0]"),
        ("", "?[0]"),
        (&"k".repeat(65), "?[0]"),
    ] {
        let error = stripe(format!(r#"{{"{key}":[-1]}}"#)).event::<Amounts>().expect_err("no amount");
        assert_eq!(error.path(), path);
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Nothing {}
    let error =
        stripe(r#"{"a, expected DE89370400440532013000":1}"#).event::<Nothing>().expect_err("a field");
    assert!(!error.to_string().contains("DE89"), "{error}");
}

#[test]
fn what_a_type_says_itself_stays_out_of_errors() {
    #[derive(Debug, Deserialize)]
    enum Paid {
        #[serde(rename = "invoice.paid")]
        #[allow(dead_code)]
        Invoice { account: Iban },
    }
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Iban;
    impl TryFrom<String> for Iban {
        type Error = String;

        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("{text} is not a valid IBAN"))
        }
    }
    let delivery = stripe(r#"{"id":"evt_1","type":"invoice.paid","account":"DE89370400440532013000"}"#);
    let error = delivery.event::<Paid>().expect_err("no IBAN");
    assert_eq!(error.path(), "account", "the variant is no part of the payload");
    assert!(
        error.to_string().contains("refused by the type") && !error.to_string().contains("DE89"),
        "{error}"
    );
    let unknown = stripe(r#"{"id":"evt_1","type":"invoice.void","account":"DE89370400440532013000"}"#);
    let error = unknown.event::<Paid>().expect_err("no such type");
    assert_eq!(error.path(), ".");
    assert!(error.to_string().contains("unknown variant, expected `invoice.paid`"), "{error}");
}

#[test]
fn forms_work_where_providers_send_them() {
    // GitHub with content type `application/x-www-form-urlencoded`.
    let form = "payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D";
    let delivery = github("push", form);
    assert_eq!(delivery.event(), Ok(Event::Push(Push { r#ref: "refs/heads/main" })));
    assert_eq!(delivery.body(), form);

    #[derive(Debug, Deserialize, PartialEq)]
    struct Command {
        command: String,
        text: String,
    }
    let verifier = Verifier::builder::<Slack>().secret(SECRET).build().expect("a verifier");
    let form = "command=%2Fdeploy&text=to+production&trigger_id=13345.98";
    let signed = Signer::new::<Slack>(SECRET).sign(form).expect("a delivery");
    let delivery = verifier.verify(signed.head(), form, UnixTime::from_secs(0)).expect("authentic");
    assert_eq!(delivery.id().map(|id| id.as_str()), Some("13345.98"));
    assert_eq!(delivery.event(), Ok(Command { command: "/deploy".into(), text: "to production".into() }));
    let form = "payload=%7B%22type%22%3A%22block_actions%22%2C%22trigger_id%22%3A%22t%22%7D";
    let signed = Signer::new::<Slack>(SECRET).sign(form).expect("a delivery");
    let delivery = verifier.verify(signed.head(), form, UnixTime::from_secs(0)).expect("authentic");
    assert_eq!(delivery.event_type().map(|kind| kind.as_str()), Some("block_actions"));

    let scheme =
        Scheme::hmac_sha256("forms").signature(header("x-sig").hex()).signs(&[Body]).payload(Payload::Form);
    let signed = Signer::for_scheme(scheme, SECRET).sign("command=a&text=b&x=1").expect("a delivery");
    let verifier = Verifier::builder_for(scheme).secret(SECRET).build().expect("a verifier");
    let delivery =
        verifier.verify(signed.head(), signed.body().clone(), UnixTime::from_secs(0)).expect("authentic");
    assert_eq!(delivery.event(), Ok(Command { command: "a".into(), text: "b".into() }));
    assert!(delivery.event::<Push<'_>>().is_err());
}

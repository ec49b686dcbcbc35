//! The schemes that are a function of their own: what each signs, byte for byte, and what it refuses.

use hookgate::{
    ConfigError, Head, Provider, Reason, Verifier,
    providers::{Adyen, AppStore, AwsSns, CoinbaseCdp, Contentful, Keygen, PlivoV3, Twilio},
    scheme::{KeyForm, Place, Scheme},
    testing::Signer,
};

use crate::support::{NOW, SECRET, tag};

const ED: &str = include_str!("../keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("../keys/ed25519.pub.pem");
const ORIGIN: &str = "https://hooks.example.com";

struct Request<'a> {
    origin: &'a str,
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, String)>,
    body: &'a str,
}

impl<'a> Request<'a> {
    fn post(target: &'a str, headers: &[(&'a str, &str)], body: &'a str) -> Self {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { origin: ORIGIN, method: "POST", target, headers, body }
    }

    fn judge<P: Provider>(&self, key: &str) -> Result<(), Reason> {
        let builder = Verifier::builder::<P>().secret(key).public_url(self.origin);
        let head = Head::new(self.method, self.target, &self.headers);
        let verifier = builder.build().expect("a verifier");
        let judged = verifier.verify(head, self.body.as_bytes().to_vec(), NOW);
        judged.map(drop).map_err(|error| error.reason())
    }
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

fn twilio(
    origin: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &str,
    signed: &str,
) -> Result<(), Reason> {
    let tag = tag(Scheme::hmac_sha1("twilio"), Place::base64, SECRET, signed.to_owned());
    let headers = [headers, &[("x-twilio-signature", tag.as_str())]].concat();
    Request { origin, ..Request::post(target, &headers, body) }.judge::<Twilio>(SECRET)
}

/// <https://www.twilio.com/docs/usage/security>: with or without the port.
#[test]
fn twilio_signs_a_url_in_any_of_its_spellings() {
    let mismatch = Err(Reason::SignatureMismatch);
    for (origin, signed, want) in [
        ("https://x.tld", "https://x.tld/p?a=b", Ok(())),
        ("https://x.tld", "https://x.tld:443/p?a=b", Ok(())),
        ("https://x.tld", "https://x.tld:80/p?a=b", mismatch),
        ("http://x.tld", "http://x.tld:80/p?a=b", Ok(())),
        ("http://x.tld", "http://x.tld:443/p?a=b", mismatch),
        ("https://x.tld:8443", "https://x.tld:8443/p?a=b", Ok(())),
        ("https://x.tld:8443", "https://x.tld/p?a=b", Ok(())),
        ("https://x.tld:8443", "https://x.tld:443/p?a=b", Ok(())),
        ("https://x.tld:8443", "https://x.tld:80/p?a=b", mismatch),
        ("https://u:p@x.tld", "https://u:p@x.tld:443/p?a=b", Ok(())),
        ("https://u:p@x.tld:8443", "https://u:p@x.tld/p?a=b", Ok(())),
        ("https://u:p@x.tld:8443", "https://x.tld/p?a=b", mismatch),
    ] {
        assert_eq!(twilio(origin, "/p?a=b", &[], "", signed), want, "{origin} {signed}");
    }
}

#[test]
fn twilio_signs_a_form_sorted_or_the_digest_of_what_is_none() {
    let judge = |target: &str, headers: &[(&str, &str)], body: &str, behind: &str| {
        twilio(ORIGIN, target, headers, body, &format!("{ORIGIN}{target}{behind}"))
    };
    assert_eq!(judge("/p", &[FORM], "b=2&a=1&a=1&a=0", "a0a1b2"), Ok(()));
    assert_eq!(judge("/p", &[FORM], "b=2&a=1&a=1&a=0", "a0a1a1b2"), Err(Reason::SignatureMismatch));
    assert_eq!(judge("/p", &[(FORM.0, " application/x-www-form-urlencoded; q")], "a=1", "a1"), Ok(()));
    for headers in [&[][..], &[("content-type", "application/json")]] {
        assert_eq!(judge("/p", headers, "a=1", "a1"), Err(Reason::Uncovered));
    }
    assert_eq!(judge("/p", &[], "", ""), Ok(()));
    // SHA-256 of `{}`.
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let of = |digest: &str| format!("/p?bodySHA256={digest}");
    assert_eq!(judge(&of(digest), &[], "{}", ""), Ok(()));
    assert_eq!(judge(&of(&digest.to_uppercase()), &[], "{}", ""), Ok(()));
    assert_eq!(judge(&of(digest), &[], "[]", ""), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&of(""), &[], "{}", ""), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&format!("/p?a=b&bodySHA256={digest}"), &[], "{}", ""), Ok(()));
    // Only where Twilio puts it: what is behind it could be fields of a form that was signed.
    for elsewhere in [format!("{digest}&z=1"), format!("{digest}&"), format!("%34{}", &digest[1..])] {
        let judged = judge(&of(&elsewhere), &[], "{}", "");
        assert!(judged.is_err(), "{elsewhere}: {judged:?}");
    }
    let twice = format!("/p?bodySHA256={digest}&bodySHA256={digest}");
    assert_eq!(judge(&twice, &[], "{}", ""), Err(Reason::SignatureMalformed));
}

/// <https://www.plivo.com/docs/voice/concepts/signature-validation>
#[test]
fn plivo_signs_url_query_form_and_nonce() {
    for (method, target, body, signed, want) in [
        ("POST", "/p", "", "/p.n1", Ok(())),
        ("POST", "/p?b=2&a=1", "", "/p?a=1&b=2.n1", Ok(())),
        ("POST", "/p", "y=2&x=1", "/p?x1y2.n1", Ok(())),
        ("POST", "/p?b=2&a=1", "y=2&x=1", "/p?a=1&b=2.x1y2.n1", Ok(())),
        ("GET", "/p?b=2&a=1", "", "/p?a=1&b=2.n1", Ok(())),
        ("GET", "/p", "", "/p.n1", Ok(())),
        ("GET", "/p", "x=1", "/p.n1", Err(Reason::Uncovered)),
        ("GET", "/p", "x=1", "/p?x1.n1", Err(Reason::Uncovered)),
        ("POST", "/p", "x=1", "/p.n1", Err(Reason::SignatureMismatch)),
    ] {
        let tag = tag(Scheme::hmac_sha256("plivo"), Place::base64, SECRET, format!("{ORIGIN}{signed}"));
        let headers = [("x-plivo-signature-v3", &*tag), ("x-plivo-signature-v3-nonce", "n1")];
        let request = Request { method, ..Request::post(target, &headers, body) };
        assert_eq!(request.judge::<PlivoV3>(SECRET), want, "{method} {target} {body}");
        let request = Request { method, ..Request::post(target, &headers[..1], body) };
        assert_eq!(request.judge::<PlivoV3>(SECRET), Err(Reason::SignedPartMissing));
    }
}

/// So many names of header fields.
fn many(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("y-{number:02}")).collect()
}

/// <https://www.contentful.com/developers/docs/webhooks/request-verification>
#[test]
fn contentful_signs_a_canonical_request() {
    const NAMES: &str = "x-contentful-signed-headers";
    const TIME: (&str, &str) = ("x-contentful-timestamp", "1700000000000");
    let key = "0123456789abcdef".repeat(4);
    let judge = |target: &str, names: &str, path: &str, headers: &str| {
        let message = ["POST", path, headers, "{}"].join("\n");
        let tag = tag(Scheme::hmac_sha256("contentful"), Place::hex, &*key, message);
        let many = many(63);
        let mut others = vec![TIME, (NAMES, names), ("x-other", "  v "), ("x-contentful-signature", &*tag)];
        others.extend(many.iter().map(|name| (name.as_str(), "v")));
        Request::post(target, &others, "{}").judge::<Contentful>(&key)
    };
    let names = format!("{NAMES},{}", TIME.0);
    let signed = format!("{NAMES}:{names};{}:{}", TIME.0, TIME.1);
    assert_eq!(judge("/p", &names, "/p", &signed), Ok(()));
    assert_eq!(judge("/p?a=b c&d=/", &names, "/p?a%253Db%2520c%2526d%253D%252F", &signed), Ok(()));
    assert_eq!(judge("/p é(1)'~x", &names, "/p%20%C3%A9(1)'~x", &signed), Ok(()));
    assert_eq!(judge("/p%20x;/?", &names, "/p%2520x;/?", &signed), Ok(()));
    // In any case and order; sorted when signed, and without blanks around.
    let more = format!("X-Other,{},{NAMES}", TIME.0.to_uppercase());
    let signed_more = format!("{NAMES}:{more};{}:{};x-other:v", TIME.0, TIME.1);
    assert_eq!(judge("/p", &more, "/p", &signed_more), Ok(()));
    for few in [NAMES, TIME.0, "x-other"] {
        assert_eq!(judge("/p", few, "/p", ""), Err(Reason::Uncovered), "{few}");
    }
    let padded = |count: usize| {
        format!("{names}{}", many(count - 2).iter().map(|name| format!(",{name}")).collect::<String>())
    };
    let signed_padded = |count: usize| {
        let names = padded(count);
        let others = many(count - 2).iter().map(|name| format!(";{name}:v")).collect::<String>();
        format!("{NAMES}:{names};{}:{}{others}", TIME.0, TIME.1)
    };
    assert_eq!(judge("/p", &padded(64), "/p", &signed_padded(64)), Ok(()));
    assert_eq!(judge("/p", &padded(65), "/p", &signed_padded(65)), Err(Reason::Uncovered));
    let twice = format!("{names},x-other,X-Other");
    let signed_twice = format!("{NAMES}:{twice};{}:{};x-other:v;x-other:v", TIME.0, TIME.1);
    assert_eq!(judge("/p", &twice, "/p", &signed_twice), Err(Reason::Uncovered));
    let missing = format!("{names},x-none");
    assert_eq!(judge("/p", &missing, "/p", ""), Err(Reason::SignedPartMissing));
}

/// <https://docs.cdp.coinbase.com/webhooks/verify-signatures>
#[test]
fn hook0_signs_the_fields_that_its_signature_names() {
    let judge = |parts: &str, headers: &[(&str, &str)], version: &str, message: &str| {
        let tag = tag(Scheme::hmac_sha256("hook0"), Place::hex, SECRET, message.to_owned());
        let signature = format!("{parts},{version}={tag}");
        let headers = [headers, &[("x-hook0-signature", signature.as_str())]].concat();
        Request::post("/", &headers, "{}").judge::<CoinbaseCdp>(SECRET)
    };
    let fields = [("x-one", "1"), ("x-two", "2"), ("x-dotted", "a.b")];
    let t = "t=1700000000";
    assert_eq!(judge(&format!("{t},h=x-one x-two"), &fields, "v1", "1700000000.x-one x-two.1.2.{}"), Ok(()));
    assert_eq!(judge(&format!("{t},h=X-One"), &fields, "v1", "1700000000.X-One.1.{}"), Ok(()));
    let dotted = judge(&format!("{t},h=x-dotted"), &fields, "v1", "1700000000.x-dotted.a.b.{}");
    assert_eq!(dotted, Err(Reason::IdMalformed));
    let two = judge(&format!("{t},h=x-one x-dotted"), &fields, "v1", "1700000000.x-one x-dotted.1.a.b.{}");
    assert_eq!(two, Err(Reason::IdMalformed));
    let none = judge(&format!("{t},h=x-none"), &fields, "v1", "1700000000.x-none..{}");
    assert_eq!(none, Err(Reason::SignedPartMissing));
    assert_eq!(judge(t, &fields, "v0", "1700000000.{}"), Ok(()));
    assert_eq!(judge(&format!("{t},h=x-one"), &fields, "v0", "1700000000.{}"), Ok(()));
    // The newer version is there, and its list of fields is not: nobody falls back to the older one.
    assert_eq!(judge(t, &fields, "v1", "1700000000.{}"), Err(Reason::SignatureMalformed));
    let both = judge(&format!("{t},v1=00"), &fields, "v0", "1700000000.{}");
    assert_eq!(both, Err(Reason::SignatureMalformed));
    assert_eq!(judge(t, &fields, "v2", ""), Err(Reason::SignatureMissing));
    assert_eq!(judge("x=1", &fields, "v0", ".{}"), Err(Reason::TimestampMissing));
}

/// Types have dots, as in `h=content-type x-event-id x-event-type`; no other cut of what is signed passes.
#[test]
fn hook0_signs_types_and_they_cannot_be_cut_otherwise() {
    const NAMES: &str = "content-type x-event-id x-event-type";
    const TYPED: [&str; 3] = ["application/json", "e-1", "payments.transfers.completed"];
    const BODY: &str = r#"{"eventType":"a.{b","c":".[d"}"#;
    let tag = {
        let message = format!("1700000000.{NAMES}.{}.{BODY}", TYPED.join("."));
        tag(Scheme::hmac_sha256("hook0"), Place::hex, SECRET, message)
    };
    let signature = format!("t=1700000000,v0=00,h={NAMES},v1={tag}");
    let judge = |[kind, id, event_type]: [&str; 3], body: &str| {
        let signed = ("x-hook0-signature", signature.as_str());
        let headers = [("content-type", kind), ("x-event-id", id), ("x-event-type", event_type), signed];
        Request::post("/", &headers, body).judge::<CoinbaseCdp>(SECRET)
    };
    assert_eq!(judge(TYPED, BODY), Ok(()));
    // The same bytes, cut elsewhere.
    for (values, body) in [
        (["application/json", "e-1.payments", "transfers.completed"], BODY),
        (["application/json.e-1", "payments", "transfers.completed"], BODY),
        (["application/json", "e-1", r#"payments.transfers.completed.{"eventType":"a"#], r#"{b","c":".[d"}"#),
        (["application/json", "e-1", r#"payments.transfers.completed.{"eventType":"a.{b","c":""#], r#"[d"}"#),
    ] {
        assert_eq!(judge(values, body), Err(Reason::IdMalformed), "{values:?}");
    }
    let longer = format!("transfers.completed.{BODY}");
    assert_eq!(judge(["application/json", "e-1", "payments"], &longer), Err(Reason::OtherText));
    assert_eq!(judge(["application/json", "e-2", TYPED[2]], BODY), Err(Reason::SignatureMismatch));
}

/// What is before the body can be taken neither for its beginning nor for another field.
#[test]
fn hook0_begins_the_body_in_one_place() {
    const BODY: &str = r#"{"eventType":"a.b","amount":1.5}"#;
    let message = format!("1700000000.x-event-id.e-1.{BODY}");
    let tag = tag(Scheme::hmac_sha256("hook0"), Place::hex, SECRET, message);
    let judge = |signed: String, headers: &[(&str, &str)], body: &str| {
        let headers = [headers, &[("x-hook0-signature", signed.as_str())]].concat();
        Request::post("/", &headers, body).judge::<CoinbaseCdp>(SECRET)
    };
    let newer = |names: &str| format!("t=1700000000,h={names},v1={tag}");
    assert_eq!(judge(newer("x-event-id"), &[("x-event-id", "e-1")], BODY), Ok(()));
    let older = format!("t=1700000000,h=x-event-id,v0={tag}");
    let all = format!("x-event-id.e-1.{BODY}");
    assert_eq!(judge(older, &[("x-event-id", "e-2")], &all), Err(Reason::OtherText));
    let dotted = [("x-event-id", "e-2"), ("x-event-id.e-1", r#"{"eventType":"a"#)];
    let rest = r#"b","amount":1.5}"#;
    assert_eq!(judge(newer("x-event-id.e-1"), &dotted, rest), Err(Reason::IdMalformed));
}

/// Whoever sends a request names the fields: each is put together with the others before the sender is known.
#[test]
fn hook0_names_each_field_once_and_not_too_many() {
    let judge = |names: &[String], value: &str| {
        let listed = names.join(" ");
        let values = vec![value; names.len()].join(".");
        let tag = tag(
            Scheme::hmac_sha256("hook0"),
            Place::hex,
            SECRET,
            format!("1700000000.{listed}.{values}.{{}}"),
        );
        let signature = format!("t=1700000000,h={listed},v1={tag}");
        let mut headers = vec![("x-hook0-signature", signature.as_str())];
        let fields = many(65);
        headers.extend(fields.iter().map(|name| (name.as_str(), value)));
        Request::post("/", &headers, "{}").judge::<CoinbaseCdp>(SECRET)
    };
    assert_eq!(judge(&many(64), "v"), Ok(()));
    assert_eq!(judge(&many(65), "v"), Err(Reason::SignatureMalformed));
    for twice in ["y-00 y-00", "y-00 Y-00"] {
        let names: Vec<String> = twice.split(' ').map(str::to_owned).collect();
        assert_eq!(judge(&names, "v"), Err(Reason::SignatureMalformed), "{twice}");
    }
    let long = "v".repeat(8 * 1024);
    assert_eq!(judge(&many(2), &long), Ok(()));
    assert_eq!(judge(&many(3), &long), Err(Reason::SignatureTooLong));
}

/// <https://keygen.sh/docs/api/signatures/>
#[test]
fn keygen_signs_target_host_date_and_digest() {
    const DATE: &str = "Tue, 14 Nov 2023 22:13:20 GMT";
    // SHA-256 of `{}` in base64.
    const DIGEST: &str = "sha-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
    let lines =
        format!("(request-target): post /p?a=/b\nhost: hooks.example.com\ndate: {DATE}\ndigest: {DIGEST}");
    let all = "(request-target) host date digest";
    let judge = |signature: &str| {
        let headers = [("date", DATE), ("digest", DIGEST), ("keygen-signature", signature)];
        Request::post("/p?a=/b", &headers, "{}").judge::<Keygen>(ED_PUBLIC)
    };
    let signed = |lines: &str| tag(Scheme::ed25519("keygen"), Place::base64, ED, lines.to_owned());
    let parts = |algorithm: &str, tag: &str, names: &str| {
        format!(r#"keyid="k", algorithm="{algorithm}", signature="{tag}", headers="{names}""#)
    };
    let good = signed(&lines);
    assert_eq!(judge(&parts("ed25519", &good, all)), Ok(()));
    assert_eq!(judge(&parts("ED25519", &good, all)), Ok(()));
    assert_eq!(judge(&parts("rsa-sha256", &good, all)), Err(Reason::AlgorithmNotAllowed));
    assert_eq!(judge(&parts("ed25519", "AAAA", all)), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&parts("ed25519", "%", all)), Err(Reason::SignatureMalformed));
    let more = signed(&format!("{lines}\nx-none: "));
    assert_eq!(judge(&parts("ed25519", &more, &format!("{all} x-none"))), Err(Reason::SignedPartMissing));
    for name in all.split(' ') {
        let fewer = all.split(' ').filter(|other| *other != name).collect::<Vec<_>>().join(" ");
        assert_eq!(judge(&parts("ed25519", &good, &fewer)), Err(Reason::Uncovered), "{name}");
    }
    let twice = signed(&format!("{lines}\ndate: {DATE}"));
    assert_eq!(judge(&parts("ed25519", &twice, &format!("{all} date"))), Err(Reason::SignatureMalformed));
    let whole = parts("ed25519", &good, all);
    for odd in [
        format!(r#"{whole}, keyid="k", signature="{good}""#),
        whole.replace(r#"algorithm="ed25519""#, "algorithm=ed25519"),
        whole.replace(r#"algorithm="ed25519", "#, ""),
        whole.replace("keyid=", "keyid"),
        whole.replace(r#", headers=""#, r#", other=""#),
    ] {
        assert_eq!(judge(&odd), Err(Reason::SignatureMalformed), "{odd}");
    }
    let padded = whole.replace(", ", ",");
    assert_eq!(judge(&padded), Ok(()));
}

/// Members are signed without marks that no message has in it: what is missing could as well be its end.
#[test]
fn amazon_signs_members_that_are_all_there() {
    const TOPIC: &str = "arn:aws:sns:us-east-1:1:topic";
    let verifier = Verifier::builder::<AwsSns>().public_key(include_str!("../keys/rsa.pub.pem"));
    let verifier = verifier.config("topic", TOPIC).build().expect("a verifier");
    let signer = Signer::new::<AwsSns>(include_str!("../keys/rsa.pem")).config("topic", TOPIC);
    for (captured, name, optional) in [
        (r#"{"Type":"Notification","Subject":"s"}"#, "MessageId", "Subject"),
        (r#"{"Type":"UnsubscribeConfirmation","SubscribeURL":"https://x","Token":"t"}"#, "SubscribeURL", ""),
    ] {
        let signed = signer.sign(captured).expect("a delivery");
        let judge = |change: &dyn Fn(&mut serde_json::Map<String, serde_json::Value>)| {
            let mut body = serde_json::from_slice(signed.body()).expect("an object");
            change(&mut body);
            let body = serde_json::Value::Object(body).to_string();
            verifier.verify(signed.head(), body, NOW).map(drop).map_err(|error| error.reason())
        };
        assert_eq!(judge(&|_| ()), Ok(()));
        for absent in [None, Some(serde_json::Value::Null)] {
            let moved = judge(&|body| {
                let lines = ["MessageId", name].map(|name| match body.remove(name) {
                    Some(value) => format!("\n{name}\n{}", value.as_str().expect("text")),
                    None => String::new(),
                });
                let message = format!("{}{}", body["Message"].as_str().expect("text"), lines.concat());
                body.insert("Message".to_owned(), message.into());
                body.extend(absent.clone().map(|null| (name.to_owned(), null)));
            });
            assert_eq!(moved, Err(Reason::SignatureMalformed), "{captured}");
        }
        for name in ["MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn"] {
            let cut = judge(&|body| drop(body.remove(name)));
            let wanted = match serde_json::from_slice::<serde_json::Value>(signed.body()) {
                Ok(body) if body.get(name).is_none() => Ok(()),
                _ if name == optional => Err(Reason::SignatureMismatch),
                _ => Err(Reason::SignatureMalformed),
            };
            assert_eq!(cut, wanted, "{captured} without {name}");
            let broken = judge(&|body| drop(body.insert(name.to_owned(), "a\nType\nb".into())));
            let signs = wanted.is_err();
            assert_eq!(broken, if signs { Err(Reason::IdMalformed) } else { Ok(()) }, "{captured}: {name}");
        }
    }
}

/// <https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures>
#[test]
fn adyen_signs_eight_fields_of_each_item() {
    const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    let sign = |message: &str| {
        tag(Scheme::hmac_sha256("adyen").key(KeyForm::HEX), Place::base64, KEY, message.to_owned())
    };
    let item = |fields: &str, message: &str| {
        let tag = sign(message);
        format!(r#"{{"NotificationRequestItem":{{{fields},"additionalData":{{"hmacSignature":"{tag}"}}}}}}"#)
    };
    let judge = |items: &[String]| {
        let body = format!(r#"{{"live":"false","notificationItems":[{}]}}"#, items.join(","));
        Request::post("/", &[], &body).judge::<Adyen>(KEY)
    };
    let all = r#""pspReference":"p","originalReference":"o","merchantAccountCode":"a","merchantReference":"r:1",
        "amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":"true""#;
    let whole = || item(all, "p:o:a:r:1:1130:EUR:AUTHORISATION:true");
    assert_eq!(judge(&[whole()]), Ok(()));
    let few = r#""pspReference":"p","originalReference":null,"success":true"#;
    let other = item(few, "p:::::::true");
    assert_eq!(judge(&[whole(), other.clone()]), Ok(()));
    assert_eq!(judge(&[whole(), other, whole()]), Err(Reason::SignatureMalformed));
    assert_eq!(judge(&[item(all, "p:o:a:r:1:1130:EUR:AUTHORISATION:false")]), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&[whole(), item(few, "p")]), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&[]), Err(Reason::SignatureMissing));
    let colon = item(r#""pspReference":"p:o""#, "p:o:::::::");
    assert_eq!(judge(&[colon]), Err(Reason::IdMalformed));
    for odd in [r#""pspReference":1.5"#, r#""pspReference":[]"#, r#""amount":{"value":{}}"#] {
        assert_eq!(judge(&[item(odd, "")]), Err(Reason::SignatureMalformed), "{odd}");
    }
    for (item, want) in [
        (r#"{"Item":{}}"#, Reason::SignatureMalformed),
        (r#"{"NotificationRequestItem":{}}"#, Reason::SignatureMissing),
        (
            r#"{"NotificationRequestItem":{"additionalData":{"hmacSignature":"%"}}}"#,
            Reason::SignatureMalformed,
        ),
    ] {
        assert_eq!(judge(&[whole(), item.to_owned()]), Err(want), "{item}");
    }
}

/// Which of these objects a notification has depends on its type:
/// <https://github.com/apple/app-store-server-library-node>, `verifyAndDecodeNotification`.
#[test]
fn app_store_tells_the_app_in_one_of_several_objects() {
    let at = hookgate::UnixTime::from_secs(1_800_000_000);
    let signer = Signer::new::<AppStore>(include_str!("../keys/apple-chain.pem"))
        .at(at)
        .config("bundle_id", "com.example.another");
    let verifier = Verifier::builder::<AppStore>().public_key(include_str!("../keys/apple-root.crt"));
    let verifier = verifier.config("bundle_id", "com.example").build().expect("a verifier");
    let judge = |body: String| {
        let signed = signer.sign(body).expect("a delivery");
        let judged = verifier.verify(signed.head(), signed.body().clone(), at);
        judged.map(drop).map_err(|error| error.reason())
    };
    for object in ["data", "summary", "externalPurchaseToken", "appData"] {
        assert_eq!(judge(format!(r#"{{"{object}":{{"bundleId":"com.example"}}}}"#)), Ok(()), "{object}");
        let foreign = judge(format!(r#"{{"{object}":{{"bundleId":"com.evil"}}}}"#));
        assert_eq!(foreign, Err(Reason::ClaimMismatch), "{object}");
    }
    assert_eq!(judge("{}".to_owned()), Err(Reason::ClaimMismatch));
}

/// Whose notifications these are is the question: Apple signs for every app, and AWS for every topic.
#[test]
fn what_others_are_signed_for_must_be_told_apart() {
    let apple = Verifier::builder::<AppStore>().public_key(include_str!("../keys/apple-root.crt")).build();
    assert!(matches!(apple, Err(ConfigError::MissingConfig { name: "bundle_id" })));
    let sns = Verifier::builder::<AwsSns>().public_key(include_str!("../keys/rsa.pub.pem")).build();
    assert!(matches!(sns, Err(ConfigError::MissingConfig { name: "topic" })));
}

//! HTTP message signatures (RFC 9421): what is signed for each component, what must be covered, and how the
//! fields are read.

use hookgate::{
    Assurance, ConfigError, Head, Reason, UnixTime, Verifier, VerifierBuilder,
    providers::MessageSignaturesEd25519,
    scheme::{Place, Scheme},
};

use crate::support::{NOW, tag};

const ED: &str = include_str!("../keys/ed25519.pem");
const ED_PUBLIC: &str = include_str!("../keys/ed25519.pub.pem");
/// RFC 9530, of `{}`.
const DIGEST: &str = "sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:";
const PLAIN: &[(&str, &str)] = &[
    ("\"@method\"", "POST"),
    ("\"@target-uri\"", "https://hooks.example.com/hooks?a=1"),
    ("\"content-digest\"", DIGEST),
];
const CREATED: &str = ";created=1700000000";

/// A request with some of its fields.
struct Message<'a> {
    method: &'a str,
    target: &'a str,
    headers: Vec<(&'a str, String)>,
}

impl<'a> Message<'a> {
    fn new(input: impl Into<String>, signature: impl Into<String>) -> Self {
        let headers = vec![
            ("content-digest", DIGEST.to_owned()),
            ("signature-input", input.into()),
            ("signature", signature.into()),
        ];
        Self { method: "POST", target: "/hooks?a=1", headers }
    }

    fn header(mut self, name: &'a str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// The value of a member of `Signature-Input`, and that of its signature.
fn signed(covered: &[(&str, &str)], parameters: &str) -> (String, String) {
    let names: Vec<&str> = covered.iter().map(|(name, _)| *name).collect();
    let input = format!("({}){parameters}", names.join(" "));
    let lines: String = covered.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let signature = signature(&format!("{lines}\"@signature-params\": {input}"));
    (input, signature)
}

/// The signature over this base, as a field has it.
fn signature(base: &str) -> String {
    format!(":{}:", tag(Scheme::ed25519("test"), Place::base64, ED, base.to_owned()))
}

fn covering(covered: &[(&str, &str)], parameters: &str) -> Message<'static> {
    let (input, signature) = signed(covered, parameters);
    Message::new(format!("sig={input}"), format!("sig={signature}"))
}

fn builder(origin: &str) -> VerifierBuilder {
    Verifier::builder::<MessageSignaturesEd25519>().public_key(ED_PUBLIC).public_url(origin)
}

fn judge(builder: VerifierBuilder, message: &Message<'_>) -> Result<(), Reason> {
    let verifier = builder.build().expect("a verifier");
    let judged = verifier.verify(Head::new(message.method, message.target, &message.headers), "{}", NOW);
    judged.map(drop).map_err(|error| error.reason())
}

fn plain(message: &Message<'_>) -> Result<(), Reason> {
    judge(builder("https://hooks.example.com"), message)
}

/// RFC 9421, section 2.2.
#[test]
fn each_component_is_what_the_rfc_says() {
    for (origin, target, component, value, want) in [
        ("https://Hooks.Example.com:443", "/", "\"@authority\"", "hooks.example.com", Ok(())),
        ("http://hooks.example.com:80", "/", "\"@authority\"", "hooks.example.com", Ok(())),
        ("https://hooks.example.com:80", "/", "\"@authority\"", "hooks.example.com:80", Ok(())),
        ("http://hooks.example.com:443", "/?", "\"@authority\"", "hooks.example.com:443", Ok(())),
        ("https://x.tld", "/a?b=/c", "\"@target-uri\"", "https://x.tld/a?b=/c", Ok(())),
        ("https://x.tld", "/a?b=c", "\"@scheme\"", "https", Ok(())),
        ("http://x.tld", "/a?b=c", "\"@scheme\"", "http", Ok(())),
        ("https://x.tld", "/a?b=c", "\"@request-target\"", "/a?b=c", Ok(())),
        ("https://x.tld", "/a?b=c", "\"@path\"", "/a", Ok(())),
        ("https://x.tld", "/a?b=c", "\"@query\"", "?b=c", Ok(())),
        ("https://x.tld", "/a", "\"@query\"", "?", Ok(())),
        ("https://x.tld", "/a?b=c+d&e=f", r#""@query-param";name="b""#, "c%20d", Ok(())),
        ("https://x.tld", "/a?b=%C3%A9", r#""@query-param";name="b""#, "%C3%A9", Ok(())),
        ("https://x.tld", "/a?b=c", r#""@query-param";name="x""#, "", Err(Reason::SignedPartMissing)),
        ("https://x.tld", "/a?b=c&b=d", r#""@query-param";name="b""#, "c", Err(Reason::SignedPartMissing)),
        ("https://x.tld", "/a?b=c", r#""@query-param""#, "c", Err(Reason::SignedPartMissing)),
        ("https://x.tld", "/a?b=c", r#""@query-param";name="b";req"#, "c", Err(Reason::Uncovered)),
        ("https://x.tld", "/a", "\"x-padded\"", "in the middle", Ok(())),
        ("https://x.tld", "/a", "\"x-none\"", "", Err(Reason::SignedPartMissing)),
        ("https://x.tld", "/a", "\"x-padded\";sf", "in the middle", Err(Reason::Uncovered)),
        ("https://x.tld", "/a", "\"x-padded\";name=\"a\"", "in the middle", Err(Reason::Uncovered)),
        ("https://x.tld", "/a", "\"@status\"", "200", Err(Reason::Uncovered)),
        ("https://x.tld", "/a", "\"@other\"", "", Err(Reason::Uncovered)),
        ("https://x.tld", "/a", "\"@path\"", "/b", Err(Reason::SignatureMismatch)),
    ] {
        let message = covering(&[(component, value)], CREATED).header("x-padded", "  in the middle ");
        let message = Message { target, ..message };
        let builder = builder(origin).config("required", "");
        assert_eq!(judge(builder, &message), want, "{origin} {target} {component}");
    }
    let answered = covering(&[("\"@status\"", "200")], CREATED);
    let builder = builder("https://x.tld").config("required", "").config("status", "200");
    assert_eq!(judge(builder, &answered), Ok(()));
}

#[test]
fn method_target_body_and_time_must_be_covered_unless_it_is_agreed() {
    let [method, target, digest] = [PLAIN[0], PLAIN[1], PLAIN[2]];
    let authority = ("\"@authority\"", "hooks.example.com");
    let (path, request_target) = (("\"@path\"", "/hooks"), ("\"@request-target\"", "/hooks?a=1"));
    for (covered, want) in [
        (&[method, target, digest][..], Ok(())),
        (&[method, authority, path, digest], Ok(())),
        (&[request_target, digest, authority, method], Ok(())),
        (&[method, authority, digest], Err(Reason::Uncovered)),
        (&[method, path, request_target, digest], Err(Reason::Uncovered)),
        (&[target, digest], Err(Reason::Uncovered)),
        (&[method, target], Err(Reason::Uncovered)),
    ] {
        assert_eq!(plain(&covering(covered, CREATED)), want, "{covered:?}");
    }
    assert_eq!(plain(&covering(PLAIN, "")), Err(Reason::Uncovered), "no time");
    let agreed = |required: &str, covered: &[(&str, &str)]| {
        let builder = builder("https://hooks.example.com").config("required", required);
        judge(builder, &covering(covered, ""))
    };
    assert_eq!(agreed("content-digest,@method", &[method, digest]), Ok(()));
    assert_eq!(agreed("content-digest @path, @method", &[method, digest]), Err(Reason::Uncovered));
    assert_eq!(agreed("@path", &[path]), Ok(()));
}

/// What a delivery is said to be covered by is what it has to be covered by.
#[test]
fn covered_is_what_has_to_be() {
    let authority = ("\"@authority\"", "hooks.example.com");
    let path = ("\"@path\"", "/hooks");
    let (request_target, query) = (("\"@request-target\"", "/hooks?a=1"), ("\"@query\"", "?a=1"));
    let [method, target, digest] = [PLAIN[0], PLAIN[1], PLAIN[2]];
    let bound = |required: Option<&str>, covered: &[(&str, &str)]| {
        let builder = builder("https://hooks.example.com");
        let builder = required.into_iter().fold(builder, |builder, names| builder.config("required", names));
        let message = covering(covered, CREATED);
        let head = Head::new(message.method, message.target, &message.headers);
        let delivery = builder.build().expect("a verifier").verify(head, "{}", NOW).expect("authentic");
        let bound = delivery.bound();
        assert_eq!(delivery.assurance() == Assurance::Whole, bound.body);
        (bound.body, bound.timestamp, bound.url)
    };
    // Of the URL, the query need not be.
    assert_eq!(bound(None, PLAIN), (true, true, false));
    assert_eq!(bound(None, &[method, authority, path, digest]), (true, true, false));
    let all = [method, authority, path, request_target, query, target, digest];
    for (required, want) in [
        ("@method @authority @path", (false, false, false)),
        ("content-digest", (true, false, false)),
        ("created", (false, true, false)),
        ("content-digest,created @target-uri", (true, true, true)),
        ("@request-target", (false, false, true)),
        ("@path @query", (false, false, true)),
        ("@query", (false, false, false)),
    ] {
        assert_eq!(bound(Some(required), &all), want, "{required}");
    }
    let timeless = judge(builder("https://x.tld").config("required", "created"), &covering(&[method], ""));
    assert_eq!(timeless, Err(Reason::Uncovered));
    let nowhere = Verifier::builder::<MessageSignaturesEd25519>().public_key(ED_PUBLIC).build().map(drop);
    assert_eq!(nowhere, Err(ConfigError::MissingPublicUrl));
}

/// All of it is done for anybody who asks.
#[test]
fn what_is_taken_apart_is_short() {
    let names: Vec<String> = (0..62).map(|number| format!("\"x-{number}\"")).collect();
    let judge = |count: usize| {
        let mut covered = PLAIN.to_vec();
        covered.extend(names.iter().take(count).map(|name| (name.as_str(), "v")));
        let mut message = covering(&covered, CREATED);
        message.headers.extend(names.iter().map(|name| (name.trim_matches('"'), "v".to_owned())));
        plain(&message)
    };
    assert_eq!((judge(61), judge(62)), (Ok(()), Err(Reason::SignatureMalformed)));
    let padded = |bytes: usize| format!("{CREATED};keyid=\"{}\"", "k".repeat(bytes));
    assert_eq!(plain(&covering(PLAIN, &padded(8000))), Ok(()));
    assert_eq!(plain(&covering(PLAIN, &padded(8192))), Err(Reason::SignatureTooLong));
    let long = format!("{DIGEST}, other=:{}:", "A".repeat(8192));
    let mut message = covering(&[PLAIN[0], PLAIN[1], ("\"content-digest\"", &long)], CREATED);
    message.headers[0].1.clone_from(&long);
    assert_eq!(plain(&message), Err(Reason::SignatureTooLong));
    let twice = [(r#""@query-param";name="a""#, "1"), (r#""@query-param"; name="a""#, "1")];
    let covered = [PLAIN, &twice].concat();
    assert_eq!(plain(&covering(&covered, CREATED)), Err(Reason::SignatureMalformed));
    let once = [PLAIN, &twice[..1]].concat();
    assert_eq!(plain(&covering(&once, CREATED)), Ok(()));
}

#[test]
fn a_digest_that_is_covered_is_compared() {
    let other = "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:";
    let judge = |covered: &[(&str, &str)], digest: &str| {
        let mut message = covering(covered, "");
        message.headers[0].1 = digest.to_owned();
        judge(builder("https://hooks.example.com").config("required", ""), &message)
    };
    assert_eq!(judge(&[("\"content-digest\"", other)], other), Err(Reason::SignatureMismatch));
    assert_eq!(judge(&[("\"content-digest\"", DIGEST)], DIGEST), Ok(()));
    // It says nothing where it is not.
    assert_eq!(judge(&[("\"@path\"", "/hooks")], other), Ok(()));
}

/// RFC 9421, section 2.3.
#[test]
fn times_are_judged() {
    for (parameters, want) in [
        (";created=1699999700", Ok(())),
        (";created=1699999699", Err(Reason::TooOld)),
        (";created=1700000300", Ok(())),
        (";created=1700000301", Err(Reason::FromTheFuture)),
        (";created=1700000000;expires=1700000000", Ok(())),
        (";created=1700000000;expires=1699999999", Err(Reason::TooOld)),
        (";created=+1700000000", Err(Reason::TimestampMalformed)),
        (";created=1700000000;expires=soon", Err(Reason::TimestampMalformed)),
    ] {
        assert_eq!(plain(&covering(PLAIN, parameters)), want, "{parameters}");
    }
    let narrow = builder("https://hooks.example.com").tolerance(std::time::Duration::from_secs(10));
    assert_eq!(judge(narrow, &covering(PLAIN, ";created=1699999989")), Err(Reason::TooOld));
    let timeless = || builder("https://hooks.example.com").dangerous_ignore_timestamp();
    assert_eq!(judge(timeless(), &covering(PLAIN, ";created=1;expires=2")), Ok(()));
    let odd = covering(PLAIN, ";created=1;expires=soon");
    assert_eq!(judge(timeless(), &odd), Err(Reason::TimestampMalformed));
    let verifier = builder("https://hooks.example.com").build().expect("a verifier");
    let message = covering(PLAIN, ";created=1699999990");
    let delivery = verifier.verify(Head::new("POST", message.target, &message.headers), "{}", NOW);
    assert_eq!(delivery.expect("authentic").timestamp(), Some(UnixTime::from_secs(1_699_999_990)));
}

#[test]
fn the_algorithm_is_that_of_the_key() {
    for (alg, want) in [("ed25519", Ok(())), ("hmac-sha256", Err(Reason::AlgorithmNotAllowed))] {
        assert_eq!(plain(&covering(PLAIN, &format!(r#"{CREATED};alg="{alg}""#))), want);
    }
}

/// RFC 9421, section 4.3: of several signatures one is agreed on by its label.
#[test]
fn one_of_several_signatures_is_chosen_by_its_label() {
    let (input, signature) = signed(PLAIN, CREATED);
    let (other, _) = signed(&PLAIN[..1], CREATED);
    let labelled = |label: Option<&str>, inputs: String, signatures: String| {
        let builder = builder("https://hooks.example.com");
        let builder = match label {
            Some(label) => builder.config("label", label),
            None => builder,
        };
        judge(builder, &Message::new(inputs, signatures))
    };
    let both = || (format!("theirs={other}, ours={input}"), format!("ours={signature},theirs=:AAAA:"));
    let with = |label| labelled(label, both().0, both().1);
    assert_eq!(with(Some("ours")), Ok(()));
    assert_eq!(with(Some("theirs")), Err(Reason::Uncovered));
    assert_eq!(with(Some("nobody's")), Err(Reason::SignatureMissing));
    assert_eq!(with(None), Err(Reason::SignatureRepeated));
    let one = |inputs: String, signatures: String| labelled(None, inputs, signatures);
    assert_eq!(one(format!("a={input}"), format!("a={signature}")), Ok(()));
    assert_eq!(one(format!("a={input}"), format!("b={signature}")), Err(Reason::SignatureMissing));
    assert_eq!(one(format!("a={input}"), format!("b=:AA==:, a={signature}")), Ok(()));
    for malformed in [signature.trim_matches(':'), ":AA:", ":", "::x", ""] {
        let judged = one(format!("a={input}"), format!("a={malformed}"));
        assert_eq!(judged, Err(Reason::SignatureMalformed), "{malformed}");
    }
}

/// RFC 8941, sections 3.1 and 3.2.
#[test]
fn the_fields_are_read_strictly() {
    let (input, signature) = signed(PLAIN, CREATED);
    let judge = |input: &str| plain(&Message::new(input, format!("sig={signature}")));
    assert_eq!(judge(&format!("sig={input}")), Ok(()));
    for odd in [
        format!("sig={input}, sig={input}"),
        format!("sig={input},"),
        format!("sig={input}, other"),
        format!("sig={}", input.replace('(', "")),
        format!("sig={}", input.replace(')', "")),
        format!("sig={}", input.replace(";created", "created")),
        format!("sig={}", input.replace("\"@method\"", "@method")),
        format!("sig={}", input.replace("\"@method\"", "\"@Method\"")),
        format!("sig={}", input.replace("\"@method\"", "\"@method\" \"@method\"")),
        format!("sig={}", input.replace("\"@method\"", "\"a\\\"b\"")),
    ] {
        assert_eq!(judge(&odd), Err(Reason::SignatureMalformed), "{odd}");
    }
    let several = |count: usize| {
        let inputs: String = (1..count).map(|number| format!(", l{number}=()")).collect();
        let message = Message::new(format!("sig={input}{inputs}"), format!("sig={signature}"));
        self::judge(builder("https://hooks.example.com").config("label", "sig"), &message)
    };
    assert_eq!((several(16), several(17)), (Ok(()), Err(Reason::SignatureMalformed)));
    // Marks inside of quotes separate nothing.
    for key in ["a,b", "a;b", "a b", "(", ")", "a=b"] {
        let parameters = format!("{CREATED};keyid=\"{key}\";alg=\"ed25519\"");
        assert_eq!(plain(&covering(PLAIN, &parameters)), Ok(()), "{key}");
        let wrong = format!(";keyid=\"{key}\"{CREATED};alg=\"hmac-sha256\"");
        assert_eq!(plain(&covering(PLAIN, &wrong)), Err(Reason::AlgorithmNotAllowed), "{key}");
    }
    let spaced =
        format!("({} ){CREATED}", PLAIN.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("  "));
    let lines: String = PLAIN.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let signature = self::signature(&format!("{lines}\"@signature-params\": {spaced}"));
    let message = Message::new(format!(" sig={spaced} "), format!("sig={signature}"));
    assert_eq!(plain(&message), Ok(()));
    for missing in ["signature-input", "signature"] {
        let mut message = covering(PLAIN, CREATED);
        message.headers.retain(|(name, _)| *name != missing);
        assert_eq!(plain(&message), Err(Reason::SignatureMissing), "{missing}");
    }
}

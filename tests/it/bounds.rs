//! Caps are inclusive: what is just inside passes, and one more does not.

use hookgate::{
    Reason, UnixTime, Verifier,
    providers::{StandardWebhooks, Stripe},
    testing::Signer,
};

use crate::support::{NOW, SECRET};

const WHSEC: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn judge(verifier: &Verifier, head: hookgate::Head<'_>, body: &'static str) -> Result<usize, Reason> {
    let judged = verifier.verify(head, body, NOW);
    judged.map(|delivery| delivery.key_index()).map_err(|error| error.reason())
}

#[test]
fn sixteen_signatures_may_be_candidates() {
    let verifier = Verifier::builder::<StandardWebhooks>().secret(WHSEC).build().expect("a verifier");
    let signed = Signer::new::<StandardWebhooks>(WHSEC).at(NOW).id("msg_1").sign("{}").expect("a delivery");
    let with = |junk: usize| {
        let mut signed = signed.clone();
        let (_, value) =
            signed.headers_mut().iter_mut().find(|(name, _)| name == "webhook-signature").expect("it");
        *value = format!("{}{value}", "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ".repeat(junk));
        judge(&verifier, signed.head(), "{}")
    };
    assert_eq!((with(0), with(15), with(16)), (Ok(0), Ok(0), Err(Reason::TooManySignatures)));
}

#[test]
fn a_signature_header_may_have_8_kib() {
    let verifier = Verifier::builder::<Stripe>().secret(SECRET).build().expect("a verifier");
    let signed = Signer::new::<Stripe>(SECRET).at(NOW).sign("{}").expect("a delivery");
    let long = |bytes: usize| {
        let mut signed = signed.clone();
        let (_, value) = &mut signed.headers_mut()[0];
        let filling = "x".repeat(bytes - value.len() - ",v0=".len());
        value.push_str(&format!(",v0={filling}"));
        assert_eq!(value.len(), bytes);
        judge(&verifier, signed.head(), "{}")
    };
    assert_eq!((long(8192), long(8193)), (Ok(0), Err(Reason::SignatureTooLong)));
}

#[test]
fn the_tolerance_is_inclusive_to_the_millisecond() {
    let verifier = Verifier::builder::<Stripe>().secret(SECRET).build().expect("a verifier");
    let signed = Signer::new::<Stripe>(SECRET).at(NOW).sign("{}").expect("a delivery");
    let at = |millis: i64| {
        let now = UnixTime::from_millis(NOW.as_millis() + millis);
        verifier.verify(signed.head(), "{}", now).map(drop).map_err(|error| error.reason())
    };
    assert_eq!((at(300_000), at(300_001)), (Ok(()), Err(Reason::TooOld)));
    assert_eq!((at(-300_000), at(-300_001)), (Ok(()), Err(Reason::FromTheFuture)));
}

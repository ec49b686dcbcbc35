//! What is called covered cannot be changed, and what is the same under its signatures is one event.

use hookgate::{Provider, providers::CoinbaseCdp};

use crate::{
    attacks::{Gate, mac},
    support::SECRET,
};

/// <https://docs.cdp.coinbase.com/webhooks/verify-signatures>
#[tokio::test]
async fn an_event_stays_the_same_under_an_older_version_of_its_signature() {
    const BODY: &str = r#"{"eventType":"onchain.activity"}"#;
    let newer = mac(SECRET, format!("1700000000.x-event-id.e-1.{BODY}"));
    let older = mac(SECRET, format!("1700000000.{BODY}"));
    let send = |signature: &str, id: &str| {
        let headers = [("x-hook0-signature", signature.as_bytes()), ("x-event-id", id.as_bytes())];
        crate::attacks::post(&headers, BODY)
    };
    let gate = Gate::new(CoinbaseCdp::SCHEME);
    let both = format!("t=1700000000,h=x-event-id,v1={newer},v0={older}");
    gate.handles("both", send(&both, "e-1")).await;
    let stripped = format!("t=1700000000,v0={older}");
    assert_eq!(gate.ask(send(&stripped, "e-2")).await, (200, "replayed", ""));
    // A signature of one version is none of the other.
    for wrong in [
        format!("t=1700000000,h=x-event-id,v1={older},v0={newer}"),
        format!("t=1700000000,v0={newer},h=x-event-id"),
    ] {
        assert_eq!(gate.refuses(&wrong, send(&wrong, "e-1")).await, "signature_mismatch");
    }
}

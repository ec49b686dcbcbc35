//! What an answer, a report and a rejection tell.

use std::time::Duration;

use axum::{body::Body, http::Request, response::IntoResponse};
use hookgate::{
    Answer, Receiver,
    providers::{MessageBird, Stripe},
    receiver::{Disposition, EventRejection, MissingGate, Permanent, Settlement},
};

use crate::support::{Bench, Effects, SECRET, app, ask, counting, request, stripe, until};

async fn answer(app: &axum::Router, request: Request<Body>) -> (axum::http::Response<Body>, Answer) {
    let response = tower::ServiceExt::oneshot(app.clone(), request).await.expect("no error");
    let answer = *response.extensions().get::<Answer>().expect("an answer");
    (response, answer)
}

#[tokio::test]
async fn an_answer_says_what_the_response_says() {
    let bench = Bench::new();
    let app = app(&bench.stripe().build().expect("a receiver"), |_| async {});
    let mut put = request(&stripe("evt_1"));
    *put.method_mut() = axum::http::Method::PUT;
    let (response, said) = answer(&app, put).await;
    assert_eq!((response.status().as_u16(), said.status(), said.allow()), (405, 405, &["POST"][..]));
    assert_eq!(response.headers()["allow"], "POST");
    let (response, said) = answer(&app, request(&stripe("evt_1"))).await;
    assert_eq!((said.allow(), said.body(), said.retry_after_secs()), (&[][..], "", None));
    assert!(!response.headers().contains_key("allow"));
}

#[tokio::test]
async fn every_method_of_a_scheme_is_allowed() {
    let messagebird = Receiver::<MessageBird>::builder().secret(SECRET).public_url("https://example.com");
    let app = app(&messagebird.build().expect("a receiver"), |_| async {});
    let put = Request::put("/hooks").body(Body::empty()).expect("a request");
    let (response, said) = answer(&app, put).await;
    assert_eq!((response.status().as_u16(), said.allow()), (405, &["POST", "GET", "DELETE"][..]));
    assert_eq!(response.headers()["allow"], "POST, GET, DELETE");
}

/// Whole seconds, rounded up: a lease of two seconds is over in two.
#[tokio::test]
async fn a_running_event_is_to_be_asked_for_when_its_lease_ends_or_soon() {
    for (lease, expected) in [(2000, 2), (2001, 3), (999, 1), (10_000, 10), (60_000, 10)] {
        let bench = Bench::new();
        let receiver = bench.stripe().lease(Duration::from_millis(lease)).build().expect("a receiver");
        let effects = Effects::default();
        let app = counting(&receiver, &effects, Duration::from_secs(3600));
        let running = app.clone();
        tokio::spawn(async move { ask(&running, &stripe("evt_1")).await });
        until(|| effects.runs() == 1).await;
        let (response, said) = answer(&app, request(&stripe("evt_1"))).await;
        assert_eq!(
            (response.status().as_u16(), said.retry_after_secs()),
            (503, Some(expected)),
            "{lease} ms"
        );
        assert_eq!(response.headers()["retry-after"], expected.to_string());
    }
}

#[test]
fn names_and_reasons_read_as_text() {
    assert_eq!(Disposition::GivenUp.to_string(), "given_up");
    assert_eq!(Disposition::Handled.to_string(), Disposition::Handled.as_str());
    let missing = MissingGate.to_string();
    assert!(missing.contains("WebhookLayer") && missing.contains("actix"), "{missing}");
    assert_eq!(EventRejection::from(MissingGate).to_string(), missing);
    let receiver = Receiver::<Stripe>::builder().secret(SECRET);
    assert_eq!(receiver.build().expect("a receiver").name(), "stripe");
    let receiver = Receiver::<Stripe>::builder().secret(SECRET).name("eu-payments");
    assert_eq!(receiver.build().expect("a receiver").name(), "eu-payments");
}

#[tokio::test]
async fn a_classifier_sees_whether_trying_again_is_of_use() {
    for (permanent, expected) in [(true, "given_up"), (false, "released")] {
        let bench = Bench::new();
        let receiver = bench.stripe().classify(|report| match report.is_permanent() {
            true => Settlement::CompleteAsFailed,
            false => Settlement::Release,
        });
        let app = app(&receiver.build().expect("a receiver"), move |_| async move {
            let mut response = axum::http::StatusCode::CONFLICT.into_response();
            if permanent {
                response.extensions_mut().insert(Permanent);
            }
            response
        });
        assert_eq!(ask(&app, &stripe("evt_1")).await.1, expected);
    }
}

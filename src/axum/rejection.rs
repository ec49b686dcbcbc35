use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode};

use crate::receiver::{Answer, BatchOutcome, EventRejection, MissingGate, Undecodable};

impl IntoResponse for MissingGate {
    fn into_response(self) -> Response {
        respond(self.into())
    }
}

impl IntoResponse for EventRejection {
    fn into_response(self) -> Response {
        let mut response = respond(Answer::from(&self));
        if let Self::Undecodable(_) = self {
            response.extensions_mut().insert(Undecodable);
        }
        response
    }
}

impl IntoResponse for BatchOutcome {
    fn into_response(self) -> Response {
        let mut response = respond(self.into());
        if self.undecodable {
            response.extensions_mut().insert(Undecodable);
        }
        response
    }
}

fn respond(answer: Answer) -> Response {
    let mut response = StatusCode::from_u16(answer.status()).unwrap_or_default().into_response();
    answer.each_header(|name, value| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    });
    response
}

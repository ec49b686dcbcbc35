use std::fmt;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};

use crate::receiver::{Answer, BatchOutcome, EventRejection, MissingGate, Spoken, Undecodable};

/// An answer of the gate's own where the request is gone with its handler.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Answer);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the gate answered {}: {}", self.0.status(), self.0.disposition())
    }
}

macro_rules! answered {
    ($type:ty, $answer:expr) => {
        impl ResponseError for $type {
            fn status_code(&self) -> StatusCode {
                let answer: fn(&Self) -> Answer = $answer;
                status(&answer(self))
            }

            fn error_response(&self) -> HttpResponse<BoxBody> {
                let answer: fn(&Self) -> Answer = $answer;
                respond(answer(self))
            }
        }
    };
}

answered!(Refused, |refused| refused.0);
answered!(MissingGate, |missing| Answer::from(*missing));

impl ResponseError for EventRejection {
    fn status_code(&self) -> StatusCode {
        status(&Answer::from(self))
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        marked(matches!(self, Self::Undecodable(_)), Answer::from(self))
    }
}

fn status(answer: &Answer) -> StatusCode {
    StatusCode::from_u16(answer.status()).unwrap_or_default()
}

/// The gate's own response: status and headers, no body.
pub(super) fn respond(spoken: impl Into<Spoken>) -> HttpResponse<BoxBody> {
    let spoken = spoken.into();
    let answer = spoken.answer;
    let mut response = HttpResponse::with_body(status(&answer), BoxBody::new(spoken.body.clone()));
    spoken.each_header(|name, value| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    });
    response.extensions_mut().insert(answer);
    response
}

fn marked(undecodable: bool, answer: Answer) -> HttpResponse<BoxBody> {
    let mut response = respond(answer);
    if undecodable {
        response.extensions_mut().insert(Undecodable);
    }
    response
}

impl Responder for BatchOutcome {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        marked(self.undecodable, Answer::from(self))
    }
}

//! What becomes of a claim and of the answer, once its handler ended.

use super::{Answer, Disposition, Report, Settlement};
use crate::scheme::Scheme;

/// What is to become of a claim, and of the answer.
pub(super) struct Verdict {
    pub(super) settlement: Settlement,
    /// The status to remember the event by.
    pub(super) handled: u16,
    pub(super) answer: Answer,
    pub(super) keeps_output: bool,
    /// Instead of what settling says.
    pub(super) disposition: Option<Disposition>,
}

impl Verdict {
    pub(super) fn failed(status: u16, why: &'static str) -> Self {
        let answer = match status {
            503 => Answer::refused(status, why),
            _ => Answer::new(status, Disposition::Released).because(why),
        };
        Self {
            settlement: Settlement::Release,
            handled: status,
            answer,
            keeps_output: false,
            disposition: None,
        }
    }

    pub(super) fn of(scheme: &Scheme, report: Report, settlement: Settlement) -> Self {
        let handled = report.status;
        let answer = Answer::new(handled, Disposition::Handled);
        match (report.undecodable, settlement) {
            (false, Settlement::Complete) => {
                Self { settlement, handled, answer, keeps_output: true, disposition: None }
            }
            (false, _) => {
                let answer = answer.because(answered(handled));
                Self { settlement, handled, answer, keeps_output: true, disposition: None }
            }
            (true, Settlement::Release) => Self {
                settlement,
                handled,
                answer: answer.because("undecodable"),
                keeps_output: true,
                disposition: Some(Disposition::Undecodable),
            },
            (true, _) => Self {
                settlement,
                handled,
                answer: Answer::acknowledged(scheme, 200, Disposition::GivenUp).because("undecodable"),
                keeps_output: false,
                disposition: None,
            },
        }
    }

    /// The last attempt failed: remembered as done, so that the provider stops retrying.
    pub(super) fn given_up(scheme: &Scheme, handled: u16) -> Self {
        Self {
            settlement: Settlement::CompleteAsFailed,
            handled,
            answer: Answer::acknowledged(scheme, 200, Disposition::GivenUp).because("max_attempts"),
            keeps_output: false,
            disposition: None,
        }
    }
}

/// Why a claim did not end in success, where the handler's own answer says it.
const fn answered(status: u16) -> &'static str {
    match status {
        200..=299 => "answered_2xx",
        300..=399 => "answered_3xx",
        400..=499 => "answered_4xx",
        _ => "answered_5xx",
    }
}

//! `hookgate providers`.

use std::io::{self, Write};

use serde_json::json;

use crate::{providers, scheme::Scheme};

pub(super) fn print(mut output: impl Write, as_json: bool) -> io::Result<()> {
    let width = providers::ALL.iter().map(|scheme| scheme.name().len()).max().unwrap_or(0);
    for scheme in providers::ALL {
        if as_json {
            writeln!(output, "{}", object(scheme))?;
        } else {
            let place = scheme.signature_place();
            writeln!(output, "{:width$}  {:32}  {place}", scheme.name(), scheme.algorithm())?;
        }
    }
    output.flush()
}

fn object(scheme: &Scheme) -> serde_json::Value {
    let bound = scheme.bound();
    json!({
        "provider": scheme.name(),
        "algorithm": scheme.algorithm(),
        "signature": scheme.signature_place(),
        "public_key": scheme.needs_public_key(),
        "bound": {
            "body": bound.body,
            "timestamp": bound.timestamp,
            "id": bound.id,
            "type": bound.event_type,
            "url": bound.url,
        },
        "id": scheme.id_place(),
        "type": scheme.event_type_place(),
    })
}

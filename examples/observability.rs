//! The quickstart's routes with everything an operator looks at: `/metrics` in Prometheus' text format, and
//! log lines with a span per delivery.
//!
//! Run it: `cargo run --example observability --features axum,metrics,testing`. Then paste some of the `curl`
//! lines that it prints, and look at <http://127.0.0.1:3000/metrics>. The dashboard beside this file,
//! `observability/dashboard.json`, goes into Grafana with a Prometheus that scrapes it.
//!
//! The environment variables are the quickstart's, and `RUST_LOG` chooses what is logged: `hookgate=debug`
//! shows duplicates too.

mod demo;
#[path = "demo/routes.rs"]
mod routes;

use std::{error::Error, process::ExitCode};

use axum::{Router, routing::get};
use demo::Secrets;
use hookgate::telemetry;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

/// From a tenth of a millisecond to half a minute: from a verdict to a slow handler.
const SECONDS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0, 30.0];
/// From a ping to the largest body that is let in.
const BYTES: [f64; 6] = [256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 1_048_576.0];

async fn run() -> Result<(), Box<dyn Error>> {
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Full(telemetry::BODY_BYTES.to_owned()), &BYTES)?
        .install_recorder()?;
    telemetry::describe();

    let port = demo::port()?;
    let secrets = Secrets::from_env()?;
    let receivers = secrets.receivers(None)?;
    let listener = routes::listen(port).await?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("listening on {base}\n");
    secrets.print_curls(&base)?;
    println!("# what was counted\ncurl -s '{base}/metrics'\n");
    // Behind no gate: let only your Prometheus reach it.
    let metrics = Router::new().route("/metrics", get(async move || metrics.render()));
    let app = routes::app(&receivers).merge(metrics);
    routes::serve(listener, app, receivers, demo::asked_to_end()).await
}

#[tokio::main]
async fn main() -> ExitCode {
    demo::main(run()).await
}

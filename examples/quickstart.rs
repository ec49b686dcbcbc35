//! Three providers behind the gate, on the embedded store, and a route to try things by hand.
//!
//! Run it: `cargo run --example quickstart --features axum,testing`. It prints `curl` lines to paste.
//! The routes and handlers are in `demo/routes.rs`.
//!
//! | variable | default |
//! |---|---|
//! | `PORT` | 3000 |
//! | `GITHUB_SECRET` | GitHub's documented `It's a Secret to Everybody` |
//! | `STRIPE_SECRET`, `STANDARD_SECRET` | demo values; set your own |

mod demo;
#[path = "demo/routes.rs"]
mod routes;

use std::{error::Error, process::ExitCode};

use demo::Secrets;

async fn run() -> Result<(), Box<dyn Error>> {
    let port = demo::port()?;
    let secrets = Secrets::from_env()?;
    let receivers = secrets.receivers(None)?;
    let listener = routes::listen(port).await?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("listening on {base}\n");
    secrets.print_curls(&base)?;
    routes::serve(listener, routes::app(&receivers), receivers, demo::asked_to_end()).await
}

#[tokio::main]
async fn main() -> ExitCode {
    demo::main(run()).await
}

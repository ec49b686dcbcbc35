//! The quickstart's routes in two processes over one Redis: what one of them handled, the other knows.
//!
//! Run it with a Redis at hand: `cargo run --example redis --features axum,redis,testing`. It starts a
//! second process of itself on the next port and prints `curl` lines for both.
//!
//! | variable | default |
//! |---|---|
//! | `REDIS_URL` | `redis://127.0.0.1:6379/` |
//! | `PORT` | 3000, and 3001 for the second process |
//! | `GITHUB_SECRET`, `STRIPE_SECRET`, `STANDARD_SECRET` | as for the quickstart |

mod demo;
#[path = "demo/routes.rs"]
mod routes;

use std::{
    env,
    error::Error,
    process::{Command, ExitCode, Stdio},
};

use demo::Secrets;
use hookgate::{
    DynStore,
    store::{Reconnecting, RedisStore},
};
use tokio::sync::oneshot;

/// Tells the second process that it is one.
const SECOND: &str = "HOOKGATE_EXAMPLE_SECOND";

async fn run() -> Result<(), Box<dyn Error>> {
    let port = demo::port()?;
    let url = env::var("REDIS_URL").unwrap_or_else(|_| "redis://127.0.0.1:6379/".to_owned());
    let client = redis::Client::open(url.as_str())?;
    let store = RedisStore::new(Reconnecting::new(move || {
        let client = client.clone();
        async move { client.get_multiplexed_async_connection().await }
    }));
    let health = store.health().await.map_err(|error| {
        let why = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        format!("no Redis at REDIS_URL: {why}. Start one with `redis-server`")
    })?;

    let secrets = Secrets::from_env()?;
    let receivers = secrets.receivers(Some(DynStore::new(store)))?;
    let listener = routes::listen(port).await?;
    let base = format!("http://{}", listener.local_addr()?);
    println!("listening on {base}, remembering in Redis {}\n", health.version());
    if env::var_os(SECOND).is_some() {
        let until = async {
            tokio::select! {
                () = demo::asked_to_end() => {}
                () = left_alone() => {}
            }
        };
        return routes::serve(listener, routes::app(&receivers), receivers, until).await;
    }
    secrets.print_curls(&base)?;
    let second = if port == 0 { 0 } else { port + 1 };
    println!("# the same lines work on the second process: paste them with its port\n");
    let mut command = Command::new(env::current_exe()?);
    command.env(SECOND, "1").env("PORT", second.to_string()).stdin(Stdio::piped());
    let mut second = command.spawn()?;
    let served = routes::serve(listener, routes::app(&receivers), receivers, demo::asked_to_end()).await;
    drop(second.stdin.take());
    second.wait()?;
    served
}

/// Completes when the first process has gone, which holds the other end of this one's input.
async fn left_alone() {
    let (tell, told) = oneshot::channel::<()>();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(tell);
    });
    let _ = told.await;
}

#[tokio::main]
async fn main() -> ExitCode {
    demo::main(run()).await
}

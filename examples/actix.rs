//! The quickstart's twin on actix-web: the same receivers, routes and answers.
//!
//! Run it: `cargo run --example actix --features actix,testing`. It prints `curl` lines to paste. The
//! environment variables are the quickstart's.

mod demo;

use std::{error::Error, net::TcpListener, process::ExitCode, time::Duration};

use actix_web::{
    App, HttpResponse, HttpServer,
    web::{Query, ServiceConfig, post, resource},
};
use demo::{Demo, Receivers, Secrets, StripeEvent, handled, taken};
use hookgate::actix::{Delivery, Event, Webhook};

async fn on_stripe(Event(event): Event<StripeEvent>, delivery: Delivery) -> HttpResponse {
    if let StripeEvent::InvoicePaid { id } = event {
        println!("an invoice was paid: {id}");
    }
    handled(&delivery);
    HttpResponse::Ok().finish()
}

async fn on_any(delivery: Delivery) -> HttpResponse {
    handled(&delivery);
    HttpResponse::Ok().finish()
}

/// Takes as long as it is told to, and fails if it is told to.
async fn on_demo(Query(demo): Query<Demo>, delivery: Delivery) -> HttpResponse {
    actix_web::rt::time::sleep(Duration::from_millis(demo.work_ms)).await;
    if demo.fail == 1 {
        println!("failed {} (attempt {})", delivery.provider(), delivery.attempt().unwrap_or(0));
        return HttpResponse::InternalServerError().finish();
    }
    handled(&delivery);
    HttpResponse::Ok().finish()
}

fn routes(config: &mut ServiceConfig, receivers: Receivers) {
    let Receivers { github, stripe, standard, demo } = receivers;
    config
        .service(resource("/webhooks/github").wrap(Webhook::new(github)).route(post().to(on_any)))
        .service(resource("/webhooks/stripe").wrap(Webhook::new(stripe)).route(post().to(on_stripe)))
        .service(resource("/webhooks/standard").wrap(Webhook::new(standard)).route(post().to(on_any)))
        .service(resource("/webhooks/demo").wrap(Webhook::new(demo)).route(post().to(on_demo)));
}

async fn run() -> Result<(), Box<dyn Error>> {
    let port = demo::port()?;
    let secrets = Secrets::from_env()?;
    let receivers = secrets.receivers(None)?;
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| taken(port, &error))?;
    let base = format!("http://{}", listener.local_addr()?);
    let shared = receivers.clone();
    let server = HttpServer::new(move || App::new().configure(|config| routes(config, shared.clone())));
    let server = server.disable_signals().shutdown_timeout(5).listen(listener)?.run();
    println!("listening on {base}\n");
    secrets.print_curls(&base)?;
    let (handle, server) = (server.handle(), actix_web::rt::spawn(server));
    demo::asked_to_end().await;
    // The handlers first: those whose senders hung up live on the server's threads, which end with it.
    receivers.shutdown().await;
    handle.stop(true).await;
    Ok(server.await??)
}

#[actix_web::main]
async fn main() -> ExitCode {
    demo::main(run()).await
}

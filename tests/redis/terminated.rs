//! Servers that are told to end under load, one after the other, over one Redis: `kill -TERM`.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread,
    time::Duration,
};

use axum::{Router, routing::post};
use hookgate::{Receiver, WebhookLayer, axum::Delivery, providers::Stripe, store::RedisStore};
use tokio::signal::unix::{SignalKind, signal as signals};

use crate::{
    servers::{Folder, Server, free_port, signal},
    stripe_on,
    support::{stripe, wire},
};

const SENDERS: u64 = 16;
const ROUNDS: usize = 6;

/// A server's process.
fn server(door: &str, port: u16, redis: &Server, folder: &Folder) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["terminated::a_server_of_its_own", "--exact", "--nocapture"]);
    command.env("HOOKGATE_TEST_SERVER", format!("{door} {port} {}", redis.url()));
    command.env("HOOKGATE_TEST_FOLDER", folder.path());
    command.stdout(Stdio::null()).spawn().expect("a process")
}

/// Does nothing, unless it was started by another test as its server.
#[test]
fn a_server_of_its_own() {
    let Ok(task) = std::env::var("HOOKGATE_TEST_SERVER") else { return };
    let folder = PathBuf::from(std::env::var("HOOKGATE_TEST_FOLDER").expect("a folder"));
    let words: Vec<&str> = task.split(' ').collect();
    let [door, port, url] = words.as_slice() else { panic!("a task is {task:?}") };
    let address = SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port")));
    let build = async || {
        let client = redis::Client::open(*url).expect("a client");
        let store = RedisStore::new(client.get_connection_manager().await.expect("a connection"));
        stripe_on(store).build().expect("a receiver")
    };
    match *door {
        "axum" => tokio::runtime::Runtime::new()
            .expect("a runtime")
            .block_on(async { serve_axum(build().await, address, folder).await }),
        "actix" => {
            actix_web::rt::System::new().block_on(async { serve_actix(build().await, address, folder).await })
        }
        other => panic!("no door is called {other}"),
    }
}

/// What a handler does: something that takes some time, and cannot be undone.
async fn effect(folder: &Path, id: &str) {
    tokio::time::sleep(Duration::from_millis(30)).await;
    let file = OpenOptions::new().create(true).append(true).open(folder.join("effects"));
    file.and_then(|mut file| file.write_all(format!("{id}\n").as_bytes())).expect("written");
}

async fn serve_axum(receiver: Receiver<Stripe>, address: SocketAddr, folder: PathBuf) {
    let mut told = signals(SignalKind::terminate()).expect("signals");
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let handle = async move |delivery: Delivery| {
        effect(&folder, delivery.id().expect("an id").as_str()).await;
    };
    let app = Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()));
    let listener = tokio::net::TcpListener::bind(address).await.expect("the port");
    let server = axum::serve(listener, app).with_graceful_shutdown(async { drop(ended.await) });
    let server = tokio::spawn(server.into_future());
    told.recv().await;
    drop(end);
    assert_eq!(receiver.shutdown(Duration::from_secs(60)).await, 0, "all handlers came to their end");
    server.await.expect("no panic").expect("served");
}

async fn serve_actix(receiver: Receiver<Stripe>, address: SocketAddr, folder: PathBuf) {
    let mut told = signals(SignalKind::terminate()).expect("signals");
    let gate = receiver.clone();
    let app = move || {
        let folder = folder.clone();
        let handle = move |delivery: hookgate::actix::Delivery| {
            let folder = folder.clone();
            async move {
                effect(&folder, delivery.id().expect("an id").as_str()).await;
                actix_web::HttpResponse::Ok().finish()
            }
        };
        let hooks = actix_web::web::resource("/hooks").wrap(hookgate::actix::Webhook::new(gate.clone()));
        actix_web::App::new().service(hooks.route(actix_web::web::post().to(handle)))
    };
    let server = actix_web::HttpServer::new(app).workers(2).disable_signals().bind(address);
    let server = server.expect("the port").run();
    let (handle, server) = (server.handle(), actix_web::rt::spawn(server));
    told.recv().await;
    assert_eq!(receiver.shutdown(Duration::from_secs(60)).await, 0, "all handlers came to their end");
    handle.stop(true).await;
    server.await.expect("no panic").expect("served");
}

/// Sends one delivery; what it is answered, if anything.
fn deliver(address: SocketAddr, bytes: &[u8]) -> Option<u16> {
    let mut socket = TcpStream::connect(address).ok()?;
    socket.write_all(bytes).ok()?;
    let mut answer = Vec::new();
    // A connection that is reset may have said something before.
    let _ = socket.read_to_end(&mut answer);
    std::str::from_utf8(&answer).ok()?.split(' ').nth(1)?.parse().ok()
}

/// LIF-10: no event is lost and none runs twice, whatever is under way when the process is told to end.
fn told_to_end_under_load(door: &str) {
    let (redis, folder, port) = (Server::start(), Folder::new(), free_port());
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let (over, sent, refused) =
        (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let senders: Vec<_> = (0..SENDERS)
        .map(|_| {
            let (over, sent, refused) = (Arc::clone(&over), Arc::clone(&sent), Arc::clone(&refused));
            thread::spawn(move || {
                let mut acknowledged = Vec::new();
                while !over.load(SeqCst) {
                    let id = format!("evt_{}", sent.fetch_add(1, SeqCst));
                    let bytes = wire(&stripe(&id));
                    // A provider that comes again until it hears a 2xx.
                    loop {
                        match deliver(address, &bytes) {
                            Some(200..=299) => break,
                            Some(503) => drop(refused.fetch_add(1, SeqCst)),
                            Some(other) => panic!("{id}: {other}"),
                            None => {}
                        }
                        thread::sleep(Duration::from_millis(5));
                    }
                    acknowledged.push(id);
                }
                acknowledged
            })
        })
        .collect();
    for round in 0..ROUNDS {
        let mut process = server(door, port, &redis, &folder);
        let before = sent.load(SeqCst);
        while sent.load(SeqCst) < before + 10 * SENDERS {
            thread::sleep(Duration::from_millis(5));
            assert!(process.try_wait().expect("its state").is_none(), "it serves until it is told to end");
        }
        if round + 1 == ROUNDS {
            over.store(true, SeqCst);
            while !senders.iter().all(thread::JoinHandle::is_finished) {
                thread::sleep(Duration::from_millis(5));
            }
        }
        signal(process.id(), "TERM");
        assert!(process.wait().expect("it ended").success(), "round {round}");
    }
    let acknowledged: Vec<String> =
        senders.into_iter().flat_map(|sender| sender.join().expect("all were sent")).collect();
    let mut effects: BTreeMap<String, usize> = BTreeMap::new();
    for id in fs::read_to_string(folder.path().join("effects")).expect("effects").lines() {
        *effects.entry(id.to_owned()).or_default() += 1;
    }
    assert_eq!(effects.len(), acknowledged.len(), "{door}: every event was handled");
    assert!(effects.values().all(|runs| *runs == 1), "{door}: an event was handled twice");
    assert!(effects.len() as u64 >= ROUNDS as u64 * 10 * SENDERS);
    println!("{door}: {} events, {} answered 503 on the way", effects.len(), refused.load(SeqCst));
}

#[test]
fn axum_told_to_end_under_load_loses_and_doubles_nothing() {
    told_to_end_under_load("axum");
}

#[test]
fn actix_told_to_end_under_load_loses_and_doubles_nothing() {
    told_to_end_under_load("actix");
}

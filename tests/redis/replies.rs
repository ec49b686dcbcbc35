//! What comes back: errors of all kinds, redirections, and replies that are late.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use hookgate::{
    Answer, EventId, StoreErrorKind,
    store::{Claim, EventKey, Outcome, RedisStore, Retention, Scope, Store},
};
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::{
    doubles::{Double, Replies},
    github_on,
    servers::{Cluster, Server},
    store, stripe_on,
    support::{Effects, ask, counting, github, send, stripe, until},
};

const SOON: Duration = Duration::ZERO;
const LEASE: Duration = Duration::from_secs(60);
const KEPT: Retention = Retention::new(Duration::from_secs(60), Duration::ZERO);

/// A server that speaks the protocol and replies to claims and scripts what it is told to.
#[derive(Clone)]
struct Parrot {
    port: u16,
    says: Arc<Mutex<[String; 2]>>,
}

/// To `SET` of a key that is not there, and by a script that took its step.
const WELL: [&str; 2] = ["$-1", ":1"];

impl Parrot {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let parrot = Self { port, says: Arc::default() };
        let serving = parrot.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(socket));
            }
        });
        parrot.says(WELL);
        parrot
    }

    fn says(&self, [to_set, to_script]: [&str; 2]) {
        *self.says.lock().expect("replies") = [to_set.to_owned(), to_script.to_owned()];
    }

    async fn serve(self, mut socket: TcpStream) {
        let (reading, mut writing) = socket.split();
        let mut reading = BufReader::new(reading);
        while let Some(command) = command(&mut reading).await {
            let reply = {
                let [to_set, to_script] = &*self.says.lock().expect("replies");
                match command.as_str() {
                    "SET" => to_set.clone(),
                    "EVALSHA" | "EVAL" => to_script.clone(),
                    _ => "+OK".to_owned(),
                }
            };
            if writing.write_all(format!("{reply}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }

    async fn connect(&self) -> ConnectionManager {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port)).expect("a client");
        let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_millis(20));
        client.get_connection_manager_with_config(config).await.expect("a connection")
    }
}

/// The name of the next command, if there is one.
async fn command(from: &mut (impl AsyncBufReadExt + Unpin)) -> Option<String> {
    async fn number(from: &mut (impl AsyncBufReadExt + Unpin)) -> Option<usize> {
        let mut line = String::new();
        from.read_line(&mut line).await.ok()?;
        line.trim_end().get(1..)?.parse().ok()
    }
    let mut words = Vec::new();
    for _ in 0..number(from).await? {
        let mut word = vec![0; number(from).await? + 2];
        from.read_exact(&mut word).await.ok()?;
        words.push(word);
    }
    Some(String::from_utf8_lossy(words.first()?).trim_end().to_ascii_uppercase())
}

const ERRORS: [&str; 14] = [
    "-LOADING Redis is loading the dataset in memory",
    "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    "-MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
    "-NOAUTH Authentication required.",
    "-WRONGPASS invalid username-password pair or user is disabled.",
    "-NOPERM User hooks has no permissions to run the 'set' command",
    "-CLUSTERDOWN Hash slot not served",
    "-TRYAGAIN Multiple keys request during rehashing of slot",
    "-MOVED 3999 127.0.0.1:1",
    "-ASK 3999 127.0.0.1:1",
    "-CROSSSLOT Keys in request don't hash to the same slot",
    "-NOREPLICAS Not enough good replicas to write.",
    "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    "-ERR max number of clients reached",
];

/// Replies of a kind that Redis never gives here.
const ODD: [&str; 5] = ["+OK", ":17", "*0", "$5\r\nhello", "*2\r\n:1\r\n:2"];

/// STO-13: whatever the server says is wrong, it is neither a new event nor a duplicate.
#[tokio::test]
async fn an_error_is_no_answer_about_an_event() {
    let parrot = Parrot::start().await;
    let effects = Effects::default();
    let connection = parrot.connect().await;
    let stripes = stripe_on(store(connection.clone())).build().expect("a receiver");
    let hubs = github_on(store(connection)).build().expect("a receiver");
    let (stripes, hubs) = (counting(&stripes, &effects, SOON), counting(&hubs, &effects, SOON));
    let cases = ERRORS.map(|error| (error, "store_unavailable")).into_iter();
    for (reply, why) in cases.chain(ODD.map(|odd| (odd, "store_corrupt"))) {
        // The one claims with a command, the other with a script.
        for (app, event) in [(&stripes, stripe("evt_1")), (&hubs, github("guid-1", "{}"))] {
            // `:17` is what the script says when a claim is won.
            if reply == ":17" && std::ptr::eq(app, &hubs) {
                continue;
            }
            parrot.says([reply, reply]);
            let response = send(app, &event).await;
            let answer = response.extensions().get::<Answer>().expect("an answer");
            assert_eq!((response.status().as_u16(), answer.why()), (503, why), "{reply}");
            assert!(response.headers().contains_key("retry-after"), "{reply}");
        }
    }
    assert_eq!(effects.runs(), 0);
    parrot.says(WELL);
    assert_eq!(ask(&stripes, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(ask(&hubs, &github("guid-1", "{}")).await, (204, "handled"));
}

/// STO-13: and where it says so when the work is done, the work stays done.
#[tokio::test]
async fn an_error_does_not_undo_what_was_done() {
    let parrot = Parrot::start().await;
    for reply in ERRORS.into_iter().chain(ODD) {
        let effects = Effects::default();
        let builder = stripe_on(store(parrot.connect().await)).settle_retries(Duration::from_millis(1));
        let receiver = builder.build().expect("a receiver");
        let app = counting(&receiver, &effects, SOON);
        parrot.says([WELL[0], reply]);
        assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "unsettled"), "{reply}");
        until(|| receiver.in_flight() == 0).await;
        assert_eq!(effects.runs(), 1, "{reply}");
    }
}

/// STO-13: a cluster that moves a slot says where its events are, and is followed there.
#[tokio::test]
async fn redirections_are_followed_in_a_cluster() {
    let cluster = Cluster::start();
    let connection = cluster.client().get_async_connection().await.expect("a connection");
    let effects = Effects::default();
    let receiver = stripe_on(RedisStore::new(connection)).build().expect("a receiver");
    let app = counting(&receiver, &effects, SOON);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));

    let key = "hookgate:{6:stripe6:stripe}:i:evt_1";
    let (owners, others): (Vec<_>, Vec<_>) =
        cluster.nodes.iter().partition(|node| !node.cli(&["get", key]).contains("MOVED"));
    let ([from], [to, third]) = (owners.as_slice(), others.as_slice()) else { panic!("one owner of three") };
    let slot = from.cli(&["cluster", "keyslot", key]);
    let (from_id, to_id) = (from.cli(&["cluster", "myid"]), to.cli(&["cluster", "myid"]));
    assert_eq!(to.cli(&["cluster", "setslot", &slot, "importing", &from_id]), "OK");
    assert_eq!(from.cli(&["cluster", "setslot", &slot, "migrating", &to_id]), "OK");
    // What is new is asked for at the next owner (ASK), what was there is still here.
    assert_eq!(ask(&app, &stripe("evt_2")).await, (204, "handled"));
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(to.cli(&["cluster", "countkeysinslot", &slot]), "1");
    let port = to.port.to_string();
    assert_eq!(from.cli(&["migrate", "127.0.0.1", &port, "", "0", "5000", "keys", key]), "OK");
    for node in [to, from, third] {
        assert_eq!(node.cli(&["cluster", "setslot", &slot, "node", &to_id]), "OK");
    }
    // Now all of it has moved (MOVED).
    for (id, answer) in [("evt_1", (200, "done")), ("evt_2", (200, "done")), ("evt_3", (204, "handled"))] {
        assert_eq!(ask(&app, &stripe(id)).await, answer, "{id}");
    }
    assert_eq!(effects.runs(), 3);
}

/// STO-22: replies to calls that were given up arrive later, over the same connection, and never count for
/// another call. Each event has a status of its own here, by which its reply is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_reply_is_nobody_elses() {
    const EVENTS: u16 = 60;
    let server = Server::start();
    let connection = server.client().get_multiplexed_async_connection().await.expect("a connection");
    let builder = RedisStore::builder(connection).timeout(Duration::from_millis(40));
    let impatient = Arc::new(builder.build().expect("a store"));
    let key = |event: u16| {
        let id = EventId::new(&format!("evt_{event}")).expect("an id");
        // Every other one is claimed by the script.
        let content = event.is_multiple_of(2).then_some([event as u8; 16]);
        EventKey::of_id(Scope::new("late", "late", None), id).with_content(content, 1)
    };
    let patient = RedisStore::new(server.connect().await);
    for event in 0..EVENTS {
        let Claim::Won { token, .. } = patient.claim(&key(event), LEASE).await.expect("no error") else {
            panic!("not won")
        };
        patient.complete(&key(event), token, KEPT, Outcome::new(200 + event)).await.expect("no error");
    }
    /// Whether it was answered; if so, it was answered for this event.
    async fn asked(store: &impl Store, key: &EventKey, event: u16) -> bool {
        match store.claim(key, LEASE).await {
            Ok(claim) => {
                let own = Claim::Done { outcome: Outcome::new(200 + event), mismatch: false };
                assert_eq!(claim, own, "event {event}");
                true
            }
            Err(error) => {
                assert_eq!(error.kind(), StoreErrorKind::TimedOut, "event {event}: {error}");
                false
            }
        }
    }
    let mut answered = 0;
    for round in 0..10 {
        server.signal("STOP");
        let event = |number: u16| (round * 7 + number) % EVENTS;
        for number in 0..4 {
            assert!(!asked(&*impatient, &key(event(number)), event(number)).await, "nobody answers");
        }
        // Some are under way when the late replies come, and some of them are given up in between.
        let mut tasks = tokio::task::JoinSet::new();
        for number in 4..30 {
            let (store, event) = (Arc::clone(&impatient), event(number));
            let key = key(event);
            let task = tasks.spawn(async move { asked(&*store, &key, event).await });
            if number % 5 == 0 {
                tokio::task::yield_now().await;
                task.abort();
            }
        }
        server.signal("CONT");
        while let Some(task) = tasks.join_next().await {
            match task {
                Ok(was_answered) => answered += usize::from(was_answered),
                Err(error) => assert!(error.is_cancelled(), "{error}"),
            }
        }
        for number in 0..30 {
            while !asked(&*impatient, &key(event(number)), event(number)).await {}
        }
    }
    assert!(answered > 0, "none was under way when the late replies came");
}

/// A connection whose commands reach the server late, also where nobody waits for their replies any more.
#[derive(Clone)]
struct Late {
    connection: ConnectionManager,
    /// By how much, command by command; those after the last are in time.
    by: Arc<Mutex<VecDeque<Duration>>>,
}

impl Late {
    async fn to(server: &Server, by: impl IntoIterator<Item = u64>) -> Self {
        let by = by.into_iter().map(Duration::from_millis).collect();
        Self { connection: server.connect().await, by: Arc::new(Mutex::new(by)) }
    }
}

impl Replies for Late {
    fn reply<'a>(&'a mut self, command: &'a redis::Cmd) -> redis::RedisFuture<'a, redis::Value> {
        let by = self.by.lock().expect("times").pop_front().unwrap_or_default();
        let (mut connection, command) = (self.connection.clone(), command.clone());
        let sent = tokio::spawn(async move {
            tokio::time::sleep(by).await;
            redis::aio::ConnectionLike::req_packed_command(&mut connection, &command).await
        });
        Box::pin(async { sent.await.expect("no panic") })
    }
}

fn key() -> EventKey {
    EventKey::of_id(Scope::new("late", "late", None), EventId::new("evt_1").expect("an id"))
}

/// It may be still under way, over a connection that was left, when it is taken back for the first time.
#[tokio::test]
async fn a_claim_that_arrives_after_it_was_given_up_is_taken_back() {
    let server = Server::start();
    let store = RedisStore::new(Double(Late::to(&server, [800]).await));
    let timed_out = store.claim(&key(), LEASE).await.expect_err("it is late");
    assert_eq!(timed_out.kind(), StoreErrorKind::TimedOut);
    let record = || server.cli(&["get", "hookgate:{4:late4:late}:i:evt_1"]);
    until(|| record().starts_with("F0:")).await;
}

/// A duplicate of a running event takes two steps.
#[tokio::test]
async fn all_steps_of_a_claim_together_take_no_longer_than_the_time_out() {
    let server = Server::start();
    let store = RedisStore::new(Double(Late::to(&server, [0, 400, 400]).await));
    assert!(matches!(store.claim(&key(), LEASE).await, Ok(Claim::Won { .. })));
    let began = std::time::Instant::now();
    let timed_out = store.claim(&key(), LEASE).await.expect_err("it takes too long");
    assert_eq!(timed_out.kind(), StoreErrorKind::TimedOut);
    assert!(began.elapsed() < Duration::from_millis(750), "{:?}", began.elapsed());
}

//! The connection that replaces itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use hookgate::store::Reconnecting;
use redis::{
    ErrorKind, RedisResult, Value,
    aio::{ConnectionLike, MultiplexedConnection},
    sentinel::{SentinelClient, SentinelServerType},
};
use tokio::sync::Notify;

use crate::{
    doubles::{Double, Replies},
    faults::Always,
    servers::{Server, Watched},
    store, stripe_on,
    support::{Effects, ask, blocked_and_another, counting, stripe, until},
};

/// A connection to whichever server the sentinel names.
pub fn through(watched: &Watched) -> Reconnecting<MultiplexedConnection> {
    let sentinel =
        SentinelClient::build(vec![watched.sentinel.url()], "main", None, SentinelServerType::Master);
    let sentinel = Arc::new(tokio::sync::Mutex::new(sentinel.expect("a client")));
    Reconnecting::new(move || {
        let sentinel = Arc::clone(&sentinel);
        async move { sentinel.lock().await.get_async_connection().await }
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_is_followed_and_what_was_replicated_stays_done() {
    let mut watched = Watched::start();
    let effects = Effects::default();
    let receiver = stripe_on(store(through(&watched))).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    watched.replicate();
    watched.primary.kill();
    // Refused until another is promoted, and never handled in between.
    let mut refused = 0;
    while ask(&app, &stripe("evt_2")).await != (204, "handled") {
        refused += 1;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(refused > 0 && effects.runs() == 2, "{refused} refusals, {} runs", effects.runs());
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
    assert!(watched.replica.cli(&["role"]).starts_with("master"));
    assert_eq!(effects.runs(), 2);
}

/// STO-21: a peer that is silently gone costs a few calls; then its connection is not used any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_primary_that_hangs_is_left_for_the_next() {
    let watched = Watched::start();
    let effects = Effects::default();
    let receiver = stripe_on(store(through(&watched))).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    watched.replicate();
    watched.primary.signal("STOP");
    while ask(&app, &stripe("evt_2")).await != (204, "handled") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The old primary wakes and is made a replica; nobody here asks it any more.
    watched.primary.signal("CONT");
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

/// STO-10: where it is found out that a server is a replica now, or was cut off from its replicas, the primary is
/// looked for anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_takes_no_writes_is_left() {
    let new = Server::start();
    let port = new.port.to_string();
    a_server_is_left_after(&["replicaof", "127.0.0.1", &port], &new).await;
    a_server_is_left_after(&["config", "set", "min-replicas-to-write", "1"], &Server::start()).await;
}

async fn a_server_is_left_after(command: &[&str], new: &Server) {
    let old = Server::start();
    let primary = Arc::new(AtomicUsize::new(usize::from(old.port)));
    let named = Arc::clone(&primary);
    let connection = Reconnecting::new(move || {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", named.load(SeqCst)));
        async move { client?.get_multiplexed_async_connection().await }
    });
    let effects = Effects::default();
    let receiver = stripe_on(store(connection)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    assert_eq!(ask(&app, &stripe("evt_1")).await, (204, "handled"));
    assert_eq!(old.cli(command), "OK");
    assert_eq!(ask(&app, &stripe("evt_2")).await, (503, "refused"), "it takes no claims");
    primary.store(usize::from(new.port), SeqCst);
    while ask(&app, &stripe("evt_2")).await.0 == 503 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(ask(&app, &stripe("evt_2")).await, (200, "done"));
    assert_eq!(effects.runs(), 2);
}

/// STO-17: however many deliveries come, attempts to connect are few, and one at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_commands_make_one_attempt_at_a_time_and_not_too_many() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let (inside, most_at_once) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let mut server = Server::start();
    let url = server.url();
    server.kill();
    let connection = {
        let (attempts, inside, most) = (attempts.clone(), inside.clone(), most_at_once.clone());
        Reconnecting::new(move || {
            let (url, attempts, inside, most) = (url.clone(), attempts.clone(), inside.clone(), most.clone());
            async move {
                attempts.fetch_add(1, SeqCst);
                most.fetch_max(inside.fetch_add(1, SeqCst) + 1, SeqCst);
                tokio::time::sleep(Duration::from_millis(5)).await;
                let connected = async { redis::Client::open(url)?.get_multiplexed_async_connection().await };
                let connected = connected.await;
                inside.fetch_sub(1, SeqCst);
                connected
            }
        })
    };
    let effects = Effects::default();
    let receiver = stripe_on(store(connection)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    let mut deliveries = 0;
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(1) || deliveries < 1000 {
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..50 {
            let (app, event) = (app.clone(), stripe(&format!("evt_{number}")));
            tasks.spawn(async move { ask(&app, &event).await });
        }
        while let Some(answer) = tasks.join_next().await {
            assert_eq!(answer.expect("an answer"), (503, "refused"));
            deliveries += 1;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let tried = attempts.load(SeqCst);
    // At once, at once, then after at least 25, 50, 100, 200, 400, … milliseconds, and each second later on.
    let most = 9 + started.elapsed().as_secs() as usize;
    assert!((2..=most).contains(&tried), "{tried} attempts for {deliveries} deliveries");
    assert_eq!(most_at_once.load(SeqCst), 1);
    server.restart();
    let ready = Arc::new(AtomicUsize::new(0));
    while ready.load(SeqCst) == 0 {
        let answer = ask(&app, &stripe("evt_0")).await;
        ready.store(usize::from(answer == (204, "handled")), SeqCst);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    until(|| receiver.in_flight() == 0).await;
    assert_eq!(effects.runs(), 1);
}

async fn ping<C: ConnectionLike + Clone + Send + Sync + 'static>(
    mut connection: Reconnecting<C>,
) -> RedisResult<()> {
    redis::cmd("PING").query_async(&mut connection).await
}

/// It would start anew without end, inside of one poll, and keep the runtime from ending.
#[test]
fn an_attempt_on_a_runtime_that_ends_fails() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let connection = Reconnecting::new(std::future::pending::<RedisResult<MultiplexedConnection>>);
    let (said, hears) = mpsc::channel();
    runtime.spawn(async move {
        said.send(None).expect("heard");
        // Where a runtime ends, it drops new tasks at once.
        while !tokio::spawn(std::future::pending::<()>()).is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
        let answer = tokio::task::unconstrained(ping(connection)).await;
        said.send(answer.err()).expect("heard");
    });
    hears.recv().expect("it has begun");
    runtime.shutdown_background();
    let error = hears.recv_timeout(Duration::from_secs(10)).expect("an end").expect("an error");
    assert!(error.is_io_error() && error.to_string().contains("was cut off"), "{error}");
}

/// Time is paused here: a panic takes long to print where its machine is busy.
#[tokio::test(start_paused = true)]
async fn an_attempt_that_panics_has_failed() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let connection = Reconnecting::new(move || {
        let attempt = counted.fetch_add(1, SeqCst);
        async move {
            match attempt {
                ..100 => panic!("no way to connect"),
                // One after the other without a pause would keep the time from passing.
                _ => std::future::pending::<RedisResult<MultiplexedConnection>>().await,
            }
        }
    });
    let asking = async {
        loop {
            let error = ping(connection.clone()).await.expect_err("no connection");
            assert_eq!(error.kind(), ErrorKind::Io, "{error}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let _ = tokio::time::timeout(Duration::from_millis(300), asking).await;
    // At once, at once, then after at least 25, 50, 100 and 200 milliseconds.
    let tried = attempts.load(SeqCst);
    assert!((2..=5).contains(&tried), "{tried} attempts");
}

/// These say that the server is no primary, or not yet one.
#[tokio::test(start_paused = true)]
async fn a_server_that_is_of_no_use_is_asked_over_another_connection() {
    for (said, wanted) in [
        ("-READONLY You can't write against a read only replica.\r\n", 2),
        ("-MASTERDOWN Link with MASTER is down.\r\n", 2),
        ("-LOADING Redis is loading the dataset in memory\r\n", 2),
        ("-NOREPLICAS Not enough good replicas to write.\r\n", 2),
        ("-OOM command not allowed when used memory > 'maxmemory'.\r\n", 1),
    ] {
        let attempts = Arc::new(AtomicUsize::new(0));
        let (reply, counted) =
            (redis::parse_redis_value(said.as_bytes()).expect("a reply"), attempts.clone());
        let connection = Reconnecting::new(move || {
            counted.fetch_add(1, SeqCst);
            let always = Always(reply.clone());
            async { RedisResult::Ok(always) }
        });
        for _ in 0..2 {
            assert!(ping(connection.clone()).await.is_err());
        }
        assert_eq!(attempts.load(SeqCst), wanted, "{said}");
    }
}

/// A connection that breaks whenever it is told to, or one that does not.
#[derive(Clone)]
struct Breaks(Option<Arc<Notify>>);

impl Replies for Breaks {
    fn reply<'a>(&'a mut self, _: &'a redis::Cmd) -> redis::RedisFuture<'a, Value> {
        Box::pin(async {
            let Some(breaks) = &self.0 else { return Ok(Value::Okay) };
            breaks.notified().await;
            Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into())
        })
    }
}

/// Of many commands under way the first that fails ends their connection, and the others that fail not the next.
#[tokio::test(start_paused = true)]
async fn a_late_failure_is_that_of_an_earlier_connection() {
    let (breaks, attempts) = (Arc::new(Notify::new()), Arc::new(AtomicUsize::new(0)));
    let (told, counted) = (Arc::clone(&breaks), Arc::clone(&attempts));
    let connection = Reconnecting::new(move || {
        let is_first = counted.fetch_add(1, SeqCst) == 0;
        let breaks = Breaks(is_first.then(|| Arc::clone(&told)));
        async { RedisResult::Ok(Double(breaks)) }
    });
    let mut pings = tokio::task::JoinSet::new();
    (0..2).for_each(|_| drop(pings.spawn(ping(connection.clone()))));
    tokio::time::sleep(Duration::from_millis(1)).await;
    for _ in 0..2 {
        breaks.notify_one();
        assert!(pings.join_next().await.expect("one more").expect("no panic").is_err());
        assert_eq!(ping(connection.clone()).await, Ok(()));
        assert_eq!(attempts.load(SeqCst), 2);
    }
}

/// A connection that replies for as long as this is so. Else it may have a time-out of its own.
#[derive(Clone)]
struct Slow {
    replies: Arc<AtomicBool>,
    times_out: bool,
}

impl Replies for Slow {
    fn reply<'a>(&'a mut self, _: &'a redis::Cmd) -> redis::RedisFuture<'a, Value> {
        Box::pin(async {
            match (self.replies.load(SeqCst), self.times_out) {
                (true, _) => Ok(Value::Okay),
                (false, true) => Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
                (false, false) => std::future::pending().await,
            }
        })
    }
}

/// Three commands in a row that are not replied to end a connection; now and then one does not.
#[tokio::test(start_paused = true)]
async fn a_connection_is_given_up_where_it_is_silent_and_not_where_it_is_slow() {
    for times_out in [false, true] {
        let (replies, attempts) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (slow, counted) = (Slow { replies: Arc::clone(&replies), times_out }, Arc::clone(&attempts));
        let connection = Reconnecting::new(move || {
            counted.fetch_add(1, SeqCst);
            let slow = slow.clone();
            async { RedisResult::Ok(Double(slow)) }
        });
        let is_answered = async |whether: bool| {
            replies.store(whether, SeqCst);
            let answer = tokio::time::timeout(Duration::from_millis(500), ping(connection.clone())).await;
            matches!(answer, Ok(Ok(())))
        };
        for whether in [false, false, true].repeat(5) {
            assert_eq!(is_answered(whether).await, whether);
        }
        assert_eq!(attempts.load(SeqCst), 1);
        // And the next is not taken for as silent.
        for whether in [false, false, false, false, false, true] {
            assert_eq!(is_answered(whether).await, whether);
        }
        assert_eq!(attempts.load(SeqCst), 2);
    }
}

/// Pings until it is answered, as calls with a time-out do.
async fn ping_until_answered(connection: &Reconnecting<Always>) -> u64 {
    let began = tokio::time::Instant::now();
    let patience = Duration::from_millis(500);
    while !matches!(tokio::time::timeout(patience, ping(connection.clone())).await, Ok(Ok(()))) {
        assert!(began.elapsed() < Duration::from_secs(60), "it is never answered");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    began.elapsed().as_secs()
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_never_ends_is_followed_by_another() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let connection = Reconnecting::new(move || {
        let attempt = counted.fetch_add(1, SeqCst);
        async move {
            match attempt {
                0 => std::future::pending::<RedisResult<_>>().await,
                _ => Ok(Always(Value::Okay)),
            }
        }
    });
    assert_eq!(ping_until_answered(&connection).await, 5);
    assert_eq!(attempts.load(SeqCst), 2);
}

/// A worker that connects when another task blocks its thread.
#[test]
fn an_attempt_on_a_thread_that_is_blocked_is_followed_by_another() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&attempts);
    let connection = Reconnecting::new(move || {
        counted.fetch_add(1, SeqCst);
        async { RedisResult::Ok(Always(Value::Okay)) }
    });
    let mut begun = Box::pin(ping(connection.clone()));
    let [blocked, other] = blocked_and_another(&mut begun);
    assert_eq!(other.block_on(ping_until_answered(&connection)), 5);
    assert_eq!(attempts.load(SeqCst), 1, "the first has not even run");
    // Where it ends at last it changes nothing.
    assert_eq!(blocked.block_on(begun), Ok(()));
    assert_eq!(attempts.load(SeqCst), 2);
    assert_eq!(other.block_on(ping(connection)), Ok(()));
    assert_eq!(attempts.load(SeqCst), 2);
}

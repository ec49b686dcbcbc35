//! Several processes over one Redis, killed and paused at random. Effects are counted in files that
//! outlive the processes.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File, OpenOptions},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::http::StatusCode;
use hookgate::{axum::Delivery, store::RedisStore};
use twox_hash::XxHash3_64;

use crate::{
    servers::{Folder, Server, signal},
    stripe_on,
    support::{Effects, app, ask, counting, stripe},
};

const PROCESSES: u64 = 4;
const TASKS: usize = 8;
const EVENTS: u64 = 10_000;
const DELIVERIES: u64 = 5;
const KILLS: u64 = 16;
/// Long enough that a process which the machine starves for a while keeps its claims.
const LEASE: Duration = Duration::from_secs(3);

/// The dice: the same for the same seed and words.
fn dice(seed: u64, words: &[u64]) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    XxHash3_64::oneshot_with_seed(seed, &bytes)
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_nanos() as u64
}

/// What a process did, line by line, each written in one go: what is in the file has happened.
#[derive(Clone)]
struct Journal(Arc<File>);

impl Journal {
    fn open(path: &Path) -> Self {
        Self(Arc::new(OpenOptions::new().create(true).append(true).open(path).expect("a file")))
    }

    fn write(&self, what: &str, event: u64, number: u64) {
        let line = format!("{} {} {what} {event} {number}\n", std::process::id(), now());
        (&*self.0).write_all(line.as_bytes()).expect("written");
    }
}

struct Line {
    process: u32,
    at: u64,
    what: String,
    event: u64,
    number: u64,
}

fn read(path: &Path) -> Vec<Line> {
    let text = fs::read_to_string(path).unwrap_or_default();
    // A line that was cut off in the middle has not happened.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_else(|| panic!("a word in {line:?}"));
        Line {
            process: word().parse().expect("a process"),
            at: word().parse().expect("a time"),
            what: word().to_owned(),
            event: word().parse().expect("an event"),
            number: word().parse().expect("a number"),
        }
    };
    whole.lines().map(line).collect()
}

fn worker(kind: &str, number: u64, server: &Server, folder: &Folder, seed: u64) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["processes::a_process_of_its_own", "--exact", "--nocapture"]);
    command.env("HOOKGATE_TEST_WORKER", format!("{kind} {number} {} {seed}", server.url()));
    command.env("HOOKGATE_TEST_FOLDER", folder.path());
    command.stdout(Stdio::null()).spawn().expect("a process")
}

/// Does nothing, unless it was started by another test as one of its processes.
#[test]
fn a_process_of_its_own() {
    let Ok(task) = std::env::var("HOOKGATE_TEST_WORKER") else { return };
    let folder = PathBuf::from(std::env::var("HOOKGATE_TEST_FOLDER").expect("a folder"));
    let words: Vec<&str> = task.split(' ').collect();
    let [kind, number, url, seed] = words.as_slice() else { panic!("a task is {task:?}") };
    let (number, seed) = (number.parse().expect("a number"), seed.parse().expect("a seed"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let client = redis::Client::open(*url).expect("a client");
        let store = RedisStore::new(client.get_connection_manager().await.expect("a connection"));
        match *kind {
            "hammer" => hammer(store, &folder, number, seed).await,
            "sleeper" => sleeper(store, &folder).await,
            other => panic!("no task is called {other}"),
        }
    });
}

type Store = RedisStore<redis::aio::ConnectionManager>;

/// Delivers this process's share of all deliveries until each is acknowledged.
async fn hammer(store: Store, folder: &Path, process: u64, seed: u64) {
    let path = folder.join(format!("journal-{process}"));
    let acknowledged: Vec<_> = read(&path)
        .into_iter()
        .filter(|line| line.what == "acknowledged")
        .map(|line| (line.event, line.number))
        .collect();
    let acknowledged: std::collections::HashSet<_> = acknowledged.into_iter().collect();
    let mut deliveries: Vec<_> = (0..EVENTS)
        .flat_map(|event| (0..DELIVERIES).map(move |number| (event, number)))
        .filter(|(event, number)| dice(seed, &[1, *event, *number]) % PROCESSES == process)
        .filter(|delivery| !acknowledged.contains(delivery))
        .collect();
    deliveries.sort_by_key(|(event, number)| dice(seed, &[2, *event, *number]));

    let journal = Journal::open(&path);
    let receiver = stripe_on(store).lease(LEASE).build().expect("a receiver");
    let handler_journal = journal.clone();
    let app = app(&receiver, move |delivery: Delivery| {
        let journal = handler_journal.clone();
        async move {
            let event = delivery.id().and_then(|id| id.as_str().strip_prefix("evt_")).expect("an id");
            let event = event.parse().expect("a number");
            let attempt = u64::from(delivery.attempt().expect("it is claimed"));
            journal.write("start", event, attempt);
            let dice = dice(seed, &[3, event, attempt]);
            tokio::time::sleep(Duration::from_micros(dice % 2000)).await;
            if dice.is_multiple_of(5) {
                journal.write("fail", event, attempt);
                return StatusCode::INTERNAL_SERVER_ERROR;
            }
            journal.write("effect", event, attempt);
            if dice.is_multiple_of(3) {
                tokio::time::sleep(Duration::from_micros(dice % 1000)).await;
            }
            journal.write("end", event, attempt);
            StatusCode::OK
        }
    });
    let (deliveries, next) = (Arc::new(deliveries), Arc::new(AtomicUsize::new(0)));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..TASKS {
        let (app, journal, deliveries, next) =
            (app.clone(), journal.clone(), deliveries.clone(), next.clone());
        tasks.spawn(async move {
            while let Some((event, number)) = deliveries.get(next.fetch_add(1, SeqCst)).copied() {
                let signed = stripe(&format!("evt_{event}"));
                while ask(&app, &signed).await.0 >= 300 {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                journal.write("acknowledged", event, number);
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.expect("no panic");
    }
}

/// One run of a handler, put together from the journals.
#[derive(Debug, Default)]
struct Run {
    process: u32,
    attempt: u64,
    start: u64,
    effect: Option<u64>,
    end: Option<u64>,
}

/// LIF-11: processes are killed in the middle of handlers; their claims end with their leases.
#[test]
fn every_event_succeeds_once_whatever_dies() {
    let seed =
        std::env::var("HOOKGATE_TEST_SEED").map_or_else(|_| now(), |seed| seed.parse().expect("a seed"));
    println!("the schedule's seed: HOOKGATE_TEST_SEED={seed}");
    let (server, folder) = (Server::start(), Folder::new());
    let mut workers: Vec<_> =
        (0..PROCESSES).map(|number| worker("hammer", number, &server, &folder, seed)).collect();
    let mut killed: HashMap<u32, u64> = HashMap::new();
    for round in 0.. {
        std::thread::sleep(Duration::from_millis(150 + dice(seed, &[4, round]) % 500));
        let victim = (dice(seed, &[5, round]) % PROCESSES) as usize;
        let running = workers[victim].try_wait().expect("its state").is_none();
        if round < KILLS && running {
            let process = workers[victim].id();
            signal(process, "KILL");
            workers[victim].wait().expect("it ended");
            killed.insert(process, now());
            workers[victim] = worker("hammer", victim as u64, &server, &folder, seed);
        }
        let ended: Vec<_> = workers.iter_mut().map(|worker| worker.try_wait().expect("its state")).collect();
        assert!(ended.iter().flatten().all(std::process::ExitStatus::success), "a process failed");
        if ended.iter().all(Option::is_some) {
            break;
        }
    }
    let lines = (0..PROCESSES).flat_map(|number| read(&folder.path().join(format!("journal-{number}"))));
    judge(lines, &killed);
}

fn judge(lines: impl Iterator<Item = Line>, killed: &HashMap<u32, u64>) {
    let mut runs: BTreeMap<u64, Vec<Run>> = BTreeMap::new();
    let mut acknowledged: HashMap<(u64, u64), u64> = HashMap::new();
    for line in lines {
        let of_event = runs.entry(line.event).or_default();
        let run = of_event.iter_mut().find(|run| (run.process, run.attempt) == (line.process, line.number));
        match (line.what.as_str(), run) {
            ("acknowledged", _) => {
                acknowledged.insert((line.event, line.number), line.at);
            }
            ("start", None) => {
                let (process, attempt, start) = (line.process, line.number, line.at);
                of_event.push(Run { process, attempt, start, ..Run::default() });
            }
            ("effect", Some(run)) => run.effect = Some(line.at),
            ("end" | "fail", Some(run)) => run.end = Some(line.at),
            (what, run) => panic!("{what} of event {} after {run:?}", line.event),
        }
    }
    let (mut twice, mut failed, mut died) = (0, 0, 0);
    for event in 0..EVENTS {
        let runs = runs.get_mut(&event).unwrap_or_else(|| panic!("event {event} was lost"));
        runs.sort_by_key(|run| run.start);
        for pair in runs.windows(2) {
            let [earlier, later] = pair else { continue };
            let over = earlier.end.or_else(|| killed.get(&earlier.process).copied());
            assert!(
                over.is_some_and(|over| over <= later.start),
                "two handlers at once: {earlier:?}, {later:?}"
            );
            assert!(earlier.attempt < later.attempt, "attempts go up: {earlier:?}, {later:?}");
        }
        failed += runs.iter().filter(|run| run.effect.is_none() && run.end.is_some()).count();
        died += runs.iter().filter(|run| run.end.is_none()).count();
        let effects: Vec<_> = runs.iter().filter(|run| run.effect.is_some()).collect();
        let Some((last, earlier)) = effects.split_last() else {
            panic!("event {event} never succeeded: {runs:?}")
        };
        for run in earlier {
            assert!(killed.contains_key(&run.process), "event {event} succeeded twice: {runs:?}");
        }
        twice += earlier.len();
        // The last success may have been settled by nobody, but then somebody ran it again.
        assert!(last.end.is_some(), "event {event} ended in the middle: {runs:?}");
        for number in 0..DELIVERIES {
            let at =
                acknowledged.get(&(event, number)).unwrap_or_else(|| panic!("{event} is not acknowledged"));
            assert!(
                effects.iter().any(|run| run.effect < Some(*at)),
                "{event} was acknowledged before it succeeded"
            );
        }
    }
    println!(
        "{EVENTS} events delivered {DELIVERIES} times each; {} processes killed; {failed} runs failed, {died} died; \
         {twice} events ran again since their process died between effect and settlement",
        killed.len()
    );
    assert!(
        killed.len() as u64 >= KILLS / 2,
        "too few processes were killed to say anything: {}",
        killed.len()
    );
    assert!(failed as u64 > EVENTS / 10);
}

/// Handles one event, slowly, and says what became of it.
async fn sleeper(store: Store, folder: &Path) {
    let journal = Journal::open(&folder.join("journal"));
    let receiver = stripe_on(store).lease(Duration::from_millis(600)).build().expect("a receiver");
    let (handler_journal, go_on) = (journal.clone(), folder.join("go-on"));
    let app = app(&receiver, move |_| {
        let (journal, go_on) = (handler_journal.clone(), go_on.clone());
        async move {
            journal.write("start", 1, 0);
            while !go_on.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    });
    let (status, became) = ask(&app, &stripe("evt_1")).await;
    journal.write(became, 1, u64::from(status));
}

/// STO-14, STO-15: a process that slept through its lease.
#[tokio::test]
async fn a_paused_owner_loses_its_claim_and_changes_nothing_when_it_wakes() {
    let (server, folder) = (Server::start(), Folder::new());
    let journal = folder.path().join("journal");
    let mut owner = worker("sleeper", 0, &server, &folder, 0);
    let wait = async |what: fn(&Line) -> bool| {
        loop {
            if let Some(line) = read(&journal).into_iter().find(what) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    wait(|line| line.what == "start").await;
    // Another process, as far as the store can tell.
    let effects = Effects::default();
    let receiver = stripe_on(RedisStore::new(server.connect().await)).build().expect("a receiver");
    let app = counting(&receiver, &effects, Duration::ZERO);
    for _ in 0..5 {
        assert_eq!(ask(&app, &stripe("evt_1")).await, (503, "running"), "its owner renews the lease");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    signal(owner.id(), "STOP");
    while ask(&app, &stripe("evt_1")).await != (204, "handled") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(ask(&app, &stripe("evt_1")).await, (200, "done"));
    let record = server.cli(&["get", "hookgate:{6:stripe6:stripe}:i:evt_1"]);
    fs::write(folder.path().join("go-on"), "").expect("a file");
    signal(owner.id(), "CONT");
    let ended = wait(|line| line.what != "start").await;
    assert_eq!((ended.what.as_str(), ended.number), ("lost", 200));
    assert_eq!(server.cli(&["get", "hookgate:{6:stripe6:stripe}:i:evt_1"]), record, "nothing changed");
    assert!(owner.wait().expect("it ended").success());
    assert_eq!(effects.runs(), 1);
}

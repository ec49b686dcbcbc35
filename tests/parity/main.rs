//! One table of cases, through every door over real sockets: the same requests, the same answers, the
//! same number of runs, the same metrics.

#[allow(dead_code)]
#[path = "../it/support.rs"]
mod support;

mod apart;
mod cases;
mod counts;
mod crowds;
mod doors;
mod wire;
mod world;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};

use hookgate::{Custom, Receiver, UnixTime};
use tokio::{io::AsyncWriteExt, net::TcpStream};

use cases::{Case, Expect, Step};
use counts::Counts;
use doors::Door;
use support::until;
use wire::{Answer, Part, connect, exchange, half_close};
use world::World;

/// A case under way.
struct Run<'a> {
    case: &'a Case,
    door: Door,
    world: Arc<World>,
    receiver: Receiver<Custom>,
    address: SocketAddr,
    held: Vec<TcpStream>,
    /// Runs in worlds that were left behind.
    earlier_runs: usize,
    refusals: Vec<Answer>,
}

impl<'a> Run<'a> {
    async fn begin(case: &'a Case, door: Door) -> Self {
        let world = World::new();
        let receiver = cases::build(case, &world).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let address = door.serve(&receiver, &world, case.handler).await;
        Self { case, door, world, receiver, address, held: vec![], earlier_runs: 0, refusals: vec![] }
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Send(parts, expect) => {
                let answers = exchange(self.address, parts).await;
                self.check(&answers, expect);
            }
            Step::Together(senders, bytes, expected) => {
                let parts = [Part::Bytes(bytes.clone())];
                let mut tasks = tokio::task::JoinSet::new();
                for _ in 0..*senders {
                    let (address, parts) = (self.address, parts.clone());
                    tasks.spawn(async move { exchange(address, &parts).await });
                }
                let mut counted: BTreeMap<u16, usize> = BTreeMap::new();
                while let Some(answers) = tasks.join_next().await {
                    let answers = answers.expect("answers");
                    for busy in answers.iter().filter(|answer| answer.status == 503) {
                        self.check(std::slice::from_ref(busy), &Expect::Gate(503));
                    }
                    *counted.entry(answers.first().map_or(0, |answer| answer.status)).or_default() += 1;
                }
                assert_eq!(counted, expected.iter().copied().collect(), "{}", self.name());
            }
            Step::HangUp(bytes) => drop(self.handled(bytes).await),
            Step::HalfClose(bytes, expect) => {
                let answers = half_close(self.handled(bytes).await).await;
                self.check(&answers, expect);
            }
            Step::Hold(bytes) => {
                let mut socket = connect(self.address).await;
                socket.write_all(bytes).await.expect("sent");
                self.held.push(socket);
                // Until the server has read it.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Step::Clock(secs) => self.clock(*secs),
            Step::Pass(secs) => self.world.clock.advance(Duration::from_secs(*secs)),
            Step::GoOn => self.world.go_on.notify_one(),
            Step::Late(first, secs, rest, expect) => {
                let parts = [Part::Bytes(first.clone()), Part::Pause(200), Part::Bytes(rest.clone())];
                let sending = exchange(self.address, &parts);
                let later = async {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    self.clock(*secs);
                };
                let (answers, ()) = tokio::join!(sending, later);
                self.check(&answers, expect);
            }
            Step::Fault(op, kind) => self.world.store.fail(*op, *kind),
            Step::Heal(op) => self.world.store.heal(*op),
            Step::Restart => {
                let next = Self::begin(self.case, self.door).await;
                self.earlier_runs += self.world.runs();
                (self.world, self.receiver, self.address) = (next.world, next.receiver, next.address);
            }
            Step::Idle => until(|| self.receiver.in_flight() == 0).await,
        }
    }

    /// Sends this, and waits for the handler to run.
    async fn handled(&self, bytes: &[u8]) -> TcpStream {
        let runs = self.world.runs();
        let mut socket = connect(self.address).await;
        socket.write_all(bytes).await.expect("sent");
        until(|| self.world.runs() > runs).await;
        socket
    }

    fn clock(&self, secs: i64) {
        self.world.clock.set_wall(Some(UnixTime::from_secs(1_700_000_000 + secs)));
    }

    fn name(&self) -> String {
        format!("{:?}: {}", self.door, self.case.name)
    }

    fn check(&mut self, answers: &[Answer], expect: &Expect) {
        let name = self.name();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        let expected = expect.statuses(self.door.framework());
        if let Expect::Each { .. } = expect {
            assert_eq!(statuses, expected, "{name}");
            return;
        }
        assert!(statuses.len() <= 1, "{name}: {answers:?}");
        let status = statuses.first().copied().unwrap_or(0);
        assert!(expected.contains(&status), "{name}: {status} and not {expected:?}: {answers:?}");
        let Some(answer) = answers.first() else { return };
        match expect {
            Expect::Handler(_, body) => assert_eq!(answer.body, *body, "{name}"),
            Expect::Gate(status) => {
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
                assert!(answer.body.is_empty(), "{name}: {answer:?}");
                assert_eq!(answer.header("retry-after").is_some(), *status == 503, "{name}: {answer:?}");
                assert_eq!(answer.header("allow"), (*status == 405).then_some("POST"), "{name}");
                if *status == 401 {
                    self.refusals.push(answer.clone().without_date());
                }
            }
            Expect::Challenge(text) => {
                assert_eq!(answer.body, text.as_bytes(), "{name}");
                assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
                assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{name}");
                assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
            }
            Expect::Server { .. } | Expect::Each { .. } => {}
        }
    }
}

/// Runs one case and returns the refusals in it.
async fn one(case: &Case, door: Door, counts: &Counts) -> Vec<Answer> {
    let before = counts.deliveries();
    let mut run = Run::begin(case, door).await;
    for step in &case.steps {
        run.step(step).await;
    }
    until(|| run.receiver.in_flight() == 0).await;
    let name = run.name();
    let mut counted = counts.deliveries_since(&before);
    if !run.held.is_empty() {
        // Whether a body that its sender gave up is seen to break off depends on the server.
        run.held.clear();
        tokio::time::sleep(Duration::from_millis(100)).await;
        counted.remove(&("rejected".to_owned(), "body_broken".to_owned()));
    }
    if case.metrics.is_empty() {
        // What the server refuses is no request to the gate, whichever server it is.
        assert!(run.world.runs() <= usize::from(case.store), "{name}");
    } else {
        assert_eq!(run.earlier_runs + run.world.runs(), case.runs, "{name}: runs of the handler");
        let expected: BTreeMap<_, _> = case
            .metrics
            .iter()
            .map(|(outcome, reason, count)| ((outcome.to_string(), reason.to_string()), *count))
            .collect();
        assert_eq!(counted, expected, "{name}: metrics");
    }
    assert_eq!(run.world.letters.load(SeqCst), case.letters, "{name}: dead letters");
    if !case.store {
        assert_eq!(run.world.store.all_calls(), 0, "{name}: asked of the store");
    }
    assert!(run.world.effects.most_at_once() <= 1, "{name}: two handlers at once");
    run.refusals
}

/// Metrics are the process's: one test at a time.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_case_through_every_door() {
    let _alone = ALONE.lock().await;
    let counts = Counts::install();
    let cases: &'static [Case] = Box::leak(cases::all().into_boxed_slice());
    let mut failed = Vec::new();
    for door in doors::ALL {
        let mut refusals = Vec::new();
        for case in cases {
            match tokio::spawn(one(case, door, counts)).await {
                Ok(mut refused) => refusals.append(&mut refused),
                Err(_) => failed.push(format!("{door:?}: {}", case.name)),
            }
        }
        let (first, others) = refusals.split_first().expect("some were refused");
        assert!(others.len() > 30);
        for refusal in others {
            assert_eq!(refusal, first, "{door:?}: OUT-01 all refusals are alike");
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

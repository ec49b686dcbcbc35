//! The floods themselves.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{io::AsyncWriteExt, net::TcpStream, task::JoinSet, time::sleep};

use crate::{
    client::{self, Connection, address, answer, head, wire},
    honest::signed,
    server::CAPACITY,
};

/// Where deliveries go: Stripe's are timestamped, GitHub's go into a small store.
#[derive(Clone, Copy)]
pub enum Path {
    Stripe,
    GitHub,
}

pub struct Flood {
    pub name: &'static str,
    pub path: Path,
    /// Whether all of it is unauthenticated: then nothing may be asked of the store for it.
    pub of_strangers: bool,
    kind: Kind,
}

enum Kind {
    Nothing,
    /// So many connections that send so much of a body and then a byte a second.
    Stalled {
        connections: usize,
        bytes: usize,
    },
    /// Forged deliveries with fresh ids, as fast as so many connections can.
    Forged {
        connections: usize,
    },
    /// The same failing event, again and again, over so many connections.
    Poison {
        connections: usize,
    },
    /// Copies of events that take long, over so many connections.
    Duplicates {
        connections: usize,
    },
    /// Authentic events, ever new, into a store that is full soon.
    Full {
        connections: usize,
    },
    /// The clock goes an hour ahead, and comes back.
    ClockStep,
}

impl Flood {
    pub fn connections(&self) -> usize {
        match self.kind {
            Kind::Nothing | Kind::ClockStep => 0,
            Kind::Stalled { connections, .. }
            | Kind::Forged { connections }
            | Kind::Poison { connections }
            | Kind::Duplicates { connections }
            | Kind::Full { connections } => connections,
        }
    }
}

const fn flood(name: &'static str, path: Path, of_strangers: bool, kind: Kind) -> Flood {
    Flood { name, path, of_strangers, kind }
}

pub const FLOODS: &[Flood] = &[
    flood("quiet", Path::Stripe, true, Kind::Nothing),
    flood("quiet-github", Path::GitHub, true, Kind::Nothing),
    flood("slow-bodies", Path::Stripe, true, Kind::Stalled { connections: 2_000, bytes: 16 }),
    flood("half-open", Path::Stripe, true, Kind::Stalled { connections: 9_000, bytes: 64 * 1024 }),
    flood("forged-ids", Path::Stripe, true, Kind::Forged { connections: 64 }),
    flood("poison", Path::Stripe, false, Kind::Poison { connections: 8 }),
    flood("duplicates", Path::Stripe, false, Kind::Duplicates { connections: 4_000 }),
    flood("full-store", Path::GitHub, false, Kind::Full { connections: 16 }),
    flood("clock-step", Path::Stripe, false, Kind::ClockStep),
];

type Answers = Arc<Mutex<BTreeMap<String, u64>>>;

/// Lets a flood loose for so long.
pub fn unleash(flood: &Flood, port: u16, lasts: Duration) -> BTreeMap<String, u64> {
    let answers = Answers::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let stream =
        Stream { path: flood.path, port, until: Instant::now() + lasts, answers: Arc::clone(&answers) };
    runtime.block_on(async {
        match flood.kind {
            Kind::Nothing => sleep(lasts).await,
            Kind::Stalled { connections, bytes } => {
                stream.over(connections, move |stream, _| stream.stall(bytes)).await;
            }
            Kind::Forged { connections } => stream.over(connections, Stream::forge).await,
            Kind::Poison { connections } => {
                let id = |sender, _| format!("poison-{sender}");
                stream
                    .over(connections, move |stream, sender| stream.repeat(sender, Duration::ZERO, id))
                    .await;
            }
            Kind::Duplicates { connections } => {
                let (id, pause) = (|sender, _| format!("slow-{}", sender % 4), Duration::from_millis(500));
                stream.over(connections, move |stream, sender| stream.repeat(sender, pause, id)).await;
            }
            Kind::Full { connections } => {
                let id = |sender, number| format!("flood-{sender}-{number}");
                stream
                    .over(connections, move |stream, sender| stream.repeat(sender, Duration::ZERO, id))
                    .await;
                let sent: u64 = answers.lock().unwrap().values().sum();
                assert!(sent > CAPACITY as u64, "too few events to fill the store: {sent}");
            }
            Kind::ClockStep => {
                sleep(lasts / 4).await;
                for seconds in [3600, 0, -3600, 0] {
                    let path = format!("/clock/{seconds}");
                    tokio::task::spawn_blocking(move || client::ask(port, &path)).await.unwrap();
                    stream.count(format!("clock {seconds:+} s"));
                    sleep(lasts / 8).await;
                }
            }
        }
    });
    runtime.shutdown_background();
    let answers = answers.lock().unwrap();
    answers.clone()
}

/// Where a flood goes, and for how long.
#[derive(Clone)]
struct Stream {
    path: Path,
    port: u16,
    until: Instant,
    /// How often each answer was given.
    answers: Answers,
}

impl Stream {
    fn count(&self, answer: impl Into<String>) {
        *self.answers.lock().unwrap().entry(answer.into()).or_default() += 1;
    }

    fn goes_on(&self) -> bool {
        Instant::now() < self.until
    }

    /// The same by so many senders side by side.
    async fn over<F>(&self, senders: usize, each: impl Fn(Stream, usize) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut tasks = JoinSet::new();
        for sender in 0..senders {
            tasks.spawn(each(self.clone(), sender));
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
    }

    /// A head that may be genuine and so much of a body, then a byte a second; and anew where that is refused.
    async fn stall(self, bytes: usize) {
        let junk = vec![b'x'; bytes];
        while self.goes_on() {
            let Ok(mut socket) = TcpStream::connect(address(self.port)).await else {
                self.count("no connection");
                sleep(Duration::from_millis(100)).await;
                continue;
            };
            let genuine = head(&signed(self.path, "stalled"), 1_000_000);
            if socket.write_all(&genuine).await.is_err() || socket.write_all(&junk).await.is_err() {
                self.count("broken off");
                continue;
            }
            let (mut reading, mut writing) = socket.split();
            let trickle = async {
                while self.goes_on() && writing.write_all(b"x").await.is_ok() {
                    sleep(Duration::from_secs(1)).await;
                }
            };
            tokio::select! {
                answer = answer(&mut reading) => match answer {
                    Ok((status, _)) => self.count(status.to_string()),
                    Err(_) => self.count("broken off"),
                },
                () = trickle => self.count("never answered"),
            }
        }
    }

    /// Deliveries with ever new ids and the signature of another.
    async fn forge(self, sender: usize) {
        let mut connection = Connection::new(self.port);
        let mut number = 0;
        while self.goes_on() {
            let signed = signed(self.path, &format!("forged-{sender}-0000000000"));
            let mut bytes = wire(&signed);
            let at = bytes.windows(10).position(|window| window == b"0000000000").unwrap();
            // The timestamp is good for a while, and signing takes longer than being refused.
            for _ in 0..1000 {
                number += 1;
                bytes[at..at + 10].copy_from_slice(format!("{number:010}").as_bytes());
                match connection.send(&bytes).await {
                    Ok(status) => self.count(status.to_string()),
                    Err(_) => self.count("broken off"),
                }
            }
        }
    }

    /// Authentic deliveries of these ids.
    async fn repeat(self, sender: usize, pause: Duration, id: fn(usize, u64) -> String) {
        let mut connection = Connection::new(self.port);
        for number in 0.. {
            if !self.goes_on() {
                return;
            }
            match connection.send(&wire(&signed(self.path, &id(sender, number)))).await {
                Ok(status) => self.count(status.to_string()),
                Err(_) => self.count("broken off"),
            }
            if !pause.is_zero() {
                sleep(pause).await;
            }
        }
    }
}

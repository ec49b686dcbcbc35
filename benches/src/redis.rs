//! The Redis store beside bare commands of the same client, on a server of its own.

use std::{
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use hookgate::store::{Claim, EventKey, Outcome, RedisStore, Scope, Store, Token};
use redis::aio::MultiplexedConnection;

use crate::store::{LEASE, RETENTION, key};

/// A server that keeps nothing on disk and ends with this.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    pub fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new("redis-server");
        command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"]);
        let child = command.stdout(Stdio::null()).spawn().expect("redis-server is installed");
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { child, port }
    }

    pub async fn connect(&self) -> MultiplexedConnection {
        let client = redis::Client::open(format!("redis://127.0.0.1:{}/", self.port)).unwrap();
        client.get_multiplexed_async_connection().await.unwrap()
    }

    pub fn cli(&self, args: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(args).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    }

    /// What `redis-benchmark` reaches with `SET NX GET PX` and so many commands in a pipeline.
    pub fn benchmark(&self, pipeline: usize, commands: usize) -> f64 {
        let mut command = Command::new("redis-benchmark");
        command.args(["-p", &self.port.to_string(), "-c", "1", "-P", &pipeline.to_string()]);
        command.args(["-n", &commands.to_string(), "-r", "1000000000", "--csv"]);
        command.args(["set", "bench:__rand_int__", "R0000048879:feed:1", "nx", "get", "px", "86460000"]);
        let output = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let line = output.lines().last().unwrap_or_default();
        line.split(',').nth(1).and_then(|rate| rate.trim_matches('"').parse().ok()).expect("a rate")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Steps over one connection, each with events of its own.
#[derive(Clone)]
pub struct Bench {
    pub connection: MultiplexedConnection,
    pub store: RedisStore<MultiplexedConnection>,
    scope: Scope,
    bare: Arc<redis::Script>,
    next: Arc<AtomicUsize>,
}

#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// `SET NX GET PX`.
    BareSet,
    Claim,
    /// A script that does nothing but `SET`.
    BareScript,
    Complete,
    ClaimAndComplete,
}

impl Bench {
    pub async fn new(server: &Server) -> Self {
        let connection = server.connect().await;
        let bare = redis::Script::new("return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])");
        bare.prepare_invoke().load_async(&mut connection.clone()).await.unwrap();
        Self {
            store: RedisStore::new(connection.clone()),
            connection,
            scope: Scope::new("bench", "bench", None),
            bare: Arc::new(bare),
            next: Arc::default(),
        }
    }

    /// Takes so many steps, so many of them in flight, and says how many that makes a second.
    pub async fn rate(&self, step: Step, in_flight: usize, steps: usize) -> f64 {
        let (left, started) = (Arc::new(AtomicUsize::new(steps)), Instant::now());
        let tasks: Vec<_> = (0..in_flight)
            .map(|_| {
                let (bench, left) = (self.clone(), Arc::clone(&left));
                tokio::spawn(async move {
                    while left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok() {
                        bench.take(step).await;
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        steps as f64 / started.elapsed().as_secs_f64()
    }

    async fn take(&self, step: Step) {
        let number = self.next.fetch_add(1, Relaxed);
        let key = key(&self.scope, number);
        match step {
            Step::BareSet => {
                let name = name(&self.scope, &key);
                let mut set = redis::cmd("SET");
                set.arg(name).arg("R0000048879:feed0000000000000007:1");
                set.arg("NX").arg("GET").arg("PX").arg(86_460_000);
                let _: redis::Value = set.query_async(&mut self.connection.clone()).await.unwrap();
            }
            Step::BareScript => {
                let mut call = redis::cmd("EVALSHA");
                call.arg(self.bare.get_hash()).arg(1).arg(name(&self.scope, &key)).arg("12000000048879");
                call.arg(604_800_000);
                let _: redis::Value = call.query_async(&mut self.connection.clone()).await.unwrap();
            }
            Step::Claim => drop(self.claim(&key).await),
            // Of an unknown event: like its own after a restart, it holds.
            Step::Complete => self.complete(&key, Token::new(7)).await,
            Step::ClaimAndComplete => {
                let token = self.claim(&key).await;
                self.complete(&key, token).await;
            }
        }
    }

    async fn claim(&self, key: &EventKey) -> Token {
        match self.store.claim(key, LEASE).await.unwrap() {
            Claim::Won { token, .. } => token,
            other => panic!("{other:?}"),
        }
    }

    async fn complete(&self, key: &EventKey, token: Token) {
        self.store.complete(key, token, RETENTION, Outcome::new(200)).await.unwrap();
    }
}

/// The key as the store writes it.
fn name(scope: &Scope, key: &EventKey) -> String {
    let (kind, id) = key.name();
    format!("hookgate:{{{}}}:{kind}:{}", scope.as_str(), String::from_utf8_lossy(id))
}

//! The store on a Redis that replies anything: no panic, and what is no reply of its scripts and no record
//! that it wrote is an error, never a claim that is won.

#![no_main]

use std::{
    cell::RefCell,
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use arbitrary::{Arbitrary, Unstructured};
use hookgate::{
    Delivery, Store,
    providers::GitHub,
    store::{Claim, EventKey, Hold, Outcome, RedisStore, Retention, Scope, Token},
    testing::Signer,
};
use hookgate_fuzz::{NOW, SECRET, Wire};
use libfuzzer_sys::fuzz_target;
use redis::{Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, ServerErrorKind, Value, aio::ConnectionLike};

#[derive(Arbitrary, Debug)]
struct Case<'a> {
    op: Op,
    content: bool,
    replies: Vec<Reply<'a>>,
}

#[derive(Arbitrary, Debug)]
enum Op {
    Claim { lease: u64 },
    Renew { token: u128, lease: u64 },
    Complete { token: u128, keep: u64, status: u16 },
    Release { token: u128 },
    Forget,
    Health,
}

#[derive(Arbitrary, Clone, Debug)]
enum Reply<'a> {
    Nil,
    Okay,
    Int(i64),
    Small(u8),
    Bulk(&'a [u8]),
    Record(Record<'a>),
    Array(Vec<Reply<'a>>),
    Map(Vec<(Reply<'a>, Reply<'a>)>),
    Text(&'a str),
    Double(f64),
    Bool(bool),
    /// As it comes over the wire.
    Wire(&'a [u8]),
    NoScript,
    Error(u8, &'a str),
    Never,
}

#[derive(Arbitrary, Clone, Debug)]
enum Record<'a> {
    /// With the token that the claim was made with.
    Ours {
        tag: u32,
        attempt: u32,
    },
    Running {
        tag: u32,
        token: u128,
        attempt: u32,
    },
    Done {
        status: u16,
        tag: u32,
    },
    Free(u32),
    /// One of these with a byte put over another.
    Odd(u8, u8, u8),
    Parts(u8, &'a str, &'a str),
}

#[derive(Default)]
struct Server {
    replies: VecDeque<Result<Value, RedisError>>,
    /// The command that was answered last, and how.
    last: Option<(String, Option<Value>)>,
    token: Option<String>,
}

#[derive(Clone)]
struct Fake(Arc<Mutex<Server>>, Arc<Vec<Asked>>);

/// A reply that is made once it is known what was asked.
type Asked = Box<dyn Fn(&str) -> Option<Result<Value, RedisError>> + Send + Sync>;

impl ConnectionLike for Fake {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        let words: Vec<String> = command
            .args_iter()
            .map(|arg| match arg {
                redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                _ => String::new(),
            })
            .collect();
        let mut server = self.0.lock().expect("a server");
        // The token is in the record that is set, and an argument of the claim's script.
        let token =
            words.iter().find_map(|word| word.strip_prefix('R')?.split(':').nth(1).map(str::to_owned));
        if let Some(token) = token {
            server.token = Some(token);
        }
        let number = server.replies.len();
        server.replies.push_back(Ok(Value::Nil));
        let token = server.token.clone().unwrap_or_else(|| "0".repeat(32));
        let reply = self.1.get(number).map_or(Some(Ok(Value::Nil)), |reply| reply(&token));
        let shown = reply.as_ref().and_then(|reply| reply.as_ref().ok()).cloned();
        server.last = Some((words[0].clone(), shown));
        Box::pin(async move {
            match reply {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn get_db(&self) -> i64 {
        0
    }
}

impl Record<'_> {
    fn write(&self, ours: &str) -> Vec<u8> {
        let running = |tag, token: &str, attempt| format!("R{tag:010}:{token}:{attempt}");
        match *self {
            Self::Ours { tag, attempt } => running(tag, ours, attempt).into_bytes(),
            Self::Running { tag, token, attempt } => {
                running(tag, &format!("{token:032x}"), attempt).into_bytes()
            }
            Self::Done { status, tag } => format!("1{:03}{tag:010}00042", status % 1000).into_bytes(),
            Self::Free(attempt) => format!("F{attempt}:00042").into_bytes(),
            Self::Odd(which, at, byte) => {
                let mut record = match which % 3 {
                    0 => running(171, ours, 1),
                    1 => "1204000000017100042".to_owned(),
                    _ => "F3:00042".to_owned(),
                }
                .into_bytes();
                let at = usize::from(at) % record.len();
                record[at] = byte;
                record
            }
            Self::Parts(letter, one, two) => {
                let letter = ["R", "1", "F", "", "R0000000171:", "Q"][usize::from(letter % 6)];
                format!("{letter}{one}:{two}").into_bytes()
            }
        }
    }
}

impl Reply<'_> {
    fn value(&self, ours: &str) -> Option<Result<Value, RedisError>> {
        let inner = |reply: &Self| match reply.value(ours) {
            Some(Ok(value)) => value,
            _ => Value::Nil,
        };
        Some(Ok(match self {
            Self::Nil => Value::Nil,
            Self::Okay => Value::Okay,
            Self::Int(number) => Value::Int(*number),
            Self::Small(number) => Value::Int(i64::from(*number) - 2),
            Self::Bulk(bytes) => Value::BulkString(bytes.to_vec()),
            Self::Record(record) => Value::BulkString(record.write(ours)),
            Self::Array(list) => Value::Array(list.iter().map(inner).collect()),
            Self::Map(pairs) => Value::Map(pairs.iter().map(|(one, two)| (inner(one), inner(two))).collect()),
            Self::Text(text) => Value::SimpleString((*text).to_owned()),
            Self::Double(number) => Value::Double(*number),
            Self::Bool(yes) => Value::Boolean(*yes),
            Self::Wire(bytes) => match redis::parse_redis_value(bytes) {
                Ok(value) => value,
                Err(error) => return Some(Err(error)),
            },
            Self::NoScript => {
                return Some(Err((ErrorKind::Server(ServerErrorKind::NoScript), "no script").into()));
            }
            Self::Error(kind, text) => {
                let kind = match kind % 4 {
                    0 => ErrorKind::Server(ServerErrorKind::ResponseError),
                    1 => ErrorKind::Extension,
                    2 => ErrorKind::Io,
                    _ => ErrorKind::Client,
                };
                let known = ["OOM", "syntax error", "WRONGTYPE", "HOOKGATE", "compiling script", ""];
                let text = format!("{} {text}", known[text.len() % known.len()]);
                return Some(Err((kind, "an error", text).into()));
            }
            Self::Never => return None,
        }))
    }
}

/// The status of a record of a done event, read strictly, and whether it is that of a content that came with an id.
fn done(value: &Value) -> Option<(u16, bool)> {
    let Value::BulkString(record) = value else { return None };
    let digits = record.strip_prefix(b"1").filter(|digits| digits.len() == 18)?;
    let digits =
        std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    let tag: u32 = digits[3..13].parse().ok()?;
    Some((digits[..3].parse().ok()?, tag >= 1 << 31))
}

/// Whether a record says that this token's event runs, read strictly.
fn runs(value: &Value, token: &str) -> bool {
    let Value::BulkString(record) = value else { return false };
    let Ok(record) = std::str::from_utf8(record) else { return false };
    let Some((tag, attempt)) =
        record.strip_prefix(['R', 'Q']).and_then(|rest| rest.split_once(&format!(":{token}:")))
    else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    tag.len() == 10 && digits(tag) && digits(attempt)
}

fn delivery() -> &'static Delivery {
    static DELIVERY: std::sync::LazyLock<Delivery> = std::sync::LazyLock::new(|| {
        let signed = Signer::new::<GitHub>(SECRET).id("evt_1").at(NOW).sign("{}").expect("signed");
        let verifier = hookgate::Verifier::builder::<GitHub>().secret(SECRET).build().expect("a verifier");
        Wire::from(&signed).verify(&verifier, NOW).expect("authentic")
    });
    &DELIVERY
}

thread_local! {
    /// Its clock moves on by itself where there is nothing left to do.
    static RUNTIME: RefCell<tokio::runtime::Runtime> = RefCell::new(
        tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().expect("a runtime"),
    );
}

fuzz_target!(|data: &[u8]| {
    if let Ok(case) = Unstructured::new(data).arbitrary::<Case<'_>>() {
        RUNTIME.with_borrow(|runtime| runtime.block_on(run(&case)));
    }
});

async fn run(case: &Case<'_>) {
    let key = EventKey::of(delivery(), Scope::new("r", "github", None), case.content);
    assert_eq!(key.content().is_some(), case.content);
    let server = Arc::new(Mutex::new(Server::default()));
    let replies = case.replies.iter().map(|reply| {
        // The replies outlive the input as far as the compiler knows: made for both tokens at once.
        let made = |token: &str| reply.value(token);
        let marked = made(&"~".repeat(32));
        Box::new(move |token: &str| {
            marked.as_ref().map(|reply| reply.clone().map(|value| with_token(value, token)))
        }) as Asked
    });
    let fake = Fake(Arc::clone(&server), Arc::new(replies.collect()));
    let store = RedisStore::new(fake);
    let last = || {
        let server = server.lock().expect("a server");
        let (command, value) = server.last.clone().expect("it was asked");
        (command, value, server.token.clone())
    };
    let hold = |held: Result<Hold, hookgate::StoreError>| {
        if let Ok(held) = held {
            let want = match held {
                Hold::Held => Value::Int(1),
                Hold::Lost => Value::Int(0),
            };
            let (command, value, _) = last();
            assert!(command.starts_with("EVAL") && value == Some(want), "{held:?}: {command} {value:?}");
        }
    };
    match case.op {
        Op::Claim { lease } => {
            let claim = store.claim(&key, Duration::from_millis(lease)).await;
            let Ok(claim) = claim else { return };
            let (command, value, token) = last();
            let value = value.unwrap_or_else(|| panic!("{claim:?} though the last reply was an error"));
            let is_set = command == "SET";
            let right = match claim {
                Claim::Won { token: won, .. } => {
                    let ours = format!("{:032x}", won.get());
                    let by_record = token.is_none_or(|token| token == ours) && runs(&value, &ours);
                    match is_set {
                        true => value == Value::Nil || by_record,
                        false => matches!(value, Value::Int(1..)),
                    }
                }
                Claim::Running { .. } => {
                    !is_set && matches!(&value, Value::Array(parts) if matches!(parts[..], [Value::Int(_)]))
                }
                Claim::Done { outcome, .. } => done(&value) == Some((outcome.status(), false)),
                Claim::Replayed { outcome } => match &value {
                    Value::Array(parts) => match &parts[..] {
                        [Value::Int(0), record] => {
                            !is_set && done(record).is_some_and(|(status, _)| status == outcome.status())
                        }
                        _ => false,
                    },
                    record => done(record) == Some((outcome.status(), true)),
                },
                other => panic!("no answer of this store: {other:?}"),
            };
            assert!(right, "{claim:?} of {command}: {value:?}");
        }
        Op::Renew { token, lease } => {
            hold(store.renew(&key, Token::new(token), Duration::from_millis(lease)).await);
        }
        Op::Complete { token, keep, status } => {
            let keep = Duration::from_millis(keep);
            let retention = Retention::new(keep, keep);
            hold(store.complete(&key, Token::new(token), retention, Outcome::new(status)).await);
        }
        Op::Release { token } => hold(store.release(&key, Token::new(token)).await),
        Op::Forget => {
            if store.forget(&key).await.is_ok() {
                assert!(last().1.is_some(), "an error is no answer");
            }
        }
        Op::Health => {
            if let Ok(health) = store.health().await {
                assert!(!health.version().is_empty(), "{health:?}");
            }
        }
    }
}

fn with_token(value: Value, token: &str) -> Value {
    match value {
        Value::BulkString(bytes) => {
            let mark = [b'~'; 32];
            match bytes.windows(32).position(|window| window == mark) {
                Some(at) => {
                    let mut bytes = bytes;
                    bytes.splice(at..at + 32, token.bytes());
                    Value::BulkString(bytes)
                }
                None => Value::BulkString(bytes),
            }
        }
        Value::Array(list) => Value::Array(list.into_iter().map(|value| with_token(value, token)).collect()),
        other => other,
    }
}

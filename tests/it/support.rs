//! What the tests of the gate share.

use std::{
    convert::Infallible,
    future::poll_fn,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode},
    response::IntoResponse,
    routing::post,
};
use hookgate::{
    Answer, Receiver, ReceiverBuilder, Secret, UnixTime, WebhookLayer,
    axum::Delivery,
    providers::{GitHub, Stripe},
    scheme::{Part, Place, Scheme, Signature, header},
    store::MemoryStore,
    testing::{FaultyStore, ManualClock, SignedRequest, Signer},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};
use tower::ServiceExt;

pub const SECRET: &str = "whsec_test_0123456789abcdef0123456789abcdef";
pub const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);

/// The signature of nothing but these bytes, by the key and the algorithm of this scheme.
pub fn tag(
    scheme: Scheme,
    written: fn(Place) -> Signature,
    key: impl Into<Secret>,
    message: impl Into<bytes::Bytes>,
) -> String {
    let scheme = scheme.signature(written(header("x-tag"))).signs(&[Part::Body]);
    let signed = Signer::for_scheme(scheme, key).sign(message).expect("signed");
    let (_, tag) = signed.headers().iter().find(|(name, _)| name == "x-tag").expect("a tag");
    tag.clone()
}

/// A receiver's parts that tests turn: its clock and its store.
pub struct Bench {
    pub clock: ManualClock,
    pub store: FaultyStore<MemoryStore>,
}

impl Bench {
    pub fn new() -> Self {
        let clock = ManualClock::new(NOW);
        let memory = MemoryStore::builder().clock(clock.clone()).build().expect("a store");
        Self { clock, store: FaultyStore::new(memory) }
    }

    pub fn stripe(&self) -> ReceiverBuilder<Stripe> {
        Receiver::<Stripe>::builder().secret(SECRET).clock(self.clock.clone()).store(self.store.clone())
    }

    pub fn github(&self) -> ReceiverBuilder<GitHub> {
        Receiver::<GitHub>::builder().secret(SECRET).clock(self.clock.clone()).store(self.store.clone())
    }
}

/// Counts what handlers do: runs, and how many at most at one time.
#[derive(Clone, Default)]
pub struct Effects {
    runs: Arc<AtomicUsize>,
    done: Arc<AtomicUsize>,
    inside: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Effects {
    pub fn runs(&self) -> usize {
        self.runs.load(SeqCst)
    }

    pub fn done(&self) -> usize {
        self.done.load(SeqCst)
    }

    pub fn most_at_once(&self) -> usize {
        self.most.load(SeqCst)
    }

    /// One run that takes this long; counted as done only where it comes to its end.
    pub async fn run(&self, takes: Duration) -> usize {
        let run = self.runs.fetch_add(1, SeqCst) + 1;
        let _inside = Inside::enter(self);
        if !takes.is_zero() {
            tokio::time::sleep(takes).await;
        }
        self.done.fetch_add(1, SeqCst);
        run
    }
}

struct Inside(Arc<AtomicUsize>);

impl Inside {
    fn enter(effects: &Effects) -> Self {
        let inside = effects.inside.fetch_add(1, SeqCst) + 1;
        effects.most.fetch_max(inside, SeqCst);
        Self(Arc::clone(&effects.inside))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

/// A delivery of Stripe's, signed now.
pub fn stripe(id: &str) -> SignedRequest {
    stripe_at(id, NOW)
}

pub fn stripe_at(id: &str, at: UnixTime) -> SignedRequest {
    let body = format!(r#"{{"id":"{id}","type":"invoice.paid"}}"#);
    Signer::new::<Stripe>(SECRET).at(at).target("/hooks").sign(body).expect("a delivery")
}

/// A delivery of GitHub's, whose id is not signed.
pub fn github(id: &str, body: &'static str) -> SignedRequest {
    Signer::new::<GitHub>(SECRET).id(id).event_type("push").target("/hooks").sign(body).expect("a delivery")
}

pub fn request(signed: &SignedRequest) -> Request<Body> {
    let mut request = Request::builder().method(signed.method()).uri(signed.target());
    for (name, value) in signed.headers() {
        request = request.header(name, value);
    }
    request.body(Body::from(signed.body().clone())).expect("a request")
}

/// A router whose one route answers what `handle` says, behind the receiver.
pub fn app<P: 'static, F, Fut, R>(receiver: &Receiver<P>, handle: F) -> Router
where
    F: Fn(Delivery) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoResponse + 'static,
{
    Router::new().route("/hooks", post(handle)).layer(WebhookLayer::new(receiver.clone()))
}

/// A router whose handler counts and takes this long.
pub fn counting<P: 'static>(receiver: &Receiver<P>, effects: &Effects, takes: Duration) -> Router {
    let effects = effects.clone();
    app(receiver, move |_| {
        let effects = effects.clone();
        async move {
            effects.run(takes).await;
            StatusCode::NO_CONTENT
        }
    })
}

pub async fn send(app: &Router, signed: &SignedRequest) -> Response<Body> {
    let response: Result<_, Infallible> = app.clone().oneshot(request(signed)).await;
    response.expect("no error")
}

/// The status and the gate's own word on it.
pub async fn ask(app: &Router, signed: &SignedRequest) -> (u16, &'static str) {
    let response = send(app, signed).await;
    let answer = response.extensions().get::<Answer>().expect("an answer");
    (response.status().as_u16(), answer.disposition().as_str())
}

pub async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A request as it goes over the wire, with a `Content-Length`.
pub fn wire(signed: &SignedRequest) -> Vec<u8> {
    let mut wire = wire_head(signed);
    wire.extend_from_slice(format!("content-length: {}\r\n\r\n", signed.body().len()).as_bytes());
    wire.extend_from_slice(signed.body());
    wire
}

/// Request line and headers, open at the end.
pub fn wire_head(signed: &SignedRequest) -> Vec<u8> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n",
        signed.method(),
        signed.target()
    );
    for (name, value) in signed.headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.into_bytes()
}

/// Sends bytes and reads the whole answer.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut socket = TcpStream::connect(address).await.expect("a connection");
    // The server may answer and close before it has read everything.
    let _ = socket.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = socket.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("UTF-8")
}

pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Waits until something holds; the test runner's own limit is the only one.
pub async fn until(holds: impl Fn() -> bool) {
    while !holds() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A runtime of one thread that has begun with this and is blocked then, and another whose time passes by itself.
pub fn blocked_and_another<T>(begun: &mut Pin<Box<impl Future<Output = T>>>) -> [Runtime; 2] {
    let runtimes = [false, true].map(|paused| {
        let mut runtime = Builder::new_current_thread();
        runtime.enable_all().start_paused(paused).build().expect("a runtime")
    });
    let is_pending = poll_fn(|cx| Poll::Ready(begun.as_mut().poll(cx).is_pending()));
    assert!(runtimes[0].block_on(is_pending));
    runtimes
}

/// The answer to one who asks on this runtime, if there is one within a minute, and after how many seconds.
pub fn asked_on(
    runtime: &Runtime,
    app: &Router,
    delivery: &SignedRequest,
) -> (Option<(u16, &'static str)>, u64) {
    runtime.block_on(async {
        let began = tokio::time::Instant::now();
        let answer = tokio::time::timeout(Duration::from_secs(60), ask(app, delivery)).await;
        (answer.ok(), began.elapsed().as_secs())
    })
}

/// Everything that a stranger may try, by what is wrong with it.
pub fn forgeries() -> Vec<(&'static str, SignedRequest)> {
    let with = |value: &str| {
        let mut signed = stripe("evt_1");
        signed.headers_mut()[0].1 = value.to_owned();
        signed
    };
    let mut missing = stripe("evt_1");
    missing.headers_mut().clear();
    let mut repeated = stripe("evt_1");
    repeated.headers_mut().push(("stripe-signature".to_owned(), "t=1,v1=00".to_owned()));
    let other = Signer::new::<Stripe>("whsec_another_0123456789abcdef012345678").at(NOW).target("/hooks");
    let mut moved = stripe("evt_1");
    moved.headers_mut()[0].1 = stripe("evt_2").headers()[0].1.clone();
    vec![
        ("missing", missing),
        ("repeated", repeated),
        ("empty", with("")),
        ("garbage", with("<script>alert(1)</script>")),
        ("no timestamp", with("v1=00")),
        ("no signature", with("t=1700000000")),
        ("NaN", with("t=NaN,v1=00")),
        ("wrong", with("t=1700000000,v1=0000000000000000000000000000000000000000000000000000000000000000")),
        ("too many", with(&["v1=00"; 20].join(","))),
        ("too long", with(&"v1=00,".repeat(2000))),
        ("another secret", other.sign(r#"{"id":"evt_1"}"#).expect("a delivery")),
        ("another body", moved),
        ("stale", stripe_at("evt_1", UnixTime::from_secs(1_699_999_000))),
        ("from the future", stripe_at("evt_1", UnixTime::from_secs(1_700_001_000))),
    ]
}

/// The memory store answers at once.
pub fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the memory store waits for nothing"),
    }
}

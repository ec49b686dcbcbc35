//! Whether the time of a verdict tells a stranger anything: a statistical test in the manner of dudect (Reparaz,
//! Balasch and Verbauwhede 2017, "Dude, is my code constant time?").
//!
//! `cargo run --release -p hookgate-benches --bin timing [samples]`. Two classes of requests are verified in random
//! order, and Welch's t-test asks whether their times differ. Below 5 nothing was found. Above 10 they do differ, and
//! where that is by more than 10 ns it is a leak: what is less, no network shows (Crosby, Wallach and Riedi 2009,
//! "Opportunities and limits of remote timing attacks", tell 100 ns apart on a local one). A comparison that does
//! leak goes through the same test: it must be found, or the test is too weak today.

use std::{hint::black_box, io, process::ExitCode, sync::Arc, time::Instant};

use hookgate::{
    Receiver, Secret, UnixTime, Verifier, WebhookLayer,
    providers::GitHub,
    receiver::Tenants,
    testing::{ManualClock, SignedRequest, Signer},
};
use tokio::runtime::Runtime;
use tower::{Layer, ServiceExt, service_fn};

const KEYS: [&str; 4] = [
    "whsec_first_0123456789abcdef01234567",
    "whsec_second_0123456789abcdef0123456",
    "whsec_third_0123456789abcdef01234567",
    "whsec_fourth_0123456789abcdef0123456",
];
const NOW: UnixTime = UnixTime::from_secs(1_700_000_000);
/// Names of one length: of a tenant with secrets, and of nobody.
const KNOWN: &str = "known_00";
const UNKNOWN: &str = "nobody_0";
const OTHER: &str = "nobody_1";
/// What is a leak: times that differ beyond doubt, by so many nanoseconds.
const LEAK: Difference = Difference { t: 10.0, nanos: 10.0 };

/// How two classes differ: the largest |t|, and how far their means are apart.
#[derive(Clone, Copy)]
struct Difference {
    t: f64,
    nanos: f64,
}

impl Difference {
    fn is_leak(self) -> bool {
        self.t > LEAK.t && self.nanos > LEAK.nanos
    }
}

/// Mean and variance of what was seen so far (Welford).
#[derive(Clone, Copy, Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, value: f64) {
        self.count += 1.0;
        let delta = value - self.mean;
        self.mean += delta / self.count;
        self.squares += delta * (value - self.mean);
    }

    fn t(one: Self, other: Self) -> f64 {
        let error = |of: Self| of.squares / (of.count - 1.0) / of.count;
        (one.mean - other.mean) / (error(one) + error(other)).sqrt()
    }
}

/// How the classes differ over all samples, and over those below some percentiles: interrupts make long tails.
fn difference(samples: &[(bool, u64)]) -> Difference {
    let mut times: Vec<u64> = samples.iter().map(|(_, time)| *time).collect();
    times.sort_unstable();
    let crops = [50, 75, 90, 95, 99, 100].map(|percent| times[(times.len() - 1) * percent / 100]);
    let of_crop = |most: u64| {
        let mut classes = [Moments::default(); 2];
        for (class, time) in samples.iter().filter(|(_, time)| *time <= most) {
            classes[usize::from(*class)].add(*time as f64);
        }
        let [one, other] = classes;
        Difference { t: Moments::t(one, other).abs(), nanos: (one.mean - other.mean).abs() }
    };
    let found = crops.into_iter().map(of_crop).filter(|found| found.t.is_finite());
    found.fold(Difference { t: 0.0, nanos: 0.0 }, |most, next| if next.t > most.t { next } else { most })
}

/// Times both classes in random order; what is prepared is not timed.
fn compare<T>(samples: usize, mut prepare: impl FnMut(bool) -> T, mut run: impl FnMut(T)) -> Difference {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut taken = Vec::with_capacity(samples);
    for sample in 0..samples + samples / 20 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let class = state & 1 == 1;
        let prepared = prepare(class);
        let started = Instant::now();
        run(prepared);
        let time = started.elapsed().as_nanos() as u64;
        // The first ones warm up.
        if sample >= samples / 20 {
            taken.push((class, time));
        }
    }
    difference(&taken)
}

fn signed(key: &str) -> SignedRequest {
    Signer::new::<GitHub>(key).target("/hooks").sign("x".repeat(256)).unwrap()
}

/// With one digit of the signature changed, counted from its start or its end. A letter stays a letter: how digits
/// are read may depend on what a stranger wrote, since he knows that.
fn forged(key: &str, first: bool) -> SignedRequest {
    let mut forged = signed(key);
    let (_, value) = forged.headers_mut().iter_mut().find(|(name, _)| name == "x-hub-signature-256").unwrap();
    let at = if first { "sha256=".len() } else { value.len() - 1 };
    let other = match value.as_bytes()[at] {
        b'0' => "1",
        b'1'..=b'9' => "0",
        b'a' => "b",
        _ => "a",
    };
    value.replace_range(at..=at, other);
    forged
}

fn verifier(keys: &[&str]) -> Verifier {
    keys.iter().fold(Verifier::builder::<GitHub>(), |builder, key| builder.secret(*key)).build().unwrap()
}

/// Requests that differ in their signatures alone, in the same memory.
fn verdicts(samples: usize, verifier: &Verifier, classes: [SignedRequest; 2]) -> Difference {
    let signature = |of: &SignedRequest| {
        let mut headers = of.headers().iter();
        headers.position(|(name, _)| name == "x-hub-signature-256").unwrap()
    };
    let at = signature(&classes[0]);
    let values = classes.each_ref().map(|class| class.headers()[signature(class)].1.clone());
    let [request, _] = classes;
    let request = std::cell::RefCell::new(request);
    let prepare = |class: bool| {
        request.borrow_mut().headers_mut()[at].1.replace_range(.., black_box(&values[usize::from(class)]));
    };
    compare(samples, prepare, |()| {
        let request = request.borrow();
        let _ = black_box(verifier.verify(request.head(), request.body().clone(), NOW));
    })
}

/// A comparison that ends at the first difference: what must be found.
fn leaky(samples: usize) -> Difference {
    let right = [0x5a_u8; 1024];
    let mut wrong = [right; 2];
    wrong[0][0] ^= 1;
    wrong[1][1023] ^= 1;
    compare(
        samples,
        |class| wrong[usize::from(class)],
        |given| {
            black_box(black_box(&given).iter().zip(black_box(&right)).all(|(one, other)| one == other));
        },
    )
}

/// Known and unknown tenants, both with a wrong signature, through the whole gate.
fn tenants(samples: usize, names: [&'static str; 2]) -> Difference {
    let lookup = async |tenant: Arc<str>| -> io::Result<Option<Vec<Secret>>> {
        Ok((*tenant == *KNOWN).then(|| vec![KEYS[0].into()]))
    };
    let tenants = Tenants::new(|head| head.header("x-tenant").map(str::to_owned), lookup);
    let receiver =
        Receiver::<GitHub>::builder().tenants(tenants).clock(ManualClock::new(NOW)).build().unwrap();
    let gate = WebhookLayer::new(receiver).layer(service_fn(async |_: http::Request<_>| {
        Ok::<_, std::convert::Infallible>(http::Response::new(axum::body::Body::empty()))
    }));
    let runtime = Runtime::new().unwrap();
    let forged = forged(KEYS[1], true);
    let request = |second: bool| {
        let mut request = http::Request::post("/hooks").header("x-tenant", names[usize::from(second)]);
        for (name, value) in forged.headers() {
            request = request.header(name, value);
        }
        request.body(axum::body::Body::from(forged.body().clone())).unwrap()
    };
    compare(samples, request, |request| {
        let answer = runtime.block_on(gate.clone().oneshot(request)).unwrap();
        assert_eq!(answer.status(), 401);
    })
}

fn main() -> ExitCode {
    let samples = std::env::args().nth(1).map_or(1_000_000, |samples| samples.parse().unwrap());
    let (one, four) = (verifier(&KEYS[..1]), verifier(&KEYS));
    println!("| times that are compared, over {samples} runs | largest t | apart by |");
    println!("|---|---|---|");
    let mut leaks = Vec::new();
    let mut row = |what: &'static str, found: Difference| {
        println!("| {what} | {:.1} | {:.1} ns |", found.t, found.nanos);
        leaks.extend(found.is_leak().then_some(what));
        found.is_leak()
    };
    let control = row("control: a comparison that leaks", leaky(samples));
    row("control: nothing differs", verdicts(samples, &four, [(); 2].map(|()| forged(KEYS[0], false))));
    let digits = [true, false].map(|first| forged(KEYS[0], first));
    row("signature wrong in its first or last digit", verdicts(samples, &one, digits));
    let valid = [signed(KEYS[0]), signed(KEYS[3])];
    row("signature of the first of four keys, or of the last", verdicts(samples, &four, valid));
    let wrong = [forged(KEYS[0], false), forged(KEYS[3], false)];
    row("signature wrong under the first key, or under the last", verdicts(samples, &four, wrong));
    row("control: two unknown tenants", tenants(samples / 10, [UNKNOWN, OTHER]));
    row("known or unknown tenant, both with a wrong signature", tenants(samples / 10, [KNOWN, UNKNOWN]));
    if !control {
        println!("\nthe control was not found: too few samples, or too noisy a machine");
        return ExitCode::FAILURE;
    }
    let leaks = &leaks[1..];
    leaks.iter().for_each(|what| println!("\n**a leak: {what}**"));
    if leaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

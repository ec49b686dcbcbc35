//! Whether the time of a verdict tells a stranger anything: a statistical test in the manner of dudect (Reparaz,
//! Balasch and Verbauwhede 2017, "Dude, is my code constant time?").
//!
//! `cargo run --release -p hookgate-benches --bin timing [samples]`. Two classes of requests are verified in random
//! order, and Welch's t-test asks whether their times differ. Below 5 nothing was found; above 10 there is a leak.
//! A comparison that does leak goes through the same test: it must be found, or the test is too weak today.

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
/// Names of one length, of a tenant with secrets and of nobody.
const KNOWN: &str = "known_00";
const UNKNOWN: &str = "nobody_0";
/// What |t| says: nothing was found below the first, and there is a leak above the second.
const FOUND: (f64, f64) = (5.0, 10.0);

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

/// The largest |t| over all samples, and over those below some percentiles: interrupts make long tails.
fn largest_t(samples: &[(bool, u64)]) -> f64 {
    let mut times: Vec<u64> = samples.iter().map(|(_, time)| *time).collect();
    times.sort_unstable();
    let crops = [50, 75, 90, 95, 99, 100].map(|percent| times[(times.len() - 1) * percent / 100]);
    let of_crop = |most: u64| {
        let mut classes = [Moments::default(); 2];
        for (class, time) in samples.iter().filter(|(_, time)| *time <= most) {
            classes[usize::from(*class)].add(*time as f64);
        }
        Moments::t(classes[0], classes[1]).abs()
    };
    crops.into_iter().map(of_crop).filter(|t| t.is_finite()).fold(0.0, f64::max)
}

/// Times both classes in random order; what is prepared is not timed.
fn compare<T>(samples: usize, mut prepare: impl FnMut(bool) -> T, mut run: impl FnMut(T)) -> f64 {
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
    largest_t(&taken)
}

fn signed(key: &str) -> SignedRequest {
    Signer::new::<GitHub>(key).target("/hooks").sign("x".repeat(256)).unwrap()
}

/// With one digit of the signature changed, counted from its start or its end.
fn forged(key: &str, first: bool) -> SignedRequest {
    let mut forged = signed(key);
    let (_, value) = forged.headers_mut().iter_mut().find(|(name, _)| name == "x-hub-signature-256").unwrap();
    let at = if first { "sha256=".len() } else { value.len() - 1 };
    let other = if value.as_bytes()[at] == b'0' { "1" } else { "0" };
    value.replace_range(at..=at, other);
    forged
}

fn verifier(keys: &[&str]) -> Verifier {
    keys.iter().fold(Verifier::builder::<GitHub>(), |builder, key| builder.secret(*key)).build().unwrap()
}

fn verdicts(samples: usize, verifier: &Verifier, classes: [SignedRequest; 2]) -> f64 {
    // Both go through the same memory.
    let prepare = |class: bool| black_box(&classes[usize::from(class)]).clone();
    compare(samples, prepare, |request| {
        let _ = black_box(verifier.verify(request.head(), request.body().clone(), NOW));
    })
}

/// A comparison that ends at the first difference: what must be found.
fn leaky(samples: usize) -> f64 {
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
fn tenants(samples: usize) -> f64 {
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
    let request = |known: bool| {
        let mut request =
            http::Request::post("/hooks").header("x-tenant", if known { KNOWN } else { UNKNOWN });
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

fn tenants_null(samples: usize) -> f64 {
    let _ = samples;
    0.0
}
fn main() -> ExitCode {
    let samples = std::env::args().nth(1).map_or(1_000_000, |samples| samples.parse().unwrap());
    let four = verifier(&KEYS);
    let one = verifier(&KEYS[..1]);
    println!("| times that are compared, over {samples} runs | largest t |");
    println!("|---|---|");
    let found = leaky(samples);
    println!("| control: a comparison that leaks | {found:.1} |");
    let mut leaks = Vec::new();
    let mut row = |what: &'static str, t: f64| {
        println!("| {what} | {t:.1} |");
        if t > FOUND.1 {
            leaks.push(what);
        }
    };
    row(
        "signature wrong in its first or last digit",
        verdicts(samples, &one, [true, false].map(|first| forged(KEYS[0], first))),
    );
    row(
        "signature of the first of four keys, or of the last",
        verdicts(samples, &four, [signed(KEYS[0]), signed(KEYS[3])]),
    );
    row(
        "signature wrong under the first key, or under the last",
        verdicts(samples, &four, [forged(KEYS[0], false), forged(KEYS[3], false)]),
    );
    row("known or unknown tenant, both with a wrong signature", tenants(samples / 10));
    if found < FOUND.1 {
        println!("\nthe control was not found: too few samples, or too noisy a machine");
        return ExitCode::FAILURE;
    }
    leaks.iter().for_each(|what| println!("\n**a leak: {what}**"));
    if leaks.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

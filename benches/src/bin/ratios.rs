//! The budgets as ratios, each pair measured by turns in this one run.
//!
//! `cargo run --release -p hookgate-benches --bin ratios`

use std::{
    alloc::{GlobalAlloc, Layout, System},
    hint::black_box,
    sync::atomic::{AtomicIsize, Ordering},
    time::{Duration, Instant},
};

use bytes::Bytes;
use hookgate::{
    UnixTime,
    providers::{StandardWebhooks, Stripe},
    store::{MemoryStore, Scope},
    testing::ManualClock,
};
use hookgate_benches::{
    by_turns,
    gate::{Before, Server, per_request, requests},
    median, ratio,
    redis::{self, Bench, Step},
    store::{Moka, handle, handle_with_moka, id, key},
    timed,
    verify::{self, NOW, Request, SECRET, STANDARD_SECRET},
};

struct Counting;

static LIVE: AtomicIsize = AtomicIsize::new(0);

// SAFETY: every call is passed to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LIVE.fetch_add(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn show(what: &str, value: f64, budget: &str) {
    println!("{what:<64} {value:>8.3}   {budget}");
}

fn verifications() {
    for (size, budget) in [(256, "<= 1.10"), (64 * 1024, "<= 1.02"), (1024 * 1024, "<= 1.02")] {
        for case in verify::cases(size) {
            let calls = (8_000_000 / (size + 1000)).max(5);
            let (ours, floors) =
                by_turns(101, || timed(calls, || case.verify()), || timed(calls, || case.floor()));
            show(
                &format!("verify {}, {size} B, time over floor ({:?})", case.scheme, floors / calls as u32),
                ratio(ours, floors),
                budget,
            );
            let (ours, by_hand) =
                by_turns(101, || timed(calls, || case.verify()), || timed(calls, || case.by_hand()));
            show(
                &format!("verify {}, {size} B, time over by hand with the same result", case.scheme),
                ratio(ours, by_hand),
                "",
            );
        }
    }
}

fn chunked() {
    let (verifier, request) = verify::standard(1024 * 1024);
    let chunks: Vec<Bytes> = request.body.chunks(16 * 1024).map(Bytes::copy_from_slice).collect();
    let (streamed, buffered) = by_turns(
        101,
        || {
            let mut verification = verifier.begin(request.head(), NOW).unwrap();
            let (last, first) = chunks.split_last().unwrap();
            first.iter().for_each(|chunk| verification.update(chunk.clone()));
            timed_once(|| {
                verification.update(last.clone());
                verification.finish(NOW).unwrap()
            })
        },
        || {
            let mut whole = bytes::BytesMut::new();
            let (last, first) = chunks.split_last().unwrap();
            first.iter().for_each(|chunk| whole.extend_from_slice(chunk));
            timed_once(|| {
                whole.extend_from_slice(last);
                verifier.verify(request.head(), whole.split().freeze(), NOW).unwrap()
            })
        },
    );
    show(
        &format!("1 MiB in chunks, last chunk to answer over buffering ({buffered:?})"),
        ratio(streamed, buffered),
        "<= 0.30",
    );
}

fn timed_once<T>(run: impl FnOnce() -> T) -> Duration {
    let started = Instant::now();
    black_box(run());
    started.elapsed()
}

fn junk() {
    let (verifier, honest) = verify::standard(1024 * 1024);
    for junk in [16, 1000] {
        let mut forged = Request { headers: honest.headers.clone(), body: honest.body.clone() };
        let signatures = vec!["v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; junk].join(" ");
        forged.headers.insert("webhook-signature", signatures.parse().unwrap());
        let (rejected, accepted) = by_turns(
            51,
            || timed_once(|| verifier.verify(forged.head(), forged.body.clone(), NOW).is_err()),
            || timed_once(|| verifier.verify(honest.head(), honest.body.clone(), NOW).is_ok()),
        );
        show(
            &format!("{junk} junk signatures and 1 MiB over an honest one"),
            ratio(rejected, accepted),
            "<= 1",
        );
    }
}

fn peers() {
    let (verifier, request) = verify::standard(256);
    let svix = svix::webhooks::Webhook::new(STANDARD_SECRET).unwrap();
    let standard = standardwebhooks::Webhook::new(STANDARD_SECRET).unwrap();
    // The peers ask the system's clock for the time; sign for it.
    let now = hookgate::Clock::now(&hookgate::SystemClock::default()).unwrap();
    let signed = hookgate::testing::Signer::new::<StandardWebhooks>(STANDARD_SECRET)
        .at(now)
        .id("msg_1")
        .sign(verify::body(256))
        .unwrap();
    let mut headers = http::HeaderMap::new();
    for (name, value) in signed.headers() {
        headers.append(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap());
    }
    let ours = || timed(2000, || verifier.verify(request.head(), request.body.clone(), NOW).is_ok());
    assert!(svix.verify(signed.body(), &headers).is_ok() && standard.verify(signed.body(), &headers).is_ok());
    let (mine, theirs) = by_turns(51, ours, || timed(2000, || svix.verify(signed.body(), &headers).is_ok()));
    show("verify, 256 B: svix over hookgate", ratio(theirs, mine), "");
    let (mine, theirs) =
        by_turns(51, ours, || timed(2000, || standard.verify(signed.body(), &headers).is_ok()));
    show("verify, 256 B: standardwebhooks over hookgate", ratio(theirs, mine), "");
}

fn stores() {
    const LIVE_IDS: usize = 1_000_000;
    const MORE: usize = 100_000;
    let clock = ManualClock::new(UnixTime::from_secs(0));
    let scope = Scope::new("bench", "bench", None);
    let before = LIVE.load(Ordering::Relaxed);
    let store = MemoryStore::builder().capacity(4 * LIVE_IDS).clock(clock.clone()).build().unwrap();
    let mut longest = Duration::ZERO;
    for number in 0..LIVE_IDS {
        let key = key(&scope, number);
        longest = longest.max(timed_once(|| assert!(handle(&store, &key))));
    }
    let bytes = (LIVE.load(Ordering::Relaxed) - before) as f64 / LIVE_IDS as f64;
    let moka: Moka = moka::sync::Cache::builder().max_capacity(4 * LIVE_IDS as u64).build();
    for number in 0..LIVE_IDS {
        handle_with_moka(&moka, &id(number));
    }
    let mut next = LIVE_IDS;
    let keys: Vec<_> = (0..MORE * 11).map(|number| key(&scope, LIVE_IDS + number)).collect();
    let ids: Vec<_> = (0..MORE * 11).map(|number| id(LIVE_IDS + number)).collect();
    let (mut ours, mut mokas) = (Vec::new(), Vec::new());
    for round in 0..11 {
        let share = round * MORE..(round + 1) * MORE;
        ours.push(timed_once(|| keys[share.clone()].iter().all(|key| handle(&store, key))));
        mokas.push(timed_once(|| ids[share.clone()].iter().all(|id| handle_with_moka(&moka, id))));
        next += MORE;
    }
    let (ours, mokas) = (median(ours), median(mokas));
    show(
        &format!("claim + complete, 1 M live ids: moka over ours ({:?})", ours / MORE as u32),
        ratio(mokas, ours),
        ">= 5",
    );
    show("bytes a remembered event", bytes, "<= 80");
    show("longest claim + complete while growing to 1 M, ms", longest.as_secs_f64() * 1e3, "<= 1");
    clock.advance(Duration::from_secs(8 * 24 * 3600));
    let mut longest = Duration::ZERO;
    for number in next..next + MORE {
        let key = key(&scope, number);
        longest = longest.max(timed_once(|| assert!(handle(&store, &key))));
    }
    show("longest claim + complete after all expired idle, ms", longest.as_secs_f64() * 1e3, "<= 1");
}

fn redis() {
    const ROUNDS: usize = 10;
    let server = redis::Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::new(&server).await;
        // The scripts are loaded at their first run.
        bench.rate(Step::ClaimAndComplete, 1, 10).await;
        for in_flight in [1, 16, 64, 256] {
            let steps = if in_flight == 1 { 4_000 } else { 30_000 };
            let all = [Step::BareSet, Step::Claim, Step::BareScript, Step::Complete, Step::ClaimAndComplete];
            let mut rates: [Vec<f64>; 6] = Default::default();
            for round in 0..ROUNDS {
                // Each comes first in turn: where the server runs depends on what was before.
                for place in (0..all.len()).map(|place| (place + round) % all.len()) {
                    rates[place].push(bench.rate(all[place], in_flight, steps).await);
                }
                rates[5].push(server.benchmark(in_flight, steps));
                server.cli(&["flushall"]);
            }
            let [set, claim, script, complete, both, benchmark] = rates.map(|mut rates| {
                rates.sort_by(f64::total_cmp);
                rates[rates.len() / 2]
            });
            let wide = in_flight >= 64;
            show(
                &format!("redis, {in_flight} in flight: claims over bare SET NX GET PX ({set:.0}/s)"),
                claim / set,
                if wide { ">= 0.95" } else { "" },
            );
            show(
                &format!("redis, {in_flight} in flight: completions over a bare script ({script:.0}/s)"),
                complete / script,
                if wide { ">= 0.90" } else { "" },
            );
            show(
                &format!("redis, {in_flight} in flight: claim + complete over SET ({both:.0} events/s)"),
                both / set,
                "",
            );
            show(
                &format!(
                    "redis, {in_flight} in flight: SET over redis-benchmark -P {in_flight} ({benchmark:.0}/s)"
                ),
                set / benchmark,
                "",
            );
        }
        const EVENTS: usize = 200_000;
        let used = || -> f64 {
            let memory = server.cli(&["info", "memory"]);
            let line = memory.lines().find_map(|line| line.strip_prefix("used_memory:"));
            line.and_then(|bytes| bytes.trim().parse().ok()).unwrap()
        };
        let before = used();
        bench.rate(Step::ClaimAndComplete, 64, EVENTS).await;
        show(
            "redis, bytes a remembered event of a 40-byte id, all told",
            (used() - before) / EVENTS as f64,
            "",
        );
        let name = server.cli(&["randomkey"]);
        let bytes = server.cli(&["memory", "usage", name.trim()]).trim().parse().unwrap();
        show(&format!("redis, MEMORY USAGE of {}", name.trim()), bytes, "<= 180");
    });
}

fn gates() {
    const REQUESTS: usize = 10_000;
    const ROUNDS: usize = 9;
    let bare = Server::start(Before::Nothing);
    let standard = Server::start(Before::Standard);
    let inline = Server::start(Before::StandardInline);
    let stripe = Server::start(Before::Stripe);
    let (hand, hand_json) = (Server::start(Before::ByHand), Server::start(Before::ByHandJson));
    let peer = Server::start(Before::Peer);
    let mut times: [Vec<Duration>; 10] = Default::default();
    for round in 0..ROUNDS {
        let standards = requests::<StandardWebhooks>(STANDARD_SECRET, round * REQUESTS, REQUESTS);
        let stripes = requests::<Stripe>(SECRET, round * REQUESTS, REQUESTS);
        times[0].push(per_request(&bare, &standards));
        times[1].push(per_request(&standard, &standards));
        times[2].push(per_request(&inline, &standards));
        times[3].push(per_request(&bare, &stripes));
        times[4].push(per_request(&stripe, &stripes));
        times[5].push(per_request(&standard, &standards));
        times[6].push(per_request(&peer, &standards));
        times[7].push(per_request(&hand, &standards));
        times[8].push(per_request(&hand_json, &stripes));
        times[9].push(per_request(&hand, &standards));
    }
    let [bare, standard, inline, bare_json, stripe, duplicates, peer, hand, hand_json, hand_duplicates] =
        times.map(median);
    show(&format!("gate, id in a header, over bare axum ({bare:?})"), ratio(bare, standard), ">= 0.75");
    show("gate, id in a header, inline handlers", ratio(bare, inline), "");
    show("gate, id in the JSON", ratio(bare_json, stripe), ">= 0.70");
    show("gate, duplicates", ratio(bare, duplicates), ">= 0.85");
    show("by hand, id in a header", ratio(bare, hand), "");
    show("by hand, id in the JSON", ratio(bare_json, hand_json), "");
    show("by hand, duplicates", ratio(bare, hand_duplicates), "");
    show("by hand over the standardwebhooks crate", ratio(peer, hand), "");
    show("gate over the standardwebhooks crate, which does not dedupe", ratio(peer, standard), ">= 1.4");
    show("the same, inline handlers", ratio(peer, inline), "");
}

fn actix() {
    const REQUESTS: usize = 10_000;
    const ROUNDS: usize = 9;
    let (bare, gate) = (Server::start_actix(false), Server::start_actix(true));
    let mut times: [Vec<Duration>; 2] = Default::default();
    for round in 0..ROUNDS {
        let fresh = requests::<StandardWebhooks>(STANDARD_SECRET, round * REQUESTS, REQUESTS);
        times[0].push(per_request(&bare, &fresh));
        times[1].push(per_request(&gate, &fresh));
    }
    let [bare, gate] = times.map(median);
    show(&format!("gate, id in a header, over bare actix-web ({bare:?})"), ratio(bare, gate), "");
}

fn main() {
    let only = std::env::args().nth(1);
    let parts: [(&str, fn()); 8] = [
        ("verify", verifications),
        ("chunked", chunked),
        ("junk", junk),
        ("peers", peers),
        ("store", stores),
        ("redis", redis),
        ("gate", gates),
        ("actix", actix),
    ];
    for (name, part) in parts {
        if only.as_deref().is_none_or(|only| only == name) {
            part();
        }
    }
}

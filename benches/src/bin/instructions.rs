//! So many requests through an application in this process, and nothing else: for counting what one takes. It
//! counts allocations itself; valgrind counts instructions, of which those of two runs with different numbers
//! of requests leave those of the requests alone. SHA-256 counts for more there than on a processor that has
//! instructions for it.
//!
//! `valgrind --tool=callgrind target/release/instructions standard 1000`

use std::{
    alloc::{GlobalAlloc, Layout, System},
    sync::atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body};
use hookgate::providers::{StandardWebhooks, Stripe};
use hookgate_benches::{
    gate::{Before, app, requests},
    verify::{self, SECRET, STANDARD_SECRET},
};
use http::Request;
use tower::{Service, ServiceExt};

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The request that these bytes are.
fn parsed(wire: &[u8]) -> Request<Body> {
    let end = wire.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&wire[..end]).unwrap();
    let mut request = Request::post("/hooks");
    for line in head.lines().skip(1) {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(Body::from(wire[end + 4..].to_vec())).unwrap()
}

/// A router by name, and the requests for it as they go over the wire.
fn named(name: &str, count: usize) -> (Router, Vec<Vec<u8>>) {
    let standard = || requests::<StandardWebhooks>(STANDARD_SECRET, 0, count);
    let (before, requests) = match name {
        "bare" => (Before::Nothing, standard()),
        "standard" => (Before::Standard, standard()),
        "inline" => (Before::StandardInline, standard()),
        "duplicates" => (Before::Standard, vec![standard().swap_remove(0); count]),
        "bare-json" => (Before::Nothing, requests::<Stripe>(SECRET, 0, count)),
        "stripe" => (Before::Stripe, requests::<Stripe>(SECRET, 0, count)),
        "by-hand" => (Before::ByHand, standard()),
        "by-hand-duplicates" => (Before::ByHand, vec![standard().swap_remove(0); count]),
        "by-hand-json" => (Before::ByHandJson, requests::<Stripe>(SECRET, 0, count)),
        "peer" => (Before::Peer, standard()),
        other => panic!("{other}?"),
    };
    // As `axum::serve` makes it for each connection; otherwise it would be made for each request.
    (app(before).with_state(()), requests)
}

/// A verification alone, of 256 B, or the same by hand (`hand-stripe`), or its floor; `false` if no such is named.
fn verified(name: &str, count: usize) -> bool {
    let Some((kind, scheme)) = name.split_once('-') else { return false };
    let Some(case) = verify::cases(256).into_iter().find(|case| case.scheme == scheme) else { return false };
    for _ in 0..count {
        assert!(match kind {
            "verify" => case.verify(),
            "hand" => case.by_hand(),
            _ => case.floor(),
        });
    }
    true
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or("standard".into());
    let count: usize = arguments.next().map_or(1000, |count| count.parse().unwrap());
    if verified(&name, count) {
        return;
    }
    let (mut app, requests) = named(&name, count);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for wire in requests {
        let request = parsed(&wire);
        let ready = ServiceExt::<Request<Body>>::ready(&mut app).await.unwrap();
        assert_eq!(ready.call(request).await.unwrap().status(), 200);
    }
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
    println!("{name}: {:.2} allocations a request", allocations as f64 / count as f64);
}

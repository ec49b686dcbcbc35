//! Verification allocates nothing.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use bytes::Bytes;
use hookgate::{
    Provider, Store, Verifier,
    providers::{GitHub, StandardWebhooks, Stripe},
    store::{Claim, EventKey, MemoryStore, Outcome, Retention, Scope},
    testing::Signer,
};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        unsafe { System.realloc(block, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations<T>(run: impl FnOnce() -> T) -> (usize, T) {
    let before = COUNT.get();
    let done = run();
    (COUNT.get() - before, done)
}

const NOW: hookgate::UnixTime = hookgate::UnixTime::from_secs(1_700_000_000);

fn verify<P: Provider>(secrets: [&str; 2], body: &'static str) {
    let verifier =
        Verifier::builder::<P>().secret(secrets[0]).secret(secrets[1]).build().expect("a verifier");
    for secret in secrets {
        let signed =
            Signer::new::<P>(secret).id("2f4bef60-1eb6-0225-bec9-2c791e444815").event_type("push").at(NOW);
        let signed = signed.sign(body).expect("a delivery");
        let mut map = http::HeaderMap::new();
        for (name, value) in signed.headers() {
            let name: http::HeaderName = name.parse().expect("a name");
            map.append(name, value.parse().expect("a value"));
        }
        let head = hookgate::Head::new("POST", "/hooks", &map);
        // A body as it comes from a connection: shared already.
        let (body, _shared): (Bytes, Bytes) = (signed.body().clone(), signed.body().clone());
        let (count, delivery) = allocations(|| verifier.verify(head, body, NOW));
        let delivery = delivery.expect("authentic");
        assert_eq!(count, 0, "{}", P::SCHEME.name());
        assert!(delivery.id().is_some() && delivery.event_type().is_some());
        let (count, _) = allocations(|| verifier.begin(head, NOW).map(drop));
        assert_eq!(count, 0, "the head alone");
    }
}

#[test]
fn verification_allocates_nothing() {
    let text = ["whsec_test_0123456789abcdef0123456789abcdef", "whsec_another_0123456789abcdef012345678"];
    let base64 = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];
    let body = r#"{"id":"evt_1NG8Du2eZvKYlo2CUI79vXWy","data":{"a":[1,2,{"b":null}]},"type":"invoice.paid"}"#;
    verify::<GitHub>(text, body);
    verify::<Stripe>(text, body);
    verify::<StandardWebhooks>(base64, body);
}

#[test]
fn a_duplicate_allocates_nothing_in_the_memory_store() {
    let store = MemoryStore::builder().build().expect("a store");
    let key = |id: &str| {
        EventKey::of_id(Scope::new("r", "p", None), hookgate::EventId::new(id).expect("an id"))
            .with_content(Some([1; 16]), 1)
    };
    let now = |future| futures_now(future);
    let first = key("evt_1");
    let Claim::Won { token, .. } = now(Box::pin(store.claim(&first, std::time::Duration::from_secs(60))))
    else {
        panic!("not won")
    };
    let kept = Retention::new(std::time::Duration::from_secs(60), std::time::Duration::ZERO);
    futures_now(Box::pin(store.complete(&first, token, kept, Outcome::new(200))));
    let lease = std::time::Duration::from_secs(60);
    let (count, claim) = allocations(|| {
        let mut claim = std::pin::pin!(store.claim(&first, lease));
        poll(claim.as_mut())
    });
    assert!(matches!(claim, Claim::Done { .. }));
    assert_eq!(count, 0);
}

fn futures_now<T>(
    mut future: std::pin::Pin<Box<dyn Future<Output = Result<T, hookgate::StoreError>> + '_>>,
) -> T {
    poll(future.as_mut())
}

fn poll<T>(
    future: std::pin::Pin<&mut (impl Future<Output = Result<T, hookgate::StoreError>> + ?Sized)>,
) -> T {
    match future.poll(&mut std::task::Context::from_waker(std::task::Waker::noop())) {
        std::task::Poll::Ready(Ok(value)) => value,
        _ => panic!("the memory store answers at once"),
    }
}

/// RES-12: reading an id out of JSON builds no table of the names in it, which could be made to collide: it
/// allocates as much among 50,000 of them as among five.
#[test]
fn names_that_a_stranger_makes_up_are_put_nowhere() {
    let verifier = Verifier::builder::<Stripe>().secret("whsec_test_0123456789abcdef0123456789abcdef");
    let verifier = verifier.build().expect("a verifier");
    let signer = Signer::new::<Stripe>("whsec_test_0123456789abcdef0123456789abcdef").at(NOW);
    let reading = |names: usize| {
        let fields: String = (0..names).map(|number| format!(r#""x{number}":{{"id":{number}}},"#)).collect();
        let signed = signer.sign(format!(r#"{{{fields}"id":"evt_1","type":"t"}}"#)).expect("a delivery");
        let (body, _shared) = (signed.body().clone(), signed.body().clone());
        let (count, delivery) = allocations(|| {
            let delivery = verifier.verify(signed.head(), body, NOW).expect("authentic");
            assert!(delivery.event_type().is_some());
            delivery
        });
        assert!(delivery.id().is_some_and(|id| *id == "evt_1"));
        count
    };
    assert_eq!(reading(5), reading(50_000));
}

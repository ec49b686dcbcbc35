//! A server on one thread with and without the gate, in processor time a request:
//! `cargo bench -p hookgate-benches --bench gate`.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use hookgate::providers::{StandardWebhooks, Stripe};
use hookgate_benches::{
    gate::{Before, Server, per_request, requests},
    verify::{SECRET, STANDARD_SECRET},
};

const BATCH: usize = 2000;

fn gates(c: &mut Criterion) {
    let mut group = c.benchmark_group("gate");
    group.sample_size(10).measurement_time(Duration::from_secs(5));
    let all = [
        Before::Nothing,
        Before::Standard,
        Before::StandardInline,
        Before::Stripe,
        Before::ByHand,
        Before::ByHandJson,
        Before::Peer,
    ];
    for before in all {
        let server = Server::start(before);
        let mut first = 0;
        group.bench_function(format!("{before:?}"), |b| {
            b.iter_custom(|batches| {
                (0..batches)
                    .map(|_| {
                        // Every id is new.
                        first += BATCH;
                        let fresh = match before {
                            Before::Stripe | Before::ByHandJson => requests::<Stripe>(SECRET, first, BATCH),
                            _ => requests::<StandardWebhooks>(STANDARD_SECRET, first, BATCH),
                        };
                        per_request(&server, &fresh)
                    })
                    .sum()
            })
        });
    }
}

criterion_group!(benches, gates);
criterion_main!(benches);

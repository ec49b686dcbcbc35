//! The memory store beside moka, a million ids alive: `cargo bench -p hookgate-benches --bench store`.

use criterion::{Criterion, criterion_group, criterion_main};
use hookgate::store::{MemoryStore, Scope};
use hookgate_benches::store::{Moka, handle, handle_with_moka, id, key};

const LIVE: usize = 1_000_000;

fn claims(c: &mut Criterion) {
    let scope = Scope::new("bench", "bench", None);
    let store = MemoryStore::builder().capacity(100 * LIVE).build().unwrap();
    let moka: Moka = moka::sync::Cache::builder().max_capacity(100 * LIVE as u64).build();
    for number in 0..LIVE {
        handle(&store, &key(&scope, number));
        handle_with_moka(&moka, &id(number));
    }
    let mut group = c.benchmark_group("claim and complete");
    let mut next = LIVE;
    group.bench_function("memory store", |b| {
        b.iter(|| {
            next += 1;
            handle(&store, &key(&scope, next))
        })
    });
    let mut next = LIVE;
    group.bench_function("moka", |b| {
        b.iter(|| {
            next += 1;
            handle_with_moka(&moka, &id(next))
        })
    });
    let duplicate = key(&scope, 1);
    group.bench_function("memory store, a duplicate", |b| b.iter(|| handle(&store, &duplicate)));
}

criterion_group!(benches, claims);
criterion_main!(benches);

//! Verification beside its floor and its peers: `cargo bench -p hookgate-benches --bench verify`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hookgate::{Clock, SystemClock, providers::StandardWebhooks, testing::Signer};
use hookgate_benches::verify::{self, NOW, STANDARD_SECRET};

fn beside_the_floor(c: &mut Criterion) {
    for size in [256, 64 * 1024, 1024 * 1024] {
        let mut group = c.benchmark_group(format!("verify/{size}"));
        group.throughput(Throughput::Bytes(size as u64)).sample_size(30);
        for case in verify::cases(size) {
            group.bench_function(case.scheme, |b| b.iter(|| case.verify()));
            group.bench_function(format!("{} by hand", case.scheme), |b| b.iter(|| case.by_hand()));
            group.bench_function(format!("{} floor", case.scheme), |b| b.iter(|| case.floor()));
        }
    }
}

fn beside_the_peers(c: &mut Criterion) {
    // The peers ask the system's clock: the delivery is signed for now.
    let now = SystemClock::default().now().unwrap();
    let body = verify::body(256);
    let signed = Signer::new::<StandardWebhooks>(STANDARD_SECRET).at(now).id("msg_1").sign(body).unwrap();
    let headers: http::HeaderMap = signed
        .headers()
        .iter()
        .map(|(name, value)| (name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap()))
        .collect();
    let verifier = verify::verifier::<StandardWebhooks>(STANDARD_SECRET);
    let svix = svix::webhooks::Webhook::new(STANDARD_SECRET).unwrap();
    let standard = standardwebhooks::Webhook::new(STANDARD_SECRET).unwrap();
    let pairs: Vec<(String, String)> = signed.headers().to_vec();
    let secret = webhook_verify::Secret::new(STANDARD_SECRET);
    let peer = || {
        let (provider, options) =
            (webhook_verify::Provider::StandardWebhooks, webhook_verify::VerifyOptions::default());
        webhook_verify::verify(provider, &pairs, signed.body(), &secret, options)
    };
    assert!(peer().is_ok());
    let mut group = c.benchmark_group("peers/256");
    let head = || hookgate::Head::new("POST", "/", &headers);
    group.bench_function("hookgate", |b| {
        b.iter(|| verifier.verify(head(), signed.body().clone(), now).is_ok())
    });
    group.bench_function("svix", |b| b.iter(|| svix.verify(signed.body(), &headers).is_ok()));
    group.bench_function("standardwebhooks", |b| b.iter(|| standard.verify(signed.body(), &headers).is_ok()));
    group.bench_function("webhook-verify", |b| b.iter(|| peer().is_ok()));
}

fn junk(c: &mut Criterion) {
    let (verifier, honest) = verify::standard(1024 * 1024);
    let mut group = c.benchmark_group("1 MiB");
    group.sample_size(30);
    group.bench_function("honest", |b| {
        b.iter(|| verifier.verify(honest.head(), honest.body.clone(), NOW).is_ok())
    });
    for junk in [16, 1000] {
        let mut headers = honest.headers.clone();
        let signatures = vec!["v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="; junk].join(" ");
        headers.insert("webhook-signature", signatures.parse().unwrap());
        let head = || hookgate::Head::new("POST", "/", &headers);
        group.bench_function(BenchmarkId::new("junk signatures", junk), |b| {
            b.iter(|| verifier.verify(head(), honest.body.clone(), NOW).is_err())
        });
    }
}

criterion_group!(benches, beside_the_floor, beside_the_peers, junk);
criterion_main!(benches);

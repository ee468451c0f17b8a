//! What a delivery costs: verified alone, through the whole stack, and refused by its head.

mod scene;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use http::Request;
use tokio::runtime::{Builder, Runtime};

use scene::{BareHash, Body, Layered, SIZES};

/// The same bytes through the hash, the verification, and the verification and de-duplication of events that are all new.
fn accepted(criterion: &mut Criterion) {
    let runtime = runtime();
    let (verify, stack) = (scene::verify_github(), scene::stack_github());
    let (stripe, stripe_stack) = (scene::verify_stripe(), scene::stack_stripe());
    let mut group = criterion.benchmark_group("accepted");
    group.sample_size(10).warm_up_time(SHORT).measurement_time(SHORT);
    for size in SIZES {
        group.throughput(Throughput::Bytes(size as u64));
        let (hash, body) = (BareHash::new(), vec![b'x'; size]);
        group.bench_with_input(BenchmarkId::new("bare hash", size), &body, |bencher, body| {
            bencher.iter(|| hash.verify(black_box(body), &[0; 32]));
        });
        let signed = scene::github_event(size);
        let mut bench = |name, service: &dyn Fn(Request<Body>), request: &dyn Fn() -> Request<Body>| {
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter_batched(request, service, BatchSize::LargeInput);
            });
        };
        let again = || scene::under_new_id(&signed);
        bench(
            "verify, GitHub",
            &|request| serve(&runtime, &verify, request),
            &again,
        );
        bench(
            "stack, GitHub",
            &|request| serve(&runtime, &stack, request),
            &again,
        );
        let anew = || scene::stripe_event(size);
        bench(
            "verify, Stripe",
            &|request| serve(&runtime, &stripe, request),
            &anew,
        );
        bench(
            "stack, Stripe",
            &|request| serve(&runtime, &stripe_stack, request),
            &anew,
        );
    }
    group.finish();
}

/// A delivery that ends at its head: what a flood of forged requests costs each.
fn refused(criterion: &mut Criterion) {
    let (runtime, service) = (runtime(), scene::verify_github());
    let signed = scene::github_event(1024);
    let mut group = criterion.benchmark_group("refused");
    group.warm_up_time(SHORT).measurement_time(SHORT);
    for (name, header) in [
        ("no signature", None),
        ("a malformed signature", Some("sha256=nonsense")),
    ] {
        let request = || {
            let mut request = signed.clone();
            request.headers_mut().remove("x-hub-signature-256");
            let forged = header.map(|value| value.parse().expect("a header's value"));
            forged.map(|value| request.headers_mut().insert("x-hub-signature-256", value));
            request
        };
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                request,
                |request| serve(&runtime, &service, request),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn serve(runtime: &Runtime, service: &impl Layered, request: Request<Body>) {
    let answer = runtime.block_on(service.clone().call(request));
    black_box(answer.expect("the handler doesn't fail"));
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime starts")
}

const SHORT: std::time::Duration = std::time::Duration::from_millis(700);

criterion_group!(benches, accepted, refused);
criterion_main!(benches);

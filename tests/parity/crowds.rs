//! Many strangers at once: what they make this process hold is bounded, whatever the door.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use hookgate::receiver::BodyRoom;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinSet,
};

use crate::{
    ALONE,
    doors::ALL,
    support::{stripe, until, wire, wire_head},
    wire::{Part, connect, exchange},
    world::{Handler, World},
};

/// Watches what is held until it is dropped.
struct Watch {
    most: Arc<AtomicUsize>,
    over: Arc<AtomicBool>,
}

impl Watch {
    fn of(room: &BodyRoom) -> Self {
        let watch = Self { most: Arc::default(), over: Arc::default() };
        let (room, most, over) = (room.clone(), Arc::clone(&watch.most), Arc::clone(&watch.over));
        std::thread::spawn(move || {
            while !over.load(SeqCst) {
                most.fetch_max(room.held(), SeqCst);
                std::thread::yield_now();
            }
        });
        watch
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, SeqCst);
    }
}

/// Sends what a genuine delivery begins with, and then chunks without end; the status of the answer.
async fn endless(address: SocketAddr) -> u16 {
    let (mut reading, mut writing) = connect(address).await.into_split();
    let mut head = wire_head(&stripe("evt_1"));
    head.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
    let chunk = [&b"3e8\r\n"[..], &[b'x'; 1000], b"\r\n"].concat();
    let write = tokio::spawn(async move {
        let mut sent = writing.write_all(&head).await;
        while sent.is_ok() {
            sent = writing.write_all(&chunk).await;
            tokio::task::yield_now().await;
        }
    });
    let mut answer = [0; 12];
    let answered = reading.read_exact(&mut answer).await;
    write.abort();
    answered.expect("an answer");
    std::str::from_utf8(&answer[9..]).ok().and_then(|status| status.parse().ok()).expect("a status")
}

/// RES-05: a body has a limit, whatever it announces, and so have all bodies together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_end_are_held_up_to_the_limit_each() {
    const SENDERS: usize = 60;
    const LIMIT: usize = 20_000;
    let _alone = ALONE.lock().await;
    for door in ALL {
        let (world, room) = (World::new(), BodyRoom::new(usize::MAX));
        let receiver = world.stripe().body_limit(LIMIT).body_room(room.clone()).build().expect("a receiver");
        let address = door.serve(&receiver, &world, Handler::Count).await;
        let watch = Watch::of(&room);
        let mut senders: JoinSet<u16> = (0..SENDERS).map(|_| endless(address)).collect();
        while let Some(status) = senders.join_next().await {
            assert_eq!(status.expect("an answer"), 413, "{door:?}");
        }
        let most = watch.most.load(SeqCst);
        assert!(0 < most && most <= SENDERS * LIMIT, "{door:?}: {most} bytes were held");
        until(|| room.held() == 0).await;
        assert_eq!((world.runs(), world.store.all_calls()), (0, 0), "{door:?}");
    }
}

/// RES-14: however many strangers send at once, what they have sent takes no more than its room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_at_once_share_one_room() {
    const SENDERS: usize = 200;
    const EACH: usize = 4000;
    const ROOM: usize = 100_000;
    let _alone = ALONE.lock().await;
    for door in ALL {
        let (world, room) = (World::new(), BodyRoom::new(ROOM));
        let receiver = world.stripe().body_room(room.clone()).build().expect("a receiver");
        let address = door.serve(&receiver, &world, Handler::Count).await;
        let watch = Watch::of(&room);
        let refused = Arc::new(AtomicUsize::new(0));
        let mut senders = JoinSet::new();
        for _ in 0..SENDERS {
            let refused = Arc::clone(&refused);
            senders.spawn(async move {
                let head = format!("content-length: {}\r\n\r\n", EACH + 1);
                let bytes = [&wire_head(&stripe("evt_1"))[..], head.as_bytes(), &[b'x'; EACH]].concat();
                // Only those who are refused get an answer.
                let answer = exchange(address, &[Part::Bytes(bytes)]).await.pop().expect("an answer");
                assert_eq!((answer.status, answer.header("retry-after").is_some()), (503, true));
                refused.fetch_add(1, SeqCst);
            });
        }
        // Until everyone is either refused or has a place.
        until(|| room.held() == (SENDERS - refused.load(SeqCst)) * EACH).await;
        let most = watch.most.load(SeqCst);
        assert!(0 < most && most <= ROOM, "{door:?}: {most} bytes were held");
        assert!(refused.load(SeqCst) >= SENDERS - ROOM / EACH, "{door:?}");
        senders.shutdown().await;
        until(|| room.held() == 0).await;
        assert_eq!((world.runs(), world.store.all_calls()), (0, 0), "{door:?}");
        let genuine = exchange(address, &[Part::Bytes(wire(&stripe("evt_1")))]).await;
        assert_eq!((genuine[0].status, world.runs()), (200, 1), "{door:?}: there is room again");
    }
}

//! Honest senders: a steady stream of events, each sent until it is accepted.

use std::time::{Duration, Instant};

use hookgate::{
    Clock, SystemClock,
    providers::{GitHub, Stripe},
    testing::{SignedRequest, Signer},
};
use tokio::task::JoinSet;

use crate::{
    client::{Connection, wire},
    flood::Path,
    server::SECRET,
};

const SENDERS: usize = 8;
/// Between two events of one sender: 400 a second in all.
const PAUSE: Duration = Duration::from_millis(20);
/// Before an event that was not accepted is sent again.
const AGAIN: Duration = Duration::from_millis(50);

/// What became of the honest events.
pub struct Honest {
    pub sent: u64,
    /// Deliveries that were not accepted, and sent again.
    pub refused: u64,
    /// From the first sending of an event to its acceptance, in order.
    times: Vec<Duration>,
}

impl Honest {
    pub fn percentile(&self, percent: usize) -> Duration {
        let place = (self.times.len() * percent / 100).min(self.times.len().saturating_sub(1));
        self.times.get(place).copied().unwrap_or_default()
    }
}

/// A delivery of this event, signed now, with a body of a kilobyte.
pub fn signed(path: Path, id: &str) -> SignedRequest {
    let now = SystemClock::default().now().unwrap();
    let padding = "x".repeat(900);
    match path {
        Path::Stripe => {
            let body = format!(r#"{{"id":"{id}","type":"invoice.paid","padding":"{padding}"}}"#);
            Signer::new::<Stripe>(SECRET).at(now).target("/stripe").sign(body)
        }
        Path::GitHub => {
            let body = format!(r#"{{"action":"opened","number":"{id}","padding":"{padding}"}}"#);
            Signer::new::<GitHub>(SECRET).event_type("issues").id(id).target("/github").sign(body)
        }
    }
    .unwrap()
}

/// Sends events for so long, and each until it is accepted.
pub fn send(port: u16, path: Path, lasts: Duration) -> Honest {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let until = Instant::now() + lasts;
        let mut senders = JoinSet::new();
        for sender in 0..SENDERS {
            senders.spawn(async move {
                let (mut connection, mut refused, mut times) = (Connection::new(port), 0, Vec::new());
                while Instant::now() < until {
                    let id = format!("honest-{sender}-{}", times.len());
                    let started = Instant::now();
                    // Signed anew each time, as providers do.
                    while !matches!(connection.send(&wire(&signed(path, &id))).await, Ok(200..=299)) {
                        refused += 1;
                        tokio::time::sleep(AGAIN).await;
                    }
                    times.push(started.elapsed());
                    tokio::time::sleep(PAUSE).await;
                }
                (refused, times)
            });
        }
        let mut honest = Honest { sent: 0, refused: 0, times: Vec::new() };
        while let Some(sender) = senders.join_next().await {
            let (refused, times) = sender.unwrap();
            honest.sent += times.len() as u64;
            honest.refused += refused;
            honest.times.extend(times);
        }
        honest.times.sort_unstable();
        honest
    })
}

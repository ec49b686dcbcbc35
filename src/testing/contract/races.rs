//! What must hold under any interleaving of steps that wait.

use std::{
    array,
    cell::Cell,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use super::{LEASE, claim, complete, key, release, renew, win, with_content};
use crate::store::{Claim, EventKey, Hold, Store};

/// No race takes as long, also where a store takes its claims one after the other.
const LONG: Duration = Duration::from_secs(60);

/// What a store knows of an event that may be claimed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Before {
    New,
    Released,
    Lapsed,
    Forgotten,
}

pub(super) async fn races_have_one_winner<S: Store>(
    store: &S,
    before: Before,
    pass: &impl AsyncFn(Duration),
) {
    let races: Vec<[EventKey; 16]> = (0..14).flat_map(races).collect();
    // Not the first to race: whoever takes over under another id is to come before it.
    for [.., known] in races.iter().filter(|_| before != Before::New) {
        let (token, _) = win(store, known, "a new event is won").await;
        if before == Before::Released {
            release(store, known, token).await;
        }
        if before == Before::Forgotten {
            complete(store, known, token).await;
            store.forget(known).await.unwrap_or_else(|error| panic!("forget: {error}"));
        }
    }
    if before == Before::Lapsed {
        pass(LEASE + LEASE / 2).await;
    }
    for race in &races {
        let claims = race.iter().map(|key| Box::pin(store.claim(key, LONG)) as Racer<'_, _>);
        let claims: Result<Vec<Claim>, _> = all(claims.collect()).await.into_iter().collect();
        let claims = claims.unwrap_or_else(|error| panic!("claim: {error}"));
        let winners = claims.iter().filter(|claim| matches!(claim, Claim::Won { .. })).count();
        assert_eq!(winners, 1, "a race has one winner: {before:?}, {race:?}");
    }
}

/// For one id, for one content under many ids, and for one id with many contents.
fn races(round: u8) -> [[EventKey; 16]; 3] {
    let racers = array::from_fn(|racer| racer as u8);
    [
        racers.map(|_| key(&format!("same {round}"))),
        racers.map(|racer| with_content(&format!("copy {racer} of {round}"), round)),
        racers.map(|racer| with_content(&format!("rendered {round}"), 16 + 16 * round + racer)),
    ]
}

pub(super) async fn a_late_step_and_a_takeover_are_not_both<S: Store>(
    store: &S,
    pass: &impl AsyncFn(Duration),
) {
    let keys: Vec<EventKey> = (0..24).map(|number| with_content(&format!("late {number}"), number)).collect();
    let mut tokens = Vec::new();
    for key in &keys {
        tokens.push(win(store, key, "a new event is won").await.0);
    }
    pass(LEASE + LEASE / 2).await;
    for (number, (key, token)) in keys.iter().zip(tokens).enumerate() {
        let (held, taken) = (Cell::new(Hold::Lost), Cell::new(None));
        let step = async {
            held.set(match number % 3 {
                0 => complete(store, key, token).await,
                1 => renew(store, key, token).await,
                _ => release(store, key, token).await,
            });
        };
        let takeover = async {
            if let Claim::Won { token, .. } = claim(store, key).await {
                taken.set(Some(token));
            }
        };
        all(vec![Box::pin(step) as Racer<'_, ()>, Box::pin(takeover)]).await;
        if let Some(token) = taken.get() {
            // What is released can be won right then.
            assert!(
                held.get() == Hold::Lost || number % 3 == 2,
                "whoever is late holds it, or it is taken over"
            );
            assert_eq!(complete(store, key, token).await, Hold::Held, "who took over holds it");
        }
    }
}

type Racer<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Polls all futures side by side until all are ready.
async fn all<T>(futures: Vec<Racer<'_, T>>) -> Vec<T> {
    let mut pending: Vec<_> = futures.into_iter().map(Some).collect();
    let mut done = Vec::new();
    let joined = poll_fn(|cx| {
        for place in &mut pending {
            if let Some(future) = place
                && let Poll::Ready(value) = future.as_mut().poll(cx)
            {
                done.push(value);
                *place = None;
            }
        }
        if pending.iter().all(Option::is_none) { Poll::Ready(()) } else { Poll::Pending }
    });
    pin!(joined).await;
    done
}

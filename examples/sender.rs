//! A producer of Standard Webhooks, beside the quickstart that receives them: the other half of an
//! asynchronous API.
//!
//! Start the quickstart, then `cargo run --example sender --features fetch,testing`.
//!
//! | variable | default |
//! |---|---|
//! | `URL` | `http://127.0.0.1:3000/webhooks/standard` |
//! | `STANDARD_SECRET` | the quickstart's demo value |

use std::{env, error::Error, process::ExitCode, time::Duration};

use hookgate::{Clock, SystemClock, providers::StandardWebhooks, testing::Signer};

/// The waits between attempts grow like this, up to a third of an hour in all.
const PAUSES: [u64; 6] = [1, 5, 30, 120, 300, 600];

/// The longest wait that a receiver is granted.
const LONGEST: u64 = 600;

/// Sends one event until the receiver has it. Its id stays the same over all attempts, and each attempt is
/// signed anew: the receiver tells repeats by the id and stale copies by the timestamp.
pub async fn deliver(
    client: &reqwest::Client,
    url: &str,
    secret: &str,
    id: &str,
    body: &str,
) -> Result<(), Box<dyn Error>> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let now = SystemClock::default().now().ok_or("the system clock is before 1970")?;
        let signed = Signer::new::<StandardWebhooks>(secret).at(now).id(id).sign(body.to_owned())?;
        let mut request =
            client.post(url).body(signed.body().clone()).header("content-type", "application/json");
        for (name, value) in signed.headers() {
            request = request.header(name, value);
        }
        // What the receiver asks for counts, as long as there are attempts left.
        let asked = match request.send().await {
            Ok(answer) if answer.status().is_success() => {
                println!("{id}: {}", answer.status());
                return Ok(());
            }
            // The receiver wants no more of these: stop, and disable the endpoint.
            Ok(answer) if answer.status() == reqwest::StatusCode::GONE => {
                return Err(format!("{id}: {}", answer.status()).into());
            }
            Ok(answer) => {
                println!("{id}: {}, again later", answer.status());
                answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()?.parse::<u64>().ok())
            }
            Err(error) => {
                println!("{id}: {error}, again later");
                None
            }
        };
        match pauses.next() {
            Some(pause) => {
                tokio::time::sleep(Duration::from_secs(asked.unwrap_or(pause).min(LONGEST))).await;
            }
            None => return Err(format!("{id}: given up").into()),
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let url = env::var("URL").unwrap_or_else(|_| "http://127.0.0.1:3000/webhooks/standard".to_owned());
    let secret =
        env::var("STANDARD_SECRET").unwrap_or_else(|_| "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
    // Redirects are not for senders: the receiver has the URL that it gave.
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(15))
        .build()?;
    for (id, body) in [
        ("msg_order_1", r#"{"type":"order.placed","data":{"order":1}}"#),
        ("msg_order_1", r#"{"type":"order.placed","data":{"order":1}}"#),
        ("msg_order_2", r#"{"type":"order.placed","data":{"order":2}}"#),
    ] {
        deliver(&client, &url, &secret, id, body).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

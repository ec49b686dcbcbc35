//! Public keys over HTTP.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::KeySource;
use crate::{secret::Secret, verify::KeyId};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The most bytes of an answer that are read.
const LARGEST: usize = 256 * 1024;

/// Keys that a provider publishes over HTTP: a JSON web key set (RFC 7517), or the certificates whose URLs
/// its deliveries give.
///
/// It follows no redirects, waits five seconds at most, and reads 256 KiB at most.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use hookgate::{FetchedKeys, HttpKeys, Receiver, providers::GooglePubSub};
///
/// let keys = HttpKeys::key_set("https://www.googleapis.com/oauth2/v3/certs")?;
/// let push = Receiver::<GooglePubSub>::builder()
///     .fetched_keys(FetchedKeys::new(keys))
///     .config("audience", "https://hooks.example.com/push")
///     .config("email", "push@project.iam.gserviceaccount.com")
///     .build()?;
/// # let _ = push;
/// # }
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HttpKeys {
    client: reqwest::Client,
    /// The URL of the key set; `None` for certificates.
    key_set: Option<reqwest::Url>,
}

impl HttpKeys {
    /// The keys of the set at this URL, by their `kid`.
    ///
    /// # Errors
    ///
    /// It is no URL, or not `https` (but for this very machine), or there is no TLS.
    pub fn key_set(url: &str) -> Result<Self, BoxError> {
        let url: reqwest::Url = url.parse()?;
        let here = ["localhost", "127.0.0.1", "[::1]"];
        if url.scheme() != "https" && !url.host_str().is_some_and(|host| here.contains(&host)) {
            return Err("whoever is on the way could give other keys: the URL must be https".into());
        }
        Ok(Self { key_set: Some(url), ..Self::certificates()? })
    }

    /// The certificates at the URLs that deliveries give, which the scheme pins.
    ///
    /// # Errors
    ///
    /// There is no TLS.
    pub fn certificates() -> Result<Self, BoxError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5))
            .user_agent(concat!("hookgate/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, key_set: None })
    }

    /// What is at this URL, if anything is.
    async fn get(&self, url: reqwest::Url) -> Result<Option<String>, BoxError> {
        let mut answer = self.client.get(url).send().await?;
        match answer.status() {
            status if status.is_success() => {}
            // Whoever names a certificate may name one that never was.
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::FORBIDDEN => return Ok(None),
            status => return Err(format!("answered {status}").into()),
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST {
                return Err("the answer is too large".into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Some(String::from_utf8(body)?))
    }
}

impl KeySource for HttpKeys {
    async fn keys(&self, id: &KeyId) -> Result<Vec<Secret>, BoxError> {
        match (&self.key_set, id) {
            (None, KeyId::Url(url)) => {
                Ok(self.get(url.parse()?).await?.map(Secret::from).into_iter().collect())
            }
            (None, _) => Ok(Vec::new()),
            (Some(url), id) => {
                let set = self.get(url.clone()).await?.ok_or("there is no key set")?;
                let set: Value = serde_json::from_str(&set)?;
                let keys = set.get("keys").and_then(Value::as_array).ok_or("it is no key set")?;
                let wanted = |key: &&Value| match id {
                    KeyId::Named(name) => key.get("kid").and_then(Value::as_str) == Some(name),
                    // Which one it is the signature tells.
                    KeyId::Only | KeyId::Url(_) => true,
                };
                Ok(keys.iter().filter(wanted).map(|key| key.to_string().into()).collect())
            }
        }
    }
}

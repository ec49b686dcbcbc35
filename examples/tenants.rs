//! Secrets per tenant, each with one of its own: by a header for Shopify, where each shop has an app of its own, by
//! the path for GitHub.
//!
//! Run it: `cargo run --example tenants --features axum,tenants`, then
//!
//! ```sh
//! curl -i -H 'x-hub-signature-256: sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' \
//!   -d 'Hello, World!' http://127.0.0.1:3000/github/acme
//! ```

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use axum::{Router, routing::post};
use hookgate::{
    Receiver, Secret, Tenants, WebhookLayer,
    axum::Delivery,
    providers::{GitHub, Shopify},
};
use tokio::net::TcpListener;

/// Stands for a database.
#[derive(Clone)]
struct Secrets(Arc<HashMap<&'static str, Vec<&'static str>>>);

impl Secrets {
    async fn of(&self, tenant: &str) -> io::Result<Option<Vec<Secret>>> {
        tokio::time::sleep(Duration::from_millis(5)).await;
        println!("looked up {tenant}");
        Ok(self.0.get(tenant).map(|secrets| secrets.iter().map(|secret| Secret::from(*secret)).collect()))
    }
}

async fn on_event(delivery: Delivery) {
    println!("handled {} for {:?}", delivery.provider(), delivery.tenant());
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secrets = Secrets(Arc::new(HashMap::from([
        ("acme", vec!["It's a Secret to Everybody"]),
        // Newest first, while the old one is still in use.
        (
            "a.myshopify.com",
            vec!["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", "shpss_0123456789abcdef0123456789abcdef"],
        ),
    ])));
    let lookup = move |tenant: Arc<str>| {
        let secrets = secrets.clone();
        async move { secrets.of(&tenant).await }
    };

    // One name for all spellings: under another one a captured delivery would be a new event.
    let by_shop = Tenants::new(
        |head| head.header("x-shopify-shop-domain").map(str::to_ascii_lowercase),
        lookup.clone(),
    );
    let by_path = Tenants::new(|head| head.path().rsplit('/').next().map(str::to_owned), lookup);

    let shopify = Receiver::<Shopify>::builder().tenants(by_shop).build()?;
    let github = Receiver::<GitHub>::builder().tenants(by_path).build()?;

    let app = Router::new()
        .route("/shopify", post(on_event).layer(WebhookLayer::new(shopify)))
        .route("/github/{tenant}", post(on_event).layer(WebhookLayer::new(github)));
    let listener = TcpListener::bind("127.0.0.1:3000").await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

//! The public contract suite, on every kind of server.

use std::{fs, process::Command, time::Duration};

use hookgate::{
    ConfigError, EventId, StoreErrorKind,
    store::{Claim, EventKey, Outcome, RedisStore, Retention, Scope, Store},
    testing::store_contract,
};
use redis::{
    ClientTlsConfig, TlsCertificates,
    aio::{ConnectionLike, ConnectionManager},
    cluster::ClusterClient,
};

use crate::{
    doubles::{Double, Replies},
    servers::{Cluster, Server, Watched},
    store,
};

async fn pass(by: Duration) {
    tokio::time::sleep(by).await;
}

#[tokio::test]
async fn one_server() {
    let server = Server::start();
    let connection = server.connect().await;
    store_contract(async || store(connection.clone()), pass).await;
}

#[tokio::test]
async fn one_server_over_a_plain_multiplexed_connection() {
    let server = Server::start();
    let connection = server.client().get_multiplexed_async_connection().await.expect("a connection");
    store_contract(async || store(connection.clone()), pass).await;
}

#[tokio::test]
async fn a_server_over_resp3() {
    let server = Server::start();
    let client = redis::Client::open(format!("{}?protocol=resp3", server.url())).expect("a client");
    let connection = client.get_connection_manager().await.expect("a connection");
    store(connection.clone()).health().await.expect("healthy");
    store_contract(async || store(connection.clone()), pass).await;
}

/// A connection that loses the first reply to each command and sends it once more, as one to a cluster does.
#[derive(Clone)]
struct Twice(ConnectionManager);

impl Replies for Twice {
    fn reply<'a>(&'a mut self, command: &'a redis::Cmd) -> redis::RedisFuture<'a, redis::Value> {
        Box::pin(async {
            let _ = self.0.req_packed_command(command).await;
            self.0.req_packed_command(command).await
        })
    }
}

#[tokio::test]
async fn one_server_to_which_all_is_sent_twice() {
    let server = Server::start();
    let connection = Double(Twice(server.connect().await));
    store_contract(async || store(connection.clone()), pass).await;
}

/// What others do between a call and its second try.
type Between = std::sync::Arc<std::sync::Mutex<Option<std::pin::Pin<Box<dyn Future<Output = ()> + Send>>>>>;

/// A connection that breaks after the server acted, where there is something for others to do.
#[derive(Clone)]
struct Breaking(ConnectionManager, Between);

impl Replies for Breaking {
    fn reply<'a>(&'a mut self, command: &'a redis::Cmd) -> redis::RedisFuture<'a, redis::Value> {
        Box::pin(async {
            let reply = self.0.req_packed_command(command).await;
            let between = self.1.lock().expect("a place").take();
            let Some(between) = between else { return reply };
            between.await;
            Err(std::io::Error::from(std::io::ErrorKind::BrokenPipe).into())
        })
    }
}

#[tokio::test]
async fn what_others_do_between_two_tries_is_theirs() {
    const LEASE: Duration = Duration::from_secs(60);
    let server = Server::start();
    let between = Between::default();
    let store = store(Double(Breaking(server.connect().await, between.clone())));
    let wins = |key: &EventKey| {
        let (store, key) = (store.clone(), key.clone());
        async move {
            let claim = store.claim(&key, LEASE).await.expect("no error");
            let Claim::Won { token, .. } = claim else { panic!("{claim:?}") };
            token
        }
    };
    let meanwhile = |key: &EventKey| {
        let wins = wins(key);
        *between.lock().expect("a place") = Some(Box::pin(async { _ = wins.await }));
    };
    let key = |id: &str| EventKey::of_id(Scope::new("r", "p", None), EventId::new(id).expect("an id"));

    // So that the scripts are loaded, and each call is one command.
    let warm = key("warm");
    let token = wins(&warm).await;
    store.release(&warm, token).await.expect("no error");
    store.forget(&warm).await.expect("no error");

    let freed = key("freed");
    let token = wins(&freed).await;
    meanwhile(&freed);
    let told = store.release(&freed, token).await.expect_err("not known");
    assert_eq!(told.kind(), StoreErrorKind::Unavailable, "nobody took it over");

    let forgotten = key("forgotten");
    let token = wins(&forgotten).await;
    let retention = Retention::new(LEASE, Duration::ZERO);
    store.complete(&forgotten, token, retention, Outcome::new(200)).await.expect("no error");
    meanwhile(&forgotten);
    store.forget(&forgotten).await.expect_err("not known");
    let claim = store.claim(&forgotten, LEASE).await.expect("no error");
    assert!(matches!(claim, Claim::Running { .. }), "it runs since: {claim:?}");
}

#[tokio::test]
async fn a_cluster() {
    let cluster = Cluster::start();
    let connection = cluster.client().get_async_connection().await.expect("a connection");
    let health = store(connection.clone()).health().await.expect("healthy");
    assert_eq!(health.eviction_policy(), "noeviction");
    store_contract(async || store(connection.clone()), pass).await;

    // Scopes spread over the nodes, and all of one are together.
    let spread = store(connection);
    for receiver in 0..60 {
        let scope = Scope::new(&format!("receiver {receiver}"), "github", None);
        let key = EventKey::of_id(scope, EventId::new("evt_1").expect("an id"));
        let claim = spread.claim(&key.with_content(Some([7; 16]), 1), Duration::from_secs(60)).await;
        assert!(matches!(claim.expect("no error"), Claim::Won { .. }));
    }
    for node in &cluster.nodes {
        let keys: u32 = node.cli(&["dbsize"]).parse().expect("a number");
        assert!(keys >= 10, "a node has {keys} keys only");
    }
}

#[tokio::test]
async fn a_primary_that_sentinel_names() {
    let watched = Watched::start();
    let connection = crate::reconnecting::through(&watched);
    store_contract(async || store(connection.clone()), pass).await;
}

/// A user with the rights that are documented, and these.
fn allow(server: &Server, more: &str) {
    let rights =
        "acl setuser hooks on >a-password ~hookgate:* +get +set +del +pttl +pexpire +eval +evalsha +info";
    let rights = rights.split(' ').chain(more.split_whitespace());
    assert_eq!(server.cli(&rights.collect::<Vec<_>>()), "OK");
}

#[tokio::test]
async fn a_cluster_as_a_user_with_the_rights_that_are_documented() {
    let cluster = Cluster::start();
    cluster.nodes.iter().for_each(|node| allow(node, "+cluster|slots +asking +ping"));
    let urls = cluster.nodes.iter().map(|node| format!("redis://hooks:a-password@127.0.0.1:{}/", node.port));
    let client = ClusterClient::new(urls.collect::<Vec<_>>()).expect("a client");
    let store = store(client.get_async_connection().await.expect("a connection"));
    store.health().await.expect("INFO is allowed");
    for number in 0..3 {
        let id = EventId::new(&format!("evt_{number}")).expect("an id");
        let key = EventKey::of_id(Scope::new("r", "p", None), id);
        let claim = store.claim(&key, Duration::from_secs(60)).await.expect("no error");
        assert!(matches!(claim, Claim::Won { .. }));
        // The connections are looked at when the nodes are looked up anew.
        for node in &cluster.nodes {
            node.cli(&["client", "kill", "type", "normal", "skipme", "yes"]);
        }
    }
    let denied: String = cluster.nodes.iter().map(|node| node.cli(&["acl", "log"])).collect();
    assert!(!denied.contains("ping"), "{denied}");
}

#[tokio::test]
async fn a_database_other_than_0_as_a_user_with_the_rights_that_are_documented() {
    let server = Server::start();
    allow(&server, "+select");
    let url = format!("redis://hooks:a-password@127.0.0.1:{}/1", server.port);
    let client = redis::Client::open(url).expect("a client");
    let store = store(client.get_multiplexed_async_connection().await.expect("a connection"));
    store.health().await.expect("INFO is allowed");
}

#[tokio::test]
async fn over_tls_as_a_user_with_the_rights_that_are_documented() {
    let certificates = Server::start();
    let folder = certificates.folder();
    let made = Command::new("sh").current_dir(folder).args(["-ec", CERTIFICATES]).output().expect("openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let file = |name: &str| folder.join(name).to_str().expect("a path").to_owned();
    let tls_port = crate::servers::free_port();
    let server = Server::with(&[
        "--save",
        "",
        "--tls-port",
        &tls_port.to_string(),
        "--tls-cert-file",
        &file("server.crt"),
        "--tls-key-file",
        &file("server.key"),
        "--tls-ca-cert-file",
        &file("ca.crt"),
        "--tls-auth-clients",
        "no",
    ]);
    allow(&server, "");
    assert_eq!(server.cli(&["config", "set", "maxmemory", "100mb"]), "OK");

    rustls::crypto::ring::default_provider().install_default().expect("the only provider");
    let url = format!("rediss://hooks:a-password@localhost:{tls_port}/");
    let root = fs::read(folder.join("ca.crt")).expect("a certificate");
    let tls = TlsCertificates { client_tls: None::<ClientTlsConfig>, root_cert: Some(root) };
    let client = redis::Client::build_with_tls(url, tls).expect("a client");
    let connection = client.get_connection_manager().await.expect("a connection");
    store(connection.clone()).health().await.expect("INFO is allowed");
    store_contract(async || store(connection.clone()), pass).await;

    // Another prefix is not theirs, and the error says what is missing.
    let other = RedisStore::builder(connection).prefix("elsewhere").build().expect("a store");
    let key = EventKey::of_id(Scope::new("r", "p", None), EventId::new("evt_1").expect("an id"));
    let error = other.claim(&key, Duration::from_secs(1)).await.expect_err("no right to it");
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    let source = std::error::Error::source(&error).expect("a source").to_string();
    assert!(source.contains("~<prefix>:* +get"), "{source}");
}

/// An authority and a server's certificate, good for a day.
const CERTIFICATES: &str = r#"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 \
    -keyout ca.key -out ca.crt -subj /CN=hookgate-test-ca -addext basicConstraints=critical,CA:TRUE
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout server.key -out server.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' > server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 1 \
    -extfile server.ext -out server.crt
"#;

/// STO-19: and prefixes that would break the keys apart.
#[test]
fn a_store_that_could_not_work_is_not_built() {
    for bad in [Duration::ZERO, Duration::MAX, Duration::from_millis(i64::MAX as u64)] {
        let refused = RedisStore::builder(()).timeout(bad).build().map(drop);
        assert_eq!(refused, Err(ConfigError::BadDuration { setting: "timeout", given: bad }));
    }
    for bad in ["", "{", "a}b"] {
        assert_eq!(RedisStore::builder(()).prefix(bad).build().map(drop), Err(ConfigError::BadPrefix));
    }
}

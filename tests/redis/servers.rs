//! Real servers on free ports, in folders of their own, gone after the test.

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    thread,
    time::Duration,
};

use redis::{
    Client,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cluster::ClusterClient,
};

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port()
}

/// A folder that is removed after the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("hookgate-{}-{}", std::process::id(), NEXT.fetch_add(1, SeqCst));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A `redis-server` process.
pub struct Server {
    child: Child,
    pub port: u16,
    folder: Folder,
    args: Vec<String>,
}

impl Server {
    /// A server that keeps nothing on disk.
    pub fn start() -> Self {
        Self::with(&["--save", "", "--appendonly", "no"])
    }

    /// A server with these arguments, once it answers.
    pub fn with(args: &[&str]) -> Self {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        // Somebody else may take a port between finding and using it.
        for _ in 0..10 {
            let (port, folder) = (free_port(), Folder::new());
            let child = spawn(port, &folder, &args);
            let mut server = Self { child, port, folder, args: args.clone() };
            if server.is_up() {
                return server;
            }
            let log = fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
            eprintln!("a server did not come up on port {port}:\n{log}");
        }
        panic!("no server came up");
    }

    fn is_up(&mut self) -> bool {
        loop {
            if answers(self.port) {
                return true;
            }
            if self.child.try_wait().expect("its state").is_some() {
                return false;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends it without a chance to say goodbye.
    pub fn kill(&mut self) {
        self.child.kill().expect("it was running");
        self.child.wait().expect("it ended");
    }

    /// Starts it again on its port.
    pub fn restart(&mut self) {
        self.child = spawn(self.port, &self.folder, &self.args);
        assert!(self.is_up(), "it did not come up again");
    }

    /// `STOP` and `CONT`.
    pub fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// What `redis-cli` prints for this command.
    pub fn cli(&self, args: &[&str]) -> String {
        cli(self.port, args)
    }

    pub fn client(&self) -> Client {
        Client::open(self.url()).expect("a client")
    }

    pub async fn connect(&self) -> ConnectionManager {
        // Soon again after a restart: tests wait for it.
        let config = ConnectionManagerConfig::new().set_max_delay(Duration::from_millis(100));
        self.client().get_connection_manager_with_config(config).await.expect("a connection")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `redis-server`, or the one that `HOOKGATE_TEST_REDIS_SERVER` names: another version, or Valkey.
fn program() -> Command {
    Command::new(std::env::var("HOOKGATE_TEST_REDIS_SERVER").unwrap_or_else(|_| "redis-server".to_owned()))
}

fn spawn(port: u16, folder: &Folder, args: &[String]) -> Child {
    let mut command = program();
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"]).arg(folder.path());
    command.arg("--logfile").arg(folder.path().join("log")).args(args);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("redis-server is not installed: `.ci/test` does that")
}

pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
    assert!(sent.expect("kill").success(), "{name} to {process}");
}

pub fn cli(port: u16, args: &[&str]) -> String {
    let output = Command::new("redis-cli").args(["-p", &port.to_string()]).args(args).output();
    String::from_utf8(output.expect("redis-cli").stdout).expect("text").trim().to_owned()
}

fn answers(port: u16) -> bool {
    let Ok(mut socket) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let _ = socket.set_read_timeout(Some(Duration::from_secs(1)));
    let mut reply = [0; 5];
    socket.write_all(b"PING\r\n").is_ok()
        && socket.read_exact(&mut reply).is_ok()
        && (reply == *b"+PONG" || reply == *b"-NOAU")
}

/// Three nodes that share the slots between them.
pub struct Cluster {
    pub nodes: Vec<Server>,
}

impl Cluster {
    pub fn start() -> Self {
        let args = [
            "--save",
            "",
            "--appendonly",
            "no",
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "2000",
        ];
        let nodes: Vec<_> = (0..3).map(|_| Server::with(&args)).collect();
        let addresses: Vec<_> = nodes.iter().map(|node| format!("127.0.0.1:{}", node.port)).collect();
        let mut create: Vec<&str> = vec!["--cluster", "create"];
        create.extend(addresses.iter().map(String::as_str));
        create.extend(["--cluster-replicas", "0", "--cluster-yes"]);
        let said = nodes[0].cli(&create);
        while !nodes.iter().all(|node| node.cli(&["cluster", "info"]).contains("cluster_state:ok")) {
            assert!(said.contains("[OK]"), "{said}");
            thread::sleep(Duration::from_millis(50));
        }
        Self { nodes }
    }

    pub fn client(&self) -> ClusterClient {
        ClusterClient::new(self.nodes.iter().map(Server::url).collect::<Vec<_>>()).expect("a client")
    }
}

/// A primary, its replica, and the sentinel that watches over them under the name `main`.
pub struct Watched {
    pub primary: Server,
    pub replica: Server,
    pub sentinel: Server,
}

impl Watched {
    /// Waits until the replica has all that the primary was told so far. `WAIT` only counts the writes of the
    /// connection that it comes over; what is written after all others also arrives after them.
    pub fn replicate(&self) {
        assert_eq!(self.primary.cli(&["set", "marker", "arrived"]), "OK");
        while self.replica.cli(&["get", "marker"]) != "arrived" {
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn start() -> Self {
        let primary = Server::start();
        let replica = Server::with(&[
            "--save",
            "",
            "--appendonly",
            "no",
            "--repl-diskless-sync-delay",
            "0",
            "--replicaof",
            "127.0.0.1",
            &primary.port.to_string(),
        ]);
        primary.cli(&["config", "set", "repl-diskless-sync-delay", "0"]);
        while !replica.cli(&["info", "replication"]).contains("master_link_status:up") {
            thread::sleep(Duration::from_millis(20));
        }
        let folder = Folder::new();
        let config = folder.path().join("sentinel.conf");
        let text = format!(
            "sentinel monitor main 127.0.0.1 {} 1\nsentinel down-after-milliseconds main 500\n\
             sentinel failover-timeout main 2000\n",
            primary.port
        );
        fs::write(&config, text).expect("a file");
        let port = free_port();
        let mut command = program();
        command.arg(&config).args(["--sentinel", "--port", &port.to_string(), "--bind", "127.0.0.1"]);
        command.arg("--logfile").arg(folder.path().join("log")).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().expect("a sentinel");
        let mut sentinel = Server { child, port, folder, args: Vec::new() };
        assert!(sentinel.is_up(), "the sentinel did not come up");
        while !sentinel.cli(&["sentinel", "replicas", "main"]).contains(&replica.port.to_string()) {
            thread::sleep(Duration::from_millis(50));
        }
        Self { primary, replica, sentinel }
    }
}

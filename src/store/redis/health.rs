use redis::Value;

/// What a Redis says of itself.
///
/// Of a cluster, the lowest version and the worst policy of its nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    version: String,
    eviction_policy: String,
}

impl Health {
    /// The version of Redis, or the one that a compatible server says it is compatible with, such as
    /// `7.2.4`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The `maxmemory-policy`: `noeviction` is what this store needs.
    pub fn eviction_policy(&self) -> &str {
        &self.eviction_policy
    }

    /// Whether the server may forget done events, and running ones, when its memory is full: then
    /// events are handled twice. Every policy but `noeviction` does.
    pub fn may_evict(&self) -> bool {
        self.eviction_policy != "noeviction"
    }

    /// Whether the server is one that this store knows: 6.2 or later.
    pub(super) fn is_recent(&self) -> bool {
        numbers(&self.version) >= vec![6, 2]
    }

    /// Reads the reply to `INFO`: of a server, or of each node of a cluster.
    pub(super) fn read(info: &Value) -> Option<Self> {
        let mut nodes = Vec::new();
        texts(info, &mut nodes);
        let nodes = nodes.iter().map(|node| Self::of_node(node)).collect::<Option<Vec<_>>>()?;
        nodes.into_iter().reduce(|one, other| {
            let policy = if one.may_evict() { one.eviction_policy } else { other.eviction_policy };
            let older = numbers(&one.version) <= numbers(&other.version);
            Self { version: if older { one.version } else { other.version }, eviction_policy: policy }
        })
    }

    fn of_node(info: &str) -> Option<Self> {
        let field = |name: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.map(|value| value.trim().to_owned())
        };
        Some(Self { version: field("redis_version")?, eviction_policy: field("maxmemory_policy")? })
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

/// The texts in a reply: a cluster replies with a map from its nodes to theirs.
fn texts(reply: &Value, found: &mut Vec<String>) {
    match reply {
        Value::BulkString(text) => found.push(String::from_utf8_lossy(text).into_owned()),
        Value::VerbatimString { text, .. } | Value::SimpleString(text) => found.push(text.clone()),
        Value::Map(nodes) => nodes.iter().for_each(|(_, text)| texts(text, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(version: &str, policy: &str) -> Value {
        let text =
            format!("# Server\r\nredis_version:{version}\r\n# Memory\r\nmaxmemory_policy:{policy}\r\n");
        Value::BulkString(text.into_bytes())
    }

    #[test]
    fn the_worst_of_a_cluster_counts() {
        let name = |name: &str| Value::BulkString(name.as_bytes().to_vec());
        let nodes = Value::Map(vec![
            (name("a:1"), info("7.2.4", "noeviction")),
            (name("b:1"), info("7.0.15", "allkeys-lru")),
            (name("c:1"), info("10.0.0", "noeviction")),
        ]);
        let health = Health::read(&nodes).expect("it is readable");
        assert_eq!((health.version(), health.eviction_policy()), ("7.0.15", "allkeys-lru"));
        assert!(health.may_evict() && health.is_recent());
        assert!(!Health::read(&info("6.0.16", "noeviction")).expect("it is readable").is_recent());
        assert_eq!(Health::read(&Value::Okay), None);
        assert_eq!(Health::read(&Value::BulkString(b"nothing of the kind".to_vec())), None);
    }
}

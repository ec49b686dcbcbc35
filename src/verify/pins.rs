//! Which URLs keys may come from.

/// Whether a URL is one that this pattern allows. A `*` stands for small letters, digits and hyphens, and in the
/// path for capitals, dots and underscores too; everything else is compared to the letter. In a host capitals would
/// make many names of one.
pub(crate) fn is_pinned(pattern: &str, url: &str) -> bool {
    const SCHEME: &str = "https://";
    let (Some(pattern), Some(url)) = (pattern.strip_prefix(SCHEME), url.strip_prefix(SCHEME)) else {
        return false;
    };
    let (Some((host_pattern, path_pattern)), Some((host, path))) =
        (pattern.split_once('/'), url.split_once('/'))
    else {
        return false;
    };
    let in_host = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    let in_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    matches(host_pattern.as_bytes(), host.as_bytes(), in_host)
        && matches(path_pattern.as_bytes(), path.as_bytes(), in_path)
}

fn matches(pattern: &[u8], text: &[u8], is_wild: fn(u8) -> bool) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => {
            let wild = text.iter().take_while(|byte| is_wild(**byte)).count();
            (1..=wild).any(|taken| matches(rest, text.get(taken..).unwrap_or_default(), is_wild))
        }
        Some((wanted, rest)) => {
            text.split_first().is_some_and(|(first, text)| first == wanted && matches(rest, text, is_wild))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_pinned;

    #[test]
    fn only_pinned_hosts_and_paths_are_allowed() {
        let aws = |url: &str| is_pinned("https://sns.*.amazonaws.com/*.pem", url);
        assert!(aws("https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem"));
        for url in [
            "http://sns.us-east-1.amazonaws.com/x.pem",
            "https://bucket.s3.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com.evil.tld/x.pem",
            "https://evil@sns.us-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com:8443/x.pem",
            "https://sns.a.b.amazonaws.com/x.pem",
            "https://sns.US-east-1.amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/x.pem%00",
            "https://sns.us-east-1.amazonaws.com/x.pem?y",
            "https://sns.us-east-1.amazonaws.com/x/../y.pem",
            "https://sns..amazonaws.com/x.pem",
            "https://sns.us-east-1.amazonaws.com/.pem",
            "https://sns.us-east-1.amazonaws.com",
        ] {
            assert!(!aws(url), "{url}");
        }
        let paypal = |url: &str| is_pinned("https://api.paypal.com/v1/notifications/certs/*", url);
        assert!(paypal("https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"));
        assert!(!paypal("https://api.paypal.com.evil.tld/v1/notifications/certs/CERT"));
        assert!(!paypal("https://api.paypal.com/v1/notifications/certs/a/b"));
    }
}

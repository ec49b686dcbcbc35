//! Which URLs keys may come from.

/// Whether a URL is one that this pattern allows. In a host a `*` stands for small letters and hyphens and a `#` for
/// digits: capitals would make many names of one, and under a provider's domain there may be names to be had that
/// are not the provider's, such as `s3`. In a path a `*` stands for letters, digits, hyphens, dots and underscores.
/// Everything else is compared to the letter.
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
    matches(host_pattern.as_bytes(), host.as_bytes(), in_host)
        && matches(path_pattern.as_bytes(), path.as_bytes(), in_path)
}

/// What a mark of a pattern stands for; `None` for what stands for itself.
type Wild = fn(mark: u8) -> Option<fn(u8) -> bool>;

fn in_host(mark: u8) -> Option<fn(u8) -> bool> {
    match mark {
        b'*' => Some(|byte| byte.is_ascii_lowercase() || byte == b'-'),
        b'#' => Some(|byte| byte.is_ascii_digit()),
        _ => None,
    }
}

fn in_path(mark: u8) -> Option<fn(u8) -> bool> {
    (mark == b'*').then_some(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

fn matches(pattern: &[u8], text: &[u8], wild: Wild) -> bool {
    let Some((mark, rest)) = pattern.split_first() else { return text.is_empty() };
    match wild(*mark) {
        Some(is_wild) => {
            let most = text.iter().take_while(|byte| is_wild(**byte)).count();
            (1..=most).any(|taken| matches(rest, text.get(taken..).unwrap_or_default(), wild))
        }
        None => text.split_first().is_some_and(|(first, text)| first == mark && matches(rest, text, wild)),
    }
}

#[cfg(test)]
mod tests {
    use super::is_pinned;

    #[test]
    fn only_pinned_hosts_and_paths_are_allowed() {
        let aws = |url: &str| is_pinned("https://sns.*-*-#.amazonaws.com/*.pem", url);
        for region in ["us-east-1", "ap-southeast-2", "us-gov-west-1", "mx-central-1", "eu-isoe-west-10"] {
            let url = format!("https://sns.{region}.amazonaws.com/SimpleNotificationService-0.pem");
            assert!(aws(&url), "{url}");
        }
        for url in [
            // A bucket of anybody's, by the name of `sns`.
            "https://sns.s3.amazonaws.com/x.pem",
            "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-1.pem",
            "https://sns.s3-accelerate.amazonaws.com/x.pem",
            "https://sns.s3-website-us-east-1.amazonaws.com/x.pem",
            "https://sns.compute-1.amazonaws.com/x.pem",
            "https://sns.us-east.amazonaws.com/x.pem",
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

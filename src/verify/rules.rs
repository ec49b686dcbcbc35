//! A scheme made ready: checked once, with everything worked out that no request changes.

use std::{sync::Arc, time::Duration};

use super::{
    KeyRing, Verifier, code,
    delimiters::{Delimited, delimited},
    locate::Picks,
    message::is_in_head,
    problem::problem,
};
use crate::{
    crypto,
    delivery::Bound,
    error::{ConfigError, LONGEST, Reason, check_duration},
    headers::{Fields, Head},
    scheme::{BodyHash, Code, Handshake, Part, Place, Proof, Scheme, Source},
    secret::Secret,
};

pub(crate) static CONTENT_ENCODING: &str = "content-encoding";
pub(crate) static CONTENT_LENGTH: &str = "content-length";

pub(crate) struct Rules {
    pub(crate) scheme: Scheme,
    pub(crate) bound: Bound,
    /// In milliseconds; `None` where timestamps are not judged, and where none is given for a message with a time of
    /// its own.
    pub(crate) tolerance: Option<i64>,
    /// Whether times are only read, those that a message has of its own too.
    pub(crate) ignores_timestamp: bool,
    pub(crate) any_content_encoding: bool,
    pub(crate) public_url: Option<String>,
    /// What is not configured may have any value.
    pub(crate) any_config: bool,
    /// Whether the same key makes MACs of challenges: then no delivery may look like one.
    pub(crate) macs_challenges: bool,
    config: Vec<(&'static str, String)>,
    /// Of the header fields that it looks at.
    names: Vec<&'static str>,
    /// Whether the MAC can be fed while the body arrives: `lead`, the body, `tail`.
    pub(crate) streams: bool,
    pub(crate) lead: &'static [Part],
    pub(crate) tail: &'static [Part],
    pub(crate) signature_in_body: bool,
    pub(crate) timestamp_in_head: bool,
    pub(crate) id_in_head: bool,
    pub(crate) signs_id: bool,
    /// Whether the content is digested beside the MAC: where it may have to name the event. A MAC names it under
    /// one secret alone, and under several signatures a stranger would choose which.
    pub(crate) digests_content: bool,
    /// The same where time and body are all there is to digest: that is done when it is asked for.
    pub(super) digests_later: bool,
    /// Whether there is more to find out where a MAC matched: of which message it is, the digest of that, or that
    /// it is no challenge.
    pub(super) looks_further: bool,
    /// Whether a body is part of a message that is signed.
    pub(super) signs_body: bool,
    pub(super) delimited: Vec<Delimited>,
    /// Pointers of ids and types, looked up after verification.
    pub(crate) picks: Picks,
    /// Pointers that the signature itself needs.
    pub(crate) signed_picks: Picks,
}

impl Rules {
    pub(crate) fn config_value(&self, name: &str) -> Option<&str> {
        configured(&self.config, name)
    }

    /// A head as this scheme looks at it.
    pub(crate) fn fields<'a>(&'a self, head: Head<'a>) -> Fields<'a> {
        Fields::new(head, &self.names)
    }

    /// The URL under which the provider knows this request.
    pub(crate) fn url(&self, head: Head<'_>) -> Result<String, Reason> {
        let origin = self.public_url.as_deref().ok_or(Reason::SignedPartMissing)?;
        Ok([origin, head.target()].concat())
    }

    /// The largest distance between a timestamp and now, where one is judged.
    pub(crate) fn tolerance(&self) -> Option<Duration> {
        self.tolerance.and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis)
    }
}

/// Builds a [`Verifier`].
#[derive(Clone)]
pub struct VerifierBuilder {
    pub(super) scheme: Scheme,
    secrets: Vec<Secret>,
    tolerance: Option<Duration>,
    ignores_timestamp: bool,
    any_content_encoding: bool,
    public_url: Option<String>,
    pub(super) config: Vec<(&'static str, String)>,
    /// What is not configured may have any value: for judging requests whose receiver is not known.
    any_config: bool,
}

impl VerifierBuilder {
    pub(super) fn new(scheme: Scheme) -> Self {
        Self {
            scheme,
            secrets: Vec::new(),
            tolerance: None,
            ignores_timestamp: false,
            any_content_encoding: false,
            public_url: None,
            config: Vec::new(),
            any_config: false,
        }
    }

    #[cfg(feature = "cli")]
    pub(crate) fn any_config(mut self) -> Self {
        self.any_config = true;
        self
    }

    /// A secret, as the provider shows it. Call it again for each further one: up to four, all of
    /// them tried, so that deliveries signed with the old and with the new one pass during rotation.
    #[must_use]
    pub fn secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// A public key of the provider, for schemes that sign with a private one: PEM (a key or a
    /// certificate), a JSON web key, or the bytes in hex or base64, as the provider shows it. Up to four,
    /// in one list with the secrets.
    #[must_use]
    pub fn public_key(self, key: impl Into<Secret>) -> Self {
        self.secret(key)
    }

    /// How far a timestamp may be from now, in both directions. Default: the scheme's, mostly five
    /// minutes.
    #[must_use]
    pub fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = Some(tolerance);
        self
    }

    /// Does not judge timestamps, nor when a token or a signature expires: a captured delivery then
    /// verifies for ever. Timestamps must still be there and well-formed. Widen the
    /// [`tolerance`](Self::tolerance) instead where a queue or a slow proxy delays deliveries.
    #[must_use]
    pub fn dangerous_ignore_timestamp(mut self) -> Self {
        self.ignores_timestamp = true;
        self
    }

    /// Lets bodies with a `Content-Encoding` through. The signature is over the bytes on the wire
    /// and those are handed on: nothing is decompressed here.
    #[must_use]
    pub fn allow_content_encoding(mut self) -> Self {
        self.any_content_encoding = true;
        self
    }

    /// Scheme, host and port under which the provider knows this endpoint, such as
    /// `https://hooks.example.com`. For schemes that sign the URL; never taken from the request.
    #[must_use]
    pub fn public_url(mut self, origin: impl Into<String>) -> Self {
        self.public_url = Some(origin.into());
        self
    }

    /// A value that the scheme signs and that the request does not carry, such as an app key.
    #[must_use]
    pub fn config(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.config.push((name, value.into()));
        self
    }

    /// The verifier.
    ///
    /// # Errors
    ///
    /// Without a usable secret, with a tolerance of zero, for ever or where the scheme has no time to
    /// judge, or where the scheme needs something that was not given.
    pub fn build(self) -> Result<Verifier, ConfigError> {
        let ring = KeyRing::new(&self.scheme, &self.secrets)?;
        Ok(Verifier { rules: Arc::new(self.rules()?), ring })
    }

    pub(crate) fn rules(self) -> Result<Rules, ConfigError> {
        let scheme = self.scheme;
        if let Some(problem) = problem(&scheme) {
            return Err(ConfigError::Scheme { scheme: scheme.name, problem });
        }
        let parts = scheme.all_parts();
        parts.iter().try_for_each(|part| check_needs(part, &self))?;
        if let Proof::Jwt(rule) = scheme.proof {
            rule.configured.iter().try_for_each(|(_, name)| check_config(name, &self))?;
        }
        if let Proof::Code(code) = scheme.proof {
            code.config().iter().try_for_each(|name| check_config(name, &self))?;
        }
        if let Some((_, name)) = scheme.belongs_to {
            check_config(name, &self)?;
        }
        self.config.iter().try_for_each(|(name, _)| match self.any_config || scheme.takes_config(name) {
            true => Ok(()),
            false => Err(ConfigError::UnknownConfig { name }),
        })?;
        let bound = code::bound(&scheme, configured(&self.config, "required"), self.any_config);
        let signs_url = matches!(scheme.proof, Proof::Code(code) if code.signs_url());
        if (scheme.bound().url || signs_url) && self.public_url.is_none() {
            return Err(ConfigError::MissingPublicUrl);
        }
        let public_url = self.public_url.map(checked_url).transpose()?;
        let is_mac = matches!(scheme.proof, Proof::Hmac(_));
        let signs_parts = scheme.proof.signs_parts();
        let at = scheme.signs.iter().position(|part| *part == Part::Body);
        let (lead, tail) = at.and_then(|at| scheme.signs.split_at_checked(at)).unwrap_or((scheme.signs, &[]));
        let (lead, tail) =
            if at.is_some() { (lead, tail.get(1..).unwrap_or_default()) } else { (lead, tail) };
        let streams = is_mac
            && scheme.or_signs.is_empty()
            && at.is_some()
            && lead.iter().all(|part| is_in_head(part, &scheme))
            && !tail.contains(&Part::Body);
        // What comes instead of a MAC or a digest with the secret in it is the same for every secret.
        let is_by_secret = matches!(scheme.proof, Proof::Hmac(_) | Proof::Digest(_));
        let signs_id = parts.contains(&&Part::Id);
        let id_may_miss = bound.id && !signs_id && scheme.id.is_some();
        let digests = is_by_secret && !scheme.named_by_body && (!bound.id || id_may_miss);
        let digests_later = digests && is_told_by_time_and_body(&scheme);
        let digests_content = digests && !digests_later;
        let signature_in_body = scheme.signatures().any(|form| !form.place.is_in_head());
        let timestamp_in_head = scheme.timestamp.is_none_or(|rule| rule.place.is_in_head());
        // What others hold is among the parts itself.
        let is_read = |part: &&Part| match part {
            Part::Body | Part::BodyDigest(..) | Part::Optional(_) | Part::SortedValues(_) => false,
            part => !is_in_head(part, &scheme),
        };
        let reads_body = !scheme.key_also_signs.is_empty()
            || signature_in_body
            || !timestamp_in_head
            || parts.iter().any(is_read);
        if self.any_content_encoding && !self.any_config && reads_body {
            return Err(ConfigError::Contradiction {
                problem: "it allows compressed bodies, and the scheme reads them to verify them",
            });
        }
        let macs_challenges = scheme.handshakes.iter().any(Handshake::makes_macs);
        let mut picks = Picks::default();
        scheme.id.iter().chain(&scheme.event_type).for_each(|place| add_pointers(&mut picks, *place));
        let mut signed_picks = Picks::default();
        parts.iter().for_each(|part| {
            if let Part::Json(pointer) = part {
                signed_picks.add(pointer);
            }
        });
        scheme
            .signatures()
            .map(|form| form.place)
            .chain(scheme.timestamp.map(|rule| rule.place))
            .chain(scheme.id)
            .chain(scheme.key_name.map(|name| name.place))
            .chain(scheme.belongs_to.map(|(place, _)| place))
            .for_each(|place| add_pointers(&mut signed_picks, place));
        if picks.len() > 32 || signed_picks.len() > 32 {
            return Err(ConfigError::Scheme {
                scheme: scheme.name,
                problem: "it looks at more than 32 JSON values",
            });
        }
        Ok(Rules {
            bound,
            tolerance: tolerance(&scheme, self.tolerance, self.ignores_timestamp)?,
            ignores_timestamp: self.ignores_timestamp,
            any_content_encoding: self.any_content_encoding,
            public_url,
            any_config: self.any_config,
            macs_challenges,
            config: self.config,
            names: names(&scheme, &parts),
            streams,
            lead,
            tail,
            signature_in_body,
            timestamp_in_head,
            id_in_head: scheme.id.is_none_or(Place::is_in_head),
            signs_id,
            digests_content,
            digests_later,
            looks_further: digests_content || macs_challenges || !scheme.or_signs.is_empty(),
            signs_body: scheme.messages().any(|parts| scheme.signs_body(parts)),
            delimited: if signs_parts { delimited(&scheme) } else { Vec::new() },
            picks,
            signed_picks,
            scheme,
        })
    }

    #[cfg(feature = "tenants")]
    pub(crate) fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    #[cfg(any(feature = "tenants", feature = "keys"))]
    pub(crate) fn has_secrets(&self) -> bool {
        !self.secrets.is_empty()
    }
}

fn tolerance(scheme: &Scheme, given: Option<Duration>, ignored: bool) -> Result<Option<i64>, ConfigError> {
    given.map_or(Ok(()), |given| check_duration("tolerance", given))?;
    // What can be replayed is to be remembered: for twice as long.
    if let Some(given) = given.filter(|given| *given > LONGEST / 2) {
        return Err(ConfigError::BadDuration { setting: "tolerance", given });
    }
    let has_time = match scheme.proof {
        Proof::Jwt(rule) => rule.max_age_secs.is_some(),
        Proof::Code(code) => matches!(code, Code::MessageSignatures(_)),
        _ => false,
    };
    if given.is_some() && !has_time && scheme.timestamp.is_none() {
        return Err(ConfigError::Contradiction {
            problem: "a tolerance, and a scheme without a time to judge",
        });
    }
    // Tokens and messages with a time of their own have their rule's tolerance unless one is given.
    let of_scheme = || scheme.timestamp.filter(|rule| rule.enforced).map(|rule| rule.tolerance_secs);
    let tolerance = given.or_else(|| of_scheme().map(|secs| Duration::from_secs(secs.into())));
    Ok(tolerance.filter(|_| !ignored).and_then(|tolerance| i64::try_from(tolerance.as_millis()).ok()))
}

fn check_needs(part: &Part, given: &VerifierBuilder) -> Result<(), ConfigError> {
    match part {
        Part::Config(name) => check_config(name, given),
        Part::Url | Part::UrlBeforeQuery | Part::UnescapedUrl(_) | Part::Origin
            if given.public_url.is_none() =>
        {
            Err(ConfigError::MissingPublicUrl)
        }
        Part::BodyDigest(BodyHash::Md5, _) if crypto::body_digest(BodyHash::Md5, &[]).is_none() => {
            Err(ConfigError::MissingFeature { feature: "md5" })
        }
        Part::BodyDigest(BodyHash::Crc32, _) if crypto::body_digest(BodyHash::Crc32, &[]).is_none() => {
            Err(ConfigError::MissingFeature { feature: "rsa" })
        }
        _ => Ok(()),
    }
}

fn configured<'a>(config: &'a [(&'static str, String)], name: &str) -> Option<&'a str> {
    config.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}

fn check_config(name: &'static str, given: &VerifierBuilder) -> Result<(), ConfigError> {
    match given.any_config || configured(&given.config, name).is_some() {
        true => Ok(()),
        false => Err(ConfigError::MissingConfig { name }),
    }
}

fn checked_url(url: String) -> Result<String, ConfigError> {
    // The slash after a host is the request's.
    let url = url.strip_suffix('/').map_or(url.clone(), str::to_owned);
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['?', '#', ' ', '/']) => Ok(url),
        _ => Err(ConfigError::BadPublicUrl),
    }
}

/// Whether time and body tell what was signed, or the body alone does, whichever of the messages it was.
fn is_told_by_time_and_body(scheme: &Scheme) -> bool {
    let is_time = |part: &Part| match part {
        Part::Timestamp => true,
        Part::Field(name) => scheme.timestamp.is_some_and(|rule| rule.place.source == Source::Field(name)),
        _ => false,
    };
    let is_same = |part: &Part| matches!(part, Part::Lit(_) | Part::Config(_) | Part::Secret | Part::Body);
    let has_time = scheme.signs.iter().any(is_time);
    scheme.messages().all(|parts| {
        parts.contains(&Part::Body)
            && parts.iter().any(is_time) == has_time
            && parts.iter().all(|part| is_same(part) || is_time(part))
    })
}

/// The names of all header fields that are looked up in every request.
fn names(scheme: &Scheme, parts: &[&Part]) -> Vec<&'static str> {
    let mut names = Vec::new();
    let places = scheme.signatures().map(|form| form.place).chain(scheme.timestamp.map(|rule| rule.place));
    let places = places.chain(scheme.id).chain(scheme.event_type);
    let places = places.chain(scheme.belongs_to.map(|(place, _)| place));
    places.for_each(|place| add_names(&mut names, place));
    names.extend(scheme.requires.iter().map(|(name, _)| name));
    names.extend(parts.iter().filter_map(|part| match part {
        Part::Header(name) => Some(*name),
        _ => None,
    }));
    names.extend([CONTENT_ENCODING, CONTENT_LENGTH]);
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

fn add_names(names: &mut Vec<&'static str>, place: Place) {
    match place.source {
        Source::Header { name, or } => names.extend([Some(name), or].into_iter().flatten()),
        Source::All(places) | Source::First(places) => {
            places.iter().for_each(|place| add_names(names, *place))
        }
        _ => {}
    }
}

fn add_pointers(picks: &mut Picks, place: Place) {
    match place.source {
        Source::Json(pointer) | Source::JsonInteger(pointer) => picks.add(pointer),
        Source::All(places) | Source::First(places) => {
            places.iter().for_each(|place| add_pointers(picks, *place))
        }
        _ => {}
    }
}

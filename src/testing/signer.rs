//! The scheme vocabulary read the other way: what verifies a delivery also signs one.

use base64ct::{Base64, Base64Url, Encoding as _};
use bytes::Bytes;

use super::{
    coded::Signing,
    places::{no_place, put, put_header, put_query},
    private,
    times::written,
};
use crate::{
    clock::UnixTime,
    crypto,
    error::ConfigError,
    headers::{Fields, Head},
    providers::Provider,
    scheme::{Encoding, Grammar, Part, Payload, Place, Proof, Scheme, Signature, Source},
    secret::Secret,
    verify::{KeyRing, Piece, Rules, Values, Verifier, VerifierBuilder, keys::Keys},
};

/// Signs deliveries of a scheme, as its provider would.
#[derive(Clone, Debug)]
pub struct Signer {
    scheme: Scheme,
    verifier: VerifierBuilder,
    secrets: Vec<Secret>,
    at: UnixTime,
    id: Option<String>,
    event_type: Option<String>,
    target: String,
    headers: Vec<(String, String)>,
    fields: Vec<(String, String)>,
}

/// A request that a [`Signer`] made.
#[derive(Clone, Debug)]
pub struct SignedRequest {
    method: &'static str,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl SignedRequest {
    /// The head, as a [`Verifier`] takes it.
    pub fn head(&self) -> Head<'_> {
        Head::new(self.method, &self.target, &self.headers)
    }

    /// The method.
    pub fn method(&self) -> &str {
        self.method
    }

    /// Path and query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The header fields, names in lower case.
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The header fields, to tamper with.
    pub fn headers_mut(&mut self) -> &mut Vec<(String, String)> {
        &mut self.headers
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl SignedRequest {
    pub(super) fn set(&mut self, name: &'static str, value: &str) {
        put_header(self, name, value);
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn add_query(&mut self, name: &'static str, value: &str) {
        put_query(self, name, value);
    }

    pub(super) fn set_body(&mut self, body: String) {
        self.body = body.into();
    }
}

impl Signer {
    /// A signer for deliveries of the provider `P` with this secret. Where the provider signs with a
    /// private key, it is that: PKCS#8 in PEM, or the seed of an Ed25519 key in hex.
    pub fn new<P: Provider>(secret: impl Into<Secret>) -> Self {
        Self::for_scheme(P::SCHEME, secret)
    }

    /// A signer for deliveries of this scheme.
    pub fn for_scheme(scheme: Scheme, secret: impl Into<Secret>) -> Self {
        Self {
            scheme,
            verifier: Verifier::builder_for(scheme),
            secrets: vec![secret.into()],
            at: UnixTime::from_secs(0),
            id: None,
            event_type: None,
            target: "/".to_owned(),
            headers: Vec::new(),
            fields: Vec::new(),
        }
    }

    /// A further secret to sign with, as providers do during rotation. The scheme must have room for
    /// several signatures.
    #[must_use]
    pub fn and_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.secrets.push(secret.into());
        self
    }

    /// The time of signing. Default: 1970.
    #[must_use]
    pub fn at(mut self, now: UnixTime) -> Self {
        self.at = now;
        self
    }

    /// The event id, where the scheme has one in one place. Default: `evt_test` in a header, and in the body
    /// what the body has.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The event type, where the scheme has one in one place. Default: none, or what the body has.
    #[must_use]
    pub fn event_type(mut self, event_type: impl Into<String>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }

    /// Path and query. Default: `/`.
    #[must_use]
    pub fn target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }

    /// A further header field.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into().to_ascii_lowercase(), value.into()));
        self
    }

    /// A signed element of the list that the signature is in, by its name, such as a key's. Default: `x`.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// The receiver's public URL, for schemes that sign it.
    #[must_use]
    pub fn public_url(mut self, origin: impl Into<String>) -> Self {
        self.verifier = self.verifier.public_url(origin);
        self
    }

    /// A configured value that the scheme signs.
    #[must_use]
    pub fn config(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.verifier = self.verifier.config(name, value);
        self
    }

    /// A signed delivery of this body. Where the scheme has a signature, timestamp or id in the body,
    /// the body must be a JSON object or a form, as the scheme has it, and gets them. Without a `Content-Type`
    /// of your own it has that of JSON, XML or a form, as its body begins.
    ///
    /// # Errors
    ///
    /// The secret cannot be used, or the scheme needs something that was not given. The body is no JSON
    /// object, and a value has to go into one. The id or event type that was given has no place: the scheme
    /// has none, puts it together from several, or it is that of an item.
    pub fn sign(&self, body: impl Into<Bytes>) -> Result<SignedRequest, ConfigError> {
        let mut request = self.signed(body.into())?;
        if !request.headers.iter().any(|(name, _)| name == "content-type") {
            let kind = match request.body.first() {
                Some(b'{' | b'[') => "application/json",
                Some(b'<') => "application/xml",
                _ => "application/x-www-form-urlencoded",
            };
            put_header(&mut request, "content-type", kind);
        }
        Ok(request)
    }

    fn signed(&self, body: Bytes) -> Result<SignedRequest, ConfigError> {
        let rules = self.verifier.clone().rules()?;
        let mut request = SignedRequest {
            method: self.scheme.methods.first().copied().unwrap_or("POST"),
            target: self.target.clone(),
            headers: self.headers.clone(),
            body,
        };
        for (name, value) in self.scheme.requires {
            put_header(&mut request, name, value);
        }
        let default = self.scheme.id.filter(is_in_header).map(|_| "evt_test");
        let owner = self.scheme.belongs_to.and_then(|(_, name)| rules.config_value(name));
        let owner = owner.and_then(|ours| ours.split([' ', ',']).find(|one| !one.is_empty()));
        let asked = [
            (self.scheme.id, self.id.as_deref().or(default)),
            (self.scheme.event_type, self.event_type.as_deref()),
            (self.scheme.belongs_to.map(|(place, _)| place), owner),
        ];
        for (place, value) in asked {
            if let Some(value) = value {
                put(&mut request, place.ok_or_else(no_place)?.source, value)?;
            }
        }
        self.wrap_in_form(&mut request)?;
        let time = self.scheme.timestamp.map(|rule| (rule.place, written(rule.unit, self.at)));
        if let Some((place, time)) = &time
            // There it stands beside the signature.
            && !matches!(place.source, Source::Field(_) | Source::Claim(_))
        {
            put(&mut request, place.source, time)?;
        }
        fill(&rules, &mut request, self.scheme.signs)?;
        if let Proof::Code(code) = self.scheme.proof {
            self.coded(&rules)?.sign(code, &mut request)?;
            return Ok(request);
        }
        let forms: Vec<Signature> = self.scheme.signatures().copied().collect();
        let Some(form) = forms.first() else { return Ok(request) };
        // Fields of the list are signed, so they stand before the signatures are known.
        let fields = self.fields(form, time.as_ref().map(|(_, time)| time.as_str()));
        let provisional = self.write(form, &fields, &["00".to_owned()]);
        let texts: Vec<String> = self
            .secrets
            .iter()
            .map(|secret| {
                self.signature(&rules, secret, &request, form, &provisional, time.as_ref().map(|(_, t)| t))
            })
            .collect::<Result<_, _>>()?;
        match (form.place.source, forms.get(1)) {
            (Source::NumberedHeader { prefix, .. }, _) => {
                for (place, text) in texts.iter().enumerate() {
                    let name = format!("{prefix}{}", place + 1);
                    request.headers.push((name, self.write(form, &fields, std::slice::from_ref(text))));
                }
            }
            (_, Some(_)) => {
                for (form, text) in forms.iter().zip(&texts) {
                    put(
                        &mut request,
                        form.place.source,
                        &self.write(form, &fields, std::slice::from_ref(text)),
                    )?;
                }
            }
            (source, None) => put(&mut request, source, &self.write(form, &fields, &texts))?,
        }
        Ok(request)
    }

    /// Puts JSON into the field of a form, where the provider signs that.
    fn wrap_in_form(&self, request: &mut SignedRequest) -> Result<(), ConfigError> {
        if let Payload::JsonOrFormField(name) = self.scheme.payload
            && self.scheme.signs.iter().any(|part| [Part::Form(name), Part::SortedForm].contains(part))
            && matches!(request.body.first(), Some(b'{' | b'['))
        {
            let json = std::mem::take(&mut request.body);
            put(request, Source::Form(name), &String::from_utf8_lossy(&json))?;
        }
        Ok(())
    }

    fn coded<'a>(&'a self, rules: &'a Rules) -> Result<Signing<'a>, ConfigError> {
        let secret = self.secrets.first().ok_or(ConfigError::NoSecret)?;
        Ok(Signing { scheme: &self.scheme, rules, secret, at: self.at })
    }

    /// The fields of a `key=value` or positional list that are no signatures.
    fn fields(&self, form: &Signature, time: Option<&str>) -> Vec<(String, String)> {
        let of_time = match self.scheme.timestamp.map(|rule| rule.place.source) {
            Some(Source::Field(name)) => Some(name),
            _ => None,
        };
        let mut names: Vec<&str> = of_time.into_iter().collect();
        for part in self.scheme.signs {
            if let Part::Field(name) = part
                && !names.contains(name)
            {
                names.push(name);
            }
        }
        if form.grammar == Grammar::One {
            return Vec::new();
        }
        let given = |name: &str| {
            let known = self.fields.iter().find(|(known, _)| known == name);
            known.map_or("x", |(_, value)| value.as_str())
        };
        let value = |name| time.filter(|_| of_time == Some(name)).unwrap_or_else(|| given(name));
        names.into_iter().map(|name| (name.to_owned(), value(name).to_owned())).collect()
    }

    fn write(&self, form: &Signature, fields: &[(String, String)], texts: &[String]) -> String {
        let mut elements: Vec<String> = Vec::new();
        let separator = match form.grammar {
            Grammar::One => return format!("{}{}{}", form.prefix, mark(form), texts.concat()),
            Grammar::List { separator, .. } => {
                elements.extend(fields.iter().map(|(_, value)| value.clone()));
                elements.extend(texts.iter().cloned());
                separator
            }
            Grammar::Pairs { separator, assign, key } => {
                elements.extend(fields.iter().map(|(name, value)| format!("{name}{assign}{value}")));
                elements.extend(texts.iter().map(|text| format!("{}{assign}{text}", key.unwrap_or("key"))));
                separator
            }
        };
        format!("{}{}{}", form.prefix, mark(form), elements.join(&separator.to_string()))
    }

    fn signature(
        &self,
        rules: &Rules,
        secret: &Secret,
        request: &SignedRequest,
        form: &Signature,
        provisional: &str,
        time: Option<&String>,
    ) -> Result<String, ConfigError> {
        let fields = rules.fields(request.head());
        let id = values(rules, &fields, request.body(), None, None, None);
        let id = self.scheme.id.and_then(|place| id.place(place).ok().flatten());
        let text = secret.expose().as_bytes();
        let values = Values {
            secret: Some(text),
            ..values(
                rules,
                &fields,
                request.body(),
                Some((form, provisional)),
                time.map(String::as_bytes),
                id.as_deref(),
            )
        };
        let message = || {
            let mut message = Vec::new();
            let fed = values.feed(self.scheme.signs, &mut |piece| match piece {
                Piece::Bytes(bytes) => message.extend_from_slice(bytes),
                Piece::Secret => message.extend_from_slice(text),
            });
            let failed = |reason: crate::Reason| ConfigError::Scheme {
                scheme: self.scheme.name,
                problem: reason.as_str(),
            };
            fed.map_err(failed).map(|()| message)
        };
        let bytes = match self.scheme.proof {
            Proof::Token | Proof::Basic => {
                return Ok(match form.encoding {
                    Encoding::Raw => secret.expose().to_owned(),
                    _ => Base64::encode_string(text),
                });
            }
            Proof::Jwt(rule) => return self.coded(rules)?.token(rule, request),
            Proof::Hmac(_) => {
                let ring = KeyRing::new(&self.scheme, std::slice::from_ref(secret))?;
                let Keys::Mac(keys) = &ring.keys else { return Err(ConfigError::NoSecret) };
                let mut mac = keys.first().ok_or(ConfigError::NoSecret)?.start();
                mac.update(&message()?);
                mac.finish().to_vec()
            }
            Proof::Digest(hash) => {
                let digest = crypto::digest(hash, &message()?);
                digest.ok_or(ConfigError::NoSecret)?.to_vec()
            }
            Proof::Public(algorithm) => private::sign(algorithm, secret, &message()?)?,
            Proof::Code(_) => Vec::new(),
        };
        Ok(encode(form.encoding, &bytes))
    }
}

fn is_in_header(place: &Place) -> bool {
    match place.source {
        Source::First(places) => places.first().is_some_and(is_in_header),
        source => matches!(source, Source::Header { .. }),
    }
}

/// Gives each header and parameter that is signed, and not there yet, a value.
fn fill(rules: &Rules, request: &mut SignedRequest, parts: &[Part]) -> Result<(), ConfigError> {
    for part in parts {
        if let Part::SortedValues(parts) = part {
            fill(rules, request, parts)?;
        }
        // What stands beside the signature comes with it.
        let Some(source) = part.source().filter(|source| !matches!(source, Source::Field(_))) else {
            continue;
        };
        let fields = rules.fields(request.head());
        let value = values(rules, &fields, request.body(), None, None, None).place(Place { source });
        if !value.is_ok_and(|value| value.is_some()) {
            put(request, source, "x")?;
        }
    }
    Ok(())
}

fn values<'a>(
    rules: &'a Rules,
    fields: &'a Fields<'a>,
    body: &'a Bytes,
    signature: Option<(&'a Signature, &'a str)>,
    timestamp: Option<&'a [u8]>,
    id: Option<&'a [u8]>,
) -> Values<'a> {
    let signature = signature.map(|(form, text)| (form, text.as_bytes()));
    Values { rules, fields, signature, timestamp, id, body: Some(body), secret: None }
}

fn mark(form: &Signature) -> String {
    form.after.map_or_else(String::new, |mark| format!("app{mark}"))
}

fn encode(encoding: Encoding, bytes: &[u8]) -> String {
    match encoding {
        Encoding::Hex => const_hex::encode(bytes),
        Encoding::Base64Url => Base64Url::encode_string(bytes),
        Encoding::Base64 | Encoding::Raw => Base64::encode_string(bytes),
    }
}

//! Signs what no list of parts describes: web tokens, and the schemes of `verify::code`.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};

use super::{places::object, private, signer::SignedRequest};
use crate::{
    clock::UnixTime,
    crypto::sha256,
    error::{ConfigError, Reason},
    headers::Fields,
    scheme::{Code, Hash, HashEncoding, Jwt, JwtKey, MessageAlgorithm, PublicAlgorithm, Scheme},
    secret::Secret,
    verify::{
        KeyRing, Rules, Values,
        code::{self, Request},
        grammar::Candidates,
        jwt,
        keys::Keys,
    },
};

/// What signs, and when.
pub(super) struct Signing<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) rules: &'a Rules,
    pub(super) secret: &'a Secret,
    pub(super) at: UnixTime,
}

impl Signing<'_> {
    /// A token for this request.
    pub(super) fn token(&self, rule: &Jwt, request: &SignedRequest) -> Result<String, ConfigError> {
        let algorithm = rule.algorithms.first().copied().ok_or(ConfigError::NoSecret)?;
        let header = json!({"alg": algorithm.as_str(), "typ": "JWT"}).to_string();
        let payload = match rule.detached {
            true => request.body().to_vec(),
            false => Value::Object(self.claims(rule, request)?).to_string().into_bytes(),
        };
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = match algorithm.kind() {
            JwtKey::Secret(hash) => self.mac(hash, signed.as_bytes())?,
            JwtKey::Public(public) => private::sign(public, self.secret, signed.as_bytes())?,
        };
        let shown = match (rule.detached, signed.split_once('.')) {
            (true, Some((header, _))) => format!("{header}."),
            _ => signed,
        };
        Ok(format!("{shown}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    fn claims(&self, rule: &Jwt, request: &SignedRequest) -> Result<Map<String, Value>, ConfigError> {
        // Where the token is all there is, the body that was asked for is its claims.
        let mut claims = match self.scheme.payload {
            crate::scheme::Payload::Claims => object(request.body())?,
            _ => Map::new(),
        };
        let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
        set("iat", self.at.as_secs().into());
        set("exp", (self.at.as_secs() + 60).into());
        if let Some(issuer) = rule.issuer {
            set("iss", issuer.into());
        }
        for (claim, name) in rule.compared() {
            if let Some(value) = self.rules.config_value(name) {
                set(claim, value.into());
            }
        }
        if let Some(body) = rule.body_hash.filter(|body| !body.only_with_body || !request.body().is_empty()) {
            let digest = sha256(request.body());
            set(
                body.claim,
                match body.encoding {
                    HashEncoding::Base64 => STANDARD.encode(digest).into(),
                    _ => const_hex::encode(digest).into(),
                },
            );
        }
        for claim in rule.affirmed {
            set(claim, true.into());
        }
        let fields = self.rules.fields(request.head());
        let whole = self.request(request, &fields);
        if let Some(claim) = rule.url_hash {
            let url = whole.url().map_err(|reason| self.failed(reason))?;
            set(claim, const_hex::encode(sha256(url.as_bytes())).into());
        }
        if rule.query_hash {
            set("qsh", const_hex::encode(sha256(jwt::canonical(&whole).as_bytes())).into());
        }
        Ok(claims)
    }

    /// Gives the request its signature, and whatever it needs to have one.
    pub(super) fn sign(&self, which: Code, request: &mut SignedRequest) -> Result<(), ConfigError> {
        match which {
            Code::Twilio => {
                if matches!(request.body().first(), Some(b'{' | b'[')) {
                    request.add_query("bodySHA256", &const_hex::encode(sha256(request.body())));
                } else {
                    request.set("content-type", "application/x-www-form-urlencoded");
                }
                let rest = self.with(request, code::twilio::after_url)?;
                let url = self.with(request, |whole| whole.url())?;
                let mac = self.mac(Hash::Sha1, format!("{url}{rest}").as_bytes())?;
                request.set("x-twilio-signature", &STANDARD.encode(mac));
            }
            Code::PlivoV3 => {
                request.set("x-plivo-signature-v3-nonce", "12345");
                let message = self.with(request, code::plivo_v3::message)?;
                request.set("x-plivo-signature-v3", &STANDARD.encode(self.mac(Hash::Sha256, &message)?));
            }
            Code::Contentful => {
                request
                    .set("x-contentful-signed-headers", "x-contentful-signed-headers,x-contentful-timestamp");
                let head = self.with(request, code::contentful::before_body)?;
                let mac = self.mac(Hash::Sha256, &[head.as_bytes(), request.body()].concat())?;
                request.set("x-contentful-signature", &const_hex::encode(mac));
            }
            Code::Hook0 => {
                let head = format!("t={},h=x-event-id", self.at.as_secs());
                request.set("x-hook0-signature", &format!("{head},v1=00"));
                let message = self
                    .with(request, |whole| code::hook0::message(whole).map(|(_, pieces)| pieces.concat()))?;
                let mac = const_hex::encode(self.mac(Hash::Sha256, &message)?);
                request.set("x-hook0-signature", &format!("{head},v1={mac}"));
            }
            Code::AwsSns => self.notification(request)?,
            Code::Adyen => self.adyen(request)?,
            Code::Cavage => {
                let covered = ["(request-target)", "host", "date", "digest"].map(str::to_owned);
                let message = self.with(request, |whole| code::cavage::message(whole, &covered))?;
                let signature = private::sign(PublicAlgorithm::Ed25519, self.secret, message.as_bytes())?;
                let signature = STANDARD.encode(signature);
                let covered = covered.join(" ");
                request.set(
                    "keygen-signature",
                    &format!(
                        "keyid=\"test\", algorithm=\"ed25519\", signature=\"{signature}\", headers=\"{covered}\""
                    ),
                );
            }
            Code::MessageSignatures(algorithm) => self.message(request, algorithm)?,
            Code::AppleJws => self.apple(request)?,
        }
        Ok(())
    }

    fn notification(&self, request: &mut SignedRequest) -> Result<(), ConfigError> {
        let mut message = object(request.body())?;
        let topic = self.rules.config_value("topic").ok_or(ConfigError::MissingConfig { name: "topic" })?;
        for (name, value) in [
            ("Type", "Notification"),
            ("MessageId", "evt_test"),
            ("Message", "{}"),
            ("TopicArn", topic.split([' ', ',']).next().unwrap_or_default()),
            ("Timestamp", "2026-11-24T00:00:00.000Z"),
            ("SignatureVersion", "2"),
            ("SigningCertURL", "https://sns.us-east-1.amazonaws.com/test.pem"),
        ] {
            message.entry(name).or_insert_with(|| value.into());
        }
        let canonical = code::aws_sns::canonical(&message).map_err(|reason| self.failed(reason))?;
        let signature = private::sign(PublicAlgorithm::RsaSha256, self.secret, canonical.as_bytes())?;
        message.insert("Signature".to_owned(), STANDARD.encode(signature).into());
        request.set_body(Value::Object(message).to_string());
        Ok(())
    }

    fn adyen(&self, request: &mut SignedRequest) -> Result<(), ConfigError> {
        let mut item = Value::Object(object(request.body())?);
        if let Some(first) = item.pointer("/notificationItems/0/NotificationRequestItem") {
            item = first.clone();
        }
        let message = code::adyen::message(&item).map_err(|reason| self.failed(reason))?;
        let signature = STANDARD.encode(self.mac(Hash::Sha256, message.as_bytes())?);
        if let Some(item) = item.as_object_mut() {
            item.insert("additionalData".to_owned(), json!({"hmacSignature": signature}));
        }
        let body = json!({"live": "false", "notificationItems": [{"NotificationRequestItem": item}]});
        request.set_body(body.to_string());
        Ok(())
    }

    fn message(&self, request: &mut SignedRequest, algorithm: MessageAlgorithm) -> Result<(), ConfigError> {
        let digest = STANDARD.encode(sha256(request.body()));
        request.set("content-digest", &format!("sha-256=:{digest}:"));
        let covered = "\"@method\" \"@target-uri\" \"content-digest\"";
        let input = format!("sig=({covered});created={};keyid=\"test\"", self.at.as_secs());
        request.set("signature-input", &input);
        let base = self.with(request, |whole| {
            let members = code::message_signatures::members(&input)?;
            let member = members.into_iter().next().ok_or(Reason::SignatureMalformed)?;
            code::message_signatures::base(whole, &code::message_signatures::input(member)?)
        })?;
        let signature = match algorithm {
            MessageAlgorithm::HmacSha256 => self.mac(Hash::Sha256, base.as_bytes())?,
            MessageAlgorithm::Public(public) => private::sign(public, self.secret, base.as_bytes())?,
        };
        request.set("signature", &format!("sig=:{}:", STANDARD.encode(signature)));
        Ok(())
    }

    /// The secret is the leaf's private key, followed by the three certificates.
    fn apple(&self, request: &mut SignedRequest) -> Result<(), ConfigError> {
        #[cfg(feature = "ecdsa")]
        let chain = crate::crypto::pem_blocks(self.secret.expose(), "CERTIFICATE");
        #[cfg(not(feature = "ecdsa"))]
        let chain: Vec<Vec<u8>> = Vec::new();
        let chain: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let mut payload = object(request.body())?;
        payload.insert("signedDate".to_owned(), self.at.as_millis().into());
        let bundle = self.rules.config_value("bundle_id").unwrap_or_default();
        if code::apple_jws::bundle_id(&payload).is_none() {
            let data = payload.entry("data").or_insert_with(|| json!({}));
            if let Some(data) = data.as_object_mut() {
                data.insert("bundleId".to_owned(), bundle.into());
            }
        }
        let header = json!({"alg": "ES256", "x5c": chain}).to_string();
        let payload = Value::Object(payload).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let signature = private::sign(PublicAlgorithm::EcdsaP256Fixed, self.secret, signed.as_bytes())?;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        request.set_body(json!({"signedPayload": token}).to_string());
        Ok(())
    }

    fn mac(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, ConfigError> {
        let scheme = Scheme { proof: crate::scheme::Proof::Hmac(hash), ..*self.scheme };
        let ring = KeyRing::new(&scheme, std::slice::from_ref(self.secret))?;
        let Keys::Mac(keys) = &ring.keys else { return Err(ConfigError::NoSecret) };
        let mut mac = keys.first().ok_or(ConfigError::NoSecret)?.start();
        mac.update(message);
        Ok(mac.finish().to_vec())
    }

    /// What a function of the verifier makes of the request.
    fn with<T>(
        &self,
        request: &SignedRequest,
        read: impl FnOnce(&Request<'_>) -> Result<T, Reason>,
    ) -> Result<T, ConfigError> {
        let fields = self.rules.fields(request.head());
        read(&self.request(request, &fields)).map_err(|reason| self.failed(reason))
    }

    fn request<'a>(&'a self, request: &'a SignedRequest, fields: &'a Fields<'a>) -> Request<'a> {
        // The one list that a signed value stands in.
        let form = self.scheme.signature.as_ref();
        let signature = form.and_then(|form| Some((form, request.value("x-hook0-signature")?.as_bytes())));
        static NONE: std::sync::LazyLock<Candidates> = std::sync::LazyLock::new(Candidates::default);
        Request {
            rules: self.rules,
            head: fields.head,
            candidates: &NONE,
            values: Values {
                rules: self.rules,
                fields,
                signature,
                timestamp: None,
                id: None,
                body: Some(request.body()),
                secret: None,
            },
            body: request.body(),
            now: self.at,
        }
    }

    fn failed(&self, reason: Reason) -> ConfigError {
        ConfigError::Scheme { scheme: self.scheme.name, problem: reason.as_str() }
    }
}

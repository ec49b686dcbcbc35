//! App Store server notifications: a web signature with its certificates, up to a root of Apple's.
//!
//! <https://developer.apple.com/documentation/appstoreservernotifications/responsebodyv2>

use super::{ConfigError, Judged, Keys, Reason, Request, Secret};

/// The app that a notification is for. Of these objects it has one, by its type: the places that Apple's own
/// libraries look at (`verifyAndDecodeNotification` of <https://github.com/apple/app-store-server-library-node>).
#[cfg(any(feature = "ecdsa", feature = "testing"))]
pub(crate) fn bundle_id(payload: &serde_json::Map<String, serde_json::Value>) -> Option<&serde_json::Value> {
    let objects = ["data", "summary", "externalPurchaseToken", "appData"];
    objects.iter().find_map(|name| payload.get(*name)?.get("bundleId"))
}

#[cfg(not(feature = "ecdsa"))]
pub(crate) fn keys(_: &[Secret]) -> Result<Keys, ConfigError> {
    Err(ConfigError::MissingFeature { feature: "ecdsa" })
}

#[cfg(not(feature = "ecdsa"))]
pub(crate) fn judge(_: &Request<'_>, _: &Keys) -> Result<Judged, Reason> {
    Err(Reason::NoUsableKey)
}

#[cfg(feature = "ecdsa")]
pub(crate) use chained::{judge, keys};

#[cfg(feature = "ecdsa")]
mod chained {
    use std::time::Duration;

    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use rustls_pki_types::{CertificateDer, UnixTime as CertificateTime};
    use serde_json::Value;
    use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, aws_lc_rs::ECDSA_P256_SHA256};

    use super::super::{object, sha256};
    use super::{ConfigError, Judged, Keys, Reason, Request, Secret, bundle_id};
    use crate::{clock::UnixTime, crypto::pem, delivery::Content, verify::jwt};

    /// 1.2.840.113635.100.6.11.1, which Apple's leaf certificates carry, and 1.2.840.113635.100.6.2.1,
    /// which the intermediate ones do, in DER.
    const LEAF: &[u8] = &[6, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 6, 11, 1];
    const INTERMEDIATE: &[u8] = &[6, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 6, 2, 1];

    /// The root certificates, in PEM or base64.
    pub(crate) fn keys(roots: &[Secret]) -> Result<Keys, ConfigError> {
        let bad = |index| ConfigError::UndecodableSecret { index, form: "a root certificate" };
        let root = |(index, root): (usize, &Secret)| {
            let text = root.expose().trim();
            let der = pem(text, "CERTIFICATE").or_else(|| STANDARD.decode(text).ok()).ok_or(bad(index))?;
            let certificate = CertificateDer::from(der);
            webpki::anchor_from_trusted_cert(&certificate).map_err(|_| bad(index))?;
            Ok(certificate.into_owned())
        };
        roots.iter().enumerate().map(root).collect::<Result<_, _>>().map(Keys::Roots)
    }

    pub(crate) fn judge(request: &Request<'_>, keys: &Keys) -> Result<Judged, Reason> {
        let Keys::Roots(roots) = keys else { return Err(Reason::NoUsableKey) };
        let token = request.candidates.long.first().ok_or(Reason::SignatureMissing)?;
        let token = jwt::Compact::read(token)?;
        if token.header.get("alg").and_then(Value::as_str) != Some("ES256") {
            return Err(Reason::AlgorithmNotAllowed);
        }
        let payload = object(&token.payload).ok_or(Reason::SignatureMalformed)?;
        let chain = token.header.get("x5c").and_then(Value::as_array).ok_or(Reason::SignatureMalformed)?;
        let chain: Vec<CertificateDer<'static>> = chain
            .iter()
            .map(|text| text.as_str().and_then(|text| STANDARD.decode(text).ok()).map(CertificateDer::from))
            .collect::<Option<_>>()
            .ok_or(Reason::SignatureMalformed)?;
        let [leaf, intermediate, _] = chain.as_slice() else { return Err(Reason::SignatureMalformed) };
        if !holds(leaf, LEAF) || !holds(intermediate, INTERMEDIATE) {
            return Err(Reason::SignatureMismatch);
        }
        // Certificates are judged by the time of signing, as Apple's own libraries do offline.
        let signed_at = payload.get("signedDate").and_then(Value::as_i64).map(UnixTime::from_millis);
        let at = signed_at.unwrap_or(request.now).as_secs();
        let at = CertificateTime::since_unix_epoch(Duration::from_secs(u64::try_from(at).unwrap_or(0)));
        let certificate = EndEntityCert::try_from(leaf).map_err(|_| Reason::SignatureMismatch)?;
        let leads_to = |root: &CertificateDer<'_>| {
            let anchors = webpki::anchor_from_trusted_cert(root).map(|anchor| [anchor]);
            anchors.is_ok_and(|anchors| {
                let usage = KeyUsage::client_auth();
                let between = std::slice::from_ref(intermediate);
                certificate
                    .verify_for_usage(ALL_VERIFICATION_ALGS, &anchors, between, at, usage, None, None)
                    .is_ok()
            })
        };
        let key = roots.iter().position(leads_to).ok_or(Reason::SignatureMismatch)?;
        let signature = jwt::der_signature(&token.signature).ok_or(Reason::SignatureMalformed)?;
        certificate
            .verify_signature(ECDSA_P256_SHA256, token.signed.as_bytes(), &signature)
            .map_err(|_| Reason::SignatureMismatch)?;
        if let Some(wanted) = request.rules.config_value("bundle_id")
            && bundle_id(&payload).and_then(Value::as_str) != Some(wanted)
        {
            return Err(Reason::ClaimMismatch);
        }
        Ok(Judged {
            key,
            content: Content::Sha256(sha256(&token.payload)),
            signed_at,
            claims: Some(token.payload.into()),
        })
    }

    fn holds(certificate: &[u8], mark: &[u8]) -> bool {
        certificate.windows(mark.len()).any(|window| window == mark)
    }
}

//! Certificates that sign deliveries: whose they are, when they count, and their key.

use std::time::SystemTime;

use x509_cert::Certificate;
use x509_cert::der::Encode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::Refusal;
use crate::error::BoxError;
use crate::rejection::Reason;
use crate::signature::public_key::{Algorithm, PublicKey};

/// A certificate as far as a signature over a delivery asks for it.
pub(crate) struct SigningCertificate {
    names: Vec<String>,
    not_before: SystemTime,
    not_after: SystemTime,
    key: PublicKey,
}

impl SigningCertificate {
    /// The first certificate of a document in PEM: those behind it are its issuers'.
    pub(crate) fn read(document: &[u8]) -> Result<Self, BoxError> {
        let chain = Certificate::load_pem_chain(document)?;
        let first = chain.first().ok_or("the document holds no certificate")?;
        let content = first.tbs_certificate();
        let validity = content.validity();
        let key = content.subject_public_key_info().to_der()?;
        Ok(Self {
            names: names(first)?,
            not_before: validity.not_before.to_system_time(),
            not_after: validity.not_after.to_system_time(),
            key: PublicKey::from_der(Algorithm::RsaPkcs1Sha256, &key)
                .ok_or("the certificate's key is no RSA key")?,
        })
    }

    /// Whether it is the sender's own, counts now, and has made this signature.
    pub(crate) fn check(
        &self,
        owners: &[String],
        now: SystemTime,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Refusal> {
        let refuse = |cause: &str| Err(Refusal::new(Reason::BadSignature).because(cause));
        if !self.names.iter().any(|name| owners.contains(name)) {
            return refuse("the certificate is not the sender's");
        }
        if now < self.not_before || now > self.not_after {
            return refuse("the certificate does not count now: it has run out, or not begun");
        }
        if !self.key.verifies(algorithm, message, signature) {
            return Err(Reason::BadSignature.into());
        }
        Ok(())
    }
}

/// The names that the certificate was issued for: its subject's, and those beside it.
fn names(certificate: &Certificate) -> Result<Vec<String>, BoxError> {
    let content = certificate.tbs_certificate();
    let common = content.subject().common_name()?;
    let mut names: Vec<_> = common.iter().map(|name| name.value().into_owned()).collect();
    if let Some((_, SubjectAltName(others))) = content.get_extension::<SubjectAltName>()? {
        names.extend(others.iter().filter_map(|name| match name {
            GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
            _ => None,
        }));
    }
    Ok(names)
}

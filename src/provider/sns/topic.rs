//! The topics that an endpoint takes, and with each the one host that its certificates come from.

use super::region::Region;
use crate::error::{ConfigError, ConfigErrorKind};
use crate::key_source::{KeyError, KeyHosts, KeyUrl};

/// A topic that the endpoint takes.
#[derive(Debug)]
pub(super) struct Topic {
    arn: Box<str>,
    host: Box<str>,
    hosts: KeyHosts,
    signers: Vec<String>,
}

impl Topic {
    /// The topic with this ARN, in a region that is known or one of `more`.
    pub(super) fn new(arn: &str, more: &[Region]) -> Result<Self, ConfigError> {
        let name = region_of(arn).ok_or_else(|| {
            wrong(format!(
                "`{arn}` is no topic's ARN; write it out, such as `arn:aws:sns:eu-west-1:123456789012:orders`"
            ))
        })?;
        let region = Region::known(name).or_else(|| more.iter().find(|one| one.name() == name).cloned());
        let region = region.ok_or_else(|| {
            wrong(format!(
                "this version does not know the region `{name}`; if AWS has it, say `.region(\"{name}\")`"
            ))
        })?;
        let host = region.host();
        Ok(Self {
            arn: arn.into(),
            hosts: KeyHosts::new([host.as_str()])?,
            host: host.into(),
            signers: region.signers(),
        })
    }

    pub(super) fn arn(&self) -> &str {
        &self.arn
    }

    #[cfg(feature = "test-util")]
    pub(super) fn host(&self) -> &str {
        &self.host
    }

    /// The names that this topic's certificates may have been issued for.
    pub(super) fn signers(&self) -> &[String] {
        &self.signers
    }

    /// What a message says is the URL of its certificate: at this topic's host, with the name that SNS gives certificates.
    pub(super) fn certificate_url(&self, text: &str) -> Result<KeyUrl, KeyError> {
        let url = self.hosts.url(text)?;
        let serial = url
            .path()
            .strip_prefix("/SimpleNotificationService-")
            .and_then(|rest| rest.strip_suffix(".pem"));
        match serial {
            Some(serial) if serial.bytes().all(|byte| byte.is_ascii_alphanumeric()) => Ok(url),
            _ => Err(KeyError::foreign(
                "the message names a document that is no certificate of SNS; nothing was fetched",
            )),
        }
    }

    /// Whether this is a URL that confirms a subscription to this topic, at its own host.
    pub(super) fn confirms(&self, url: &str) -> bool {
        let query = url
            .strip_prefix("https://")
            .and_then(|rest| rest.strip_prefix(&*self.host))
            .and_then(|rest| rest.strip_prefix("/?Action=ConfirmSubscription&"));
        query.is_some_and(|query| {
            query.len() <= MAX_QUERY
                && query
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-._~:=&%".contains(&byte))
        })
    }
}

/// The region that an ARN names: `arn:PARTITION:sns:REGION:ACCOUNT:NAME`.
fn region_of(arn: &str) -> Option<&str> {
    let parts: Vec<_> = arn.split(':').collect();
    let [prefix, partition, service, region, account, name] = parts.as_slice() else {
        return None;
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_name = (1..=256).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let is_aws = *partition == "aws" || partition.starts_with("aws-");
    (*prefix == "arn" && is_aws && *service == "sns" && is_account && is_name).then_some(region)
}

fn wrong(advice: String) -> ConfigError {
    ConfigError::new(ConfigErrorKind::Topic, advice)
}

/// A token has about 400 characters.
const MAX_QUERY: usize = 2048;

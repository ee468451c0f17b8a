//! The regions of AWS, each with the host of its certificates and the names that these were issued for.

use std::borrow::Cow;

/// A region that has SNS.
#[derive(Debug, Clone)]
pub(super) struct Region {
    name: Cow<'static, str>,
    domain: &'static str,
    signer: Signer,
}

/// For which name a region's certificates are issued.
#[derive(Debug, Clone, Copy)]
enum Signer {
    /// `sns.amazonaws.com`, for the regions that every account has.
    Shared,
    /// `sns-signing.` and the region's domain, for those that an account opts into.
    Own,
    /// A name that fits neither.
    Named(&'static str),
    /// A region that this version does not know: one of the first two.
    Unknown,
}

impl Region {
    /// The region of this name among those that this version knows.
    pub(super) fn known(name: &str) -> Option<Self> {
        let (name, domain, signer) = *REGIONS.iter().find(|(known, ..)| *known == name)?;
        Some(Self {
            name: name.into(),
            domain,
            signer,
        })
    }

    /// A region that has come up since.
    pub(super) fn new(name: String) -> Self {
        Self {
            name: name.into(),
            domain: AWS,
            signer: Signer::Unknown,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The host of the region's certificates and of its confirmations.
    pub(super) fn host(&self) -> String {
        format!("sns.{}.{}", self.name, self.domain)
    }

    /// The names that the region's certificates may have been issued for.
    pub(super) fn signers(&self) -> Vec<String> {
        let own = || format!("sns-signing.{}.{}", self.name, self.domain);
        match self.signer {
            Signer::Shared => vec![SHARED.into()],
            Signer::Own => vec![own()],
            Signer::Named(name) => vec![name.into()],
            Signer::Unknown => vec![own(), SHARED.into()],
        }
    }
}

const AWS: &str = "amazonaws.com";
const CHINA: &str = "amazonaws.com.cn";
const SHARED: &str = "sns.amazonaws.com";
const GOV: Signer = Signer::Named("sns-us-gov-west-1.amazonaws.com");

/// Sources: <https://docs.aws.amazon.com/general/latest/gr/sns.html> for the regions, and for the certificates' names what
/// AWS's own SDK for Java demands of them (`SnsHostProvider` of its `sns-message-manager`).
const REGIONS: [(&str, &str, Signer); 39] = [
    ("af-south-1", AWS, Signer::Own),
    ("ap-east-1", AWS, Signer::Own),
    ("ap-east-2", AWS, Signer::Own),
    ("ap-northeast-1", AWS, Signer::Shared),
    ("ap-northeast-2", AWS, Signer::Shared),
    ("ap-northeast-3", AWS, Signer::Shared),
    ("ap-south-1", AWS, Signer::Shared),
    ("ap-south-2", AWS, Signer::Own),
    ("ap-southeast-1", AWS, Signer::Shared),
    ("ap-southeast-2", AWS, Signer::Shared),
    ("ap-southeast-3", AWS, Signer::Own),
    ("ap-southeast-4", AWS, Signer::Own),
    ("ap-southeast-5", AWS, Signer::Own),
    ("ap-southeast-6", AWS, Signer::Own),
    ("ap-southeast-7", AWS, Signer::Own),
    ("ca-central-1", AWS, Signer::Shared),
    ("ca-west-1", AWS, Signer::Own),
    (
        "cn-north-1",
        CHINA,
        Signer::Named("sns-cn-north-1.amazonaws.com.cn"),
    ),
    (
        "cn-northwest-1",
        CHINA,
        Signer::Named("sns-cn-northwest-1.amazonaws.com.cn"),
    ),
    ("eu-central-1", AWS, Signer::Shared),
    ("eu-central-2", AWS, Signer::Own),
    ("eu-north-1", AWS, Signer::Shared),
    ("eu-south-1", AWS, Signer::Own),
    ("eu-south-2", AWS, Signer::Own),
    ("eu-west-1", AWS, Signer::Shared),
    ("eu-west-2", AWS, Signer::Shared),
    ("eu-west-3", AWS, Signer::Shared),
    ("eusc-de-east-1", "amazonaws.eu", Signer::Own),
    ("il-central-1", AWS, Signer::Own),
    ("me-central-1", AWS, Signer::Own),
    ("me-south-1", AWS, Signer::Own),
    ("mx-central-1", AWS, Signer::Own),
    ("sa-east-1", AWS, Signer::Shared),
    ("us-east-1", AWS, Signer::Shared),
    ("us-east-2", AWS, Signer::Shared),
    ("us-gov-east-1", AWS, GOV),
    ("us-gov-west-1", AWS, GOV),
    ("us-west-1", AWS, Signer::Shared),
    ("us-west-2", AWS, Signer::Shared),
];

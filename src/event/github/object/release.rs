//! A release and the files attached to it.

use serde::Deserialize;

use super::User;

/// A release.
///
/// Source: <https://docs.github.com/en/rest/releases/releases#get-a-release>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Release {
    /// The release's number.
    pub id: u64,
    /// The release's id in the GraphQL API.
    pub node_id: Option<String>,
    /// The tag it releases.
    pub tag_name: String,
    /// The branch or commit the tag is made from.
    pub target_commitish: String,
    /// The title.
    pub name: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// Whether it is a draft, which the public does not see.
    pub draft: bool,
    /// Whether it is marked as not ready for production.
    pub prerelease: bool,
    /// Who wrote it; nobody when the account is gone.
    pub author: Option<User>,
    /// The attached files.
    #[serde(default)]
    pub assets: Vec<Asset>,
    /// The release's page.
    pub html_url: String,
    /// The source as a tar archive.
    pub tarball_url: Option<String>,
    /// The source as a zip archive.
    pub zipball_url: Option<String>,
    /// When the released commit was made.
    pub created_at: Option<String>,
    /// When it was published.
    pub published_at: Option<String>,
}

/// A file attached to a release.
///
/// Source: <https://docs.github.com/en/rest/releases/assets#get-a-release-asset>
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Asset {
    /// The file's number.
    pub id: u64,
    /// The file's name.
    pub name: String,
    /// The label shown in the name's place.
    pub label: Option<String>,
    /// `uploaded` or `open`.
    pub state: String,
    /// The media type.
    pub content_type: String,
    /// The size in bytes.
    pub size: u64,
    /// How often it was downloaded.
    pub download_count: u64,
    /// Where it is downloaded from.
    pub browser_download_url: String,
    /// Who uploaded it.
    pub uploader: Option<User>,
    /// When it was attached.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
}

//! Messages: those that come in, and what becomes of those that go out.

use super::fields::Class::{Address, Date, Number, Region, Sender, Sid, Text, Url, Word};
use super::fields::{Fields, Known};
use crate::event::EventError;

/// A message came in. Answer with TwiML or with an empty 204 within 15 seconds.
///
/// Source: <https://www.twilio.com/docs/messaging/guides/webhook-request>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Its id: `SM…` or `MM…`.
    pub message_sid: String,
    /// The account.
    pub account_sid: String,
    /// The messaging service, where there is one.
    pub messaging_service_sid: Option<String>,
    /// Who sent it: a phone number, or a channel's address such as `whatsapp:+14155550100`.
    pub from: String,
    /// Whom it is for: your number or your channel's address.
    pub to: String,
    /// What it says; empty for media alone.
    pub body: String,
    /// What is attached.
    pub media: Vec<Media>,
    /// Of how many pieces it was put together.
    pub num_segments: Option<u64>,
    /// The country of the number that sent it.
    pub from_country: Option<String>,
    /// The name that whoever sent it has in WhatsApp.
    pub profile_name: Option<String>,
    /// What a button holds that was tapped.
    pub button_payload: Option<String>,
    /// What a button shows that was tapped.
    pub button_text: Option<String>,
    /// Whether it is a word that turns messages off or on: `STOP`, `START`, `HELP`.
    pub opt_out_type: Option<String>,
    /// The message that it replies to.
    pub original_replied_message_sid: Option<String>,
}

/// Something attached to a message.
///
/// Source: <https://www.twilio.com/docs/messaging/guides/webhook-request#media-related-parameters>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Media {
    /// Where to fetch it.
    pub url: String,
    /// What it is: `image/jpeg`.
    pub content_type: Option<String>,
}

impl Message {
    /// Reads a stored message again. Verify a delivery before you store it: this proves nothing about the form's origin.
    ///
    /// # Errors
    ///
    /// When the form lacks what every message has, says something twice, or has what Twilio doesn't document.
    pub fn from_form(form: &[u8]) -> Result<Self, EventError> {
        let fields = Fields::read(form, &[COMMON, INCOMING])?;
        Ok(Self {
            message_sid: fields.required("MessageSid")?,
            account_sid: fields.required("AccountSid")?,
            messaging_service_sid: fields.text("MessagingServiceSid"),
            from: fields.required("From")?,
            to: fields.required("To")?,
            body: fields.text("Body").unwrap_or_default(),
            media: media(&fields)?,
            num_segments: fields.number("NumSegments")?,
            from_country: fields.text("FromCountry"),
            profile_name: fields.text("ProfileName"),
            button_payload: fields.text("ButtonPayload"),
            button_text: fields.text("ButtonText"),
            opt_out_type: fields.text("OptOutType"),
            original_replied_message_sid: fields.text("OriginalRepliedMessageSid"),
        })
    }
}

/// As many attachments as the form says that there are.
fn media(fields: &Fields<'_>) -> Result<Vec<Media>, EventError> {
    let count = fields.number("NumMedia")?.unwrap_or(0);
    if count > MAX_MEDIA {
        return Err(EventError::shape(
            "the form counts more media than a message can have",
        ));
    }
    let one = |number| {
        let url = fields.text(&format!("MediaUrl{number}"));
        Ok(Media {
            url: url.ok_or_else(|| EventError::shape("the form counts more media than it names"))?,
            content_type: fields.text(&format!("MediaContentType{number}")),
        })
    };
    (0..count).map(one).collect()
}

/// A message that you sent got on.
///
/// Source: <https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MessageStatus {
    /// The message's id: `SM…` or `MM…`.
    pub message_sid: String,
    /// How far it is: `queued`, `sent`, `delivered`, `undelivered`, `failed`, `read`. Events may arrive out of order.
    pub status: String,
    /// The account.
    pub account_sid: String,
    /// The messaging service, where there is one.
    pub messaging_service_sid: Option<String>,
    /// Whom it is for.
    pub to: Option<String>,
    /// What it was sent from: a number, a channel's address or a name.
    pub from: Option<String>,
    /// Why it failed: <https://www.twilio.com/docs/api/errors>.
    pub error_code: Option<u64>,
}

impl MessageStatus {
    /// Reads a stored delivery again. Verify one before you store it: this proves nothing about the form's origin.
    ///
    /// # Errors
    ///
    /// When the form lacks what every status has, says something twice, or has what Twilio doesn't document.
    pub fn from_form(form: &[u8]) -> Result<Self, EventError> {
        let fields = Fields::read(form, &[COMMON, OUTGOING])?;
        Ok(Self {
            message_sid: fields.required("MessageSid")?,
            status: fields.required("MessageStatus")?,
            account_sid: fields.required("AccountSid")?,
            messaging_service_sid: fields.text("MessagingServiceSid"),
            to: fields.text("To"),
            from: fields.text("From"),
            error_code: fields.number("ErrorCode")?,
        })
    }
}

/// Twilio's own bound: <https://www.twilio.com/docs/messaging/api/message-resource>.
const MAX_MEDIA: u64 = 10;

const COMMON: Known = &[
    ("AccountSid", Sid),
    ("ApiVersion", Date),
    ("ChannelInstallSid", Sid),
    ("ChannelMetadata", Text),
    ("ChannelPrefix", Word),
    ("MessageSid", Sid),
    ("MessagingServiceSid", Sid),
    ("SmsMessageSid", Sid),
    ("SmsSid", Sid),
    ("SmsStatus", Word),
    ("To", Address),
];

const INCOMING: Known = &[
    ("AddOns", Text),
    ("Address", Text),
    ("Body", Text),
    ("ButtonPayload", Text),
    ("ButtonText", Text),
    ("ButtonType", Text),
    ("FlowData", Text),
    ("Forwarded", Word),
    ("FrequentlyForwarded", Word),
    ("From", Address),
    ("FromCity", Region),
    ("FromCountry", Region),
    ("FromState", Region),
    ("FromZip", Region),
    ("InteractiveData", Text),
    ("Label", Text),
    ("Latitude", Text),
    ("ListId", Text),
    ("ListTitle", Text),
    ("Longitude", Text),
    ("MediaContentType#", Text),
    ("MediaUrl#", Url),
    ("MessageType", Word),
    ("NumMedia", Number),
    ("NumSegments", Number),
    ("OptOutType", Text),
    ("OriginalRepliedMessageSender", Address),
    ("OriginalRepliedMessageSid", Sid),
    ("ProfileName", Text),
    ("ReferralBody", Text),
    ("ReferralCtwaClid", Text),
    ("ReferralHeadline", Text),
    ("ReferralMediaContentType", Text),
    ("ReferralMediaId", Text),
    ("ReferralMediaUrl", Url),
    ("ReferralNumMedia", Number),
    ("ReferralSourceId", Text),
    ("ReferralSourceType", Text),
    ("ReferralSourceUrl", Url),
    ("ToCity", Region),
    ("ToCountry", Region),
    ("ToState", Region),
    ("ToZip", Region),
    ("WaId", Number),
];

const OUTGOING: Known = &[
    ("ChannelStatusCode", Text),
    ("ChannelStatusMessage", Text),
    ("ChannelToAddress", Text),
    ("ErrorCode", Number),
    ("ErrorMessage", Text),
    ("EventType", Text),
    ("From", Sender),
    ("MessageStatus", Word),
    ("RawDlrDoneDate", Number),
];

//! Calls: as they come in, as they get on, and as they want instructions.

use std::fmt;

use super::fields::Class::{Address, Date, Keys, Number, Region, Sid, Text, Url, Word};
use super::fields::{Fields, Known};
use crate::event::EventError;

/// A call. Answer a call that wants instructions with TwiML; a status needs no more than an empty 204.
///
/// Source: <https://www.twilio.com/docs/voice/twiml#request-parameters>,
/// <https://www.twilio.com/docs/voice/api/call-resource#statuscallback>.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Call {
    /// Its id: `CA…`.
    pub call_sid: String,
    /// The account.
    pub account_sid: String,
    /// How far it is: `queued`, `initiated`, `ringing`, `in-progress`, `completed`, `busy`, `failed`, `no-answer`, `canceled`.
    pub status: String,
    /// Who calls: a number, `client:…` or `sip:…`. A caller can feign it.
    pub from: String,
    /// Who is called.
    pub to: String,
    /// `inbound`, `outbound-api` or `outbound-dial`.
    pub direction: Option<String>,
    /// The call that made this one.
    pub parent_call_sid: Option<String>,
    /// How long it lasted, in seconds; with the status `completed`.
    pub call_duration: Option<u64>,
    /// The status's place among those of the call, from 0. They may arrive out of order.
    pub sequence_number: Option<u64>,
    /// When the status came about, as Twilio writes it: RFC 2822.
    pub timestamp: Option<String>,
    /// Whether a person or a machine took the call: `human`, `machine_start`, `fax`, `unknown`.
    pub answered_by: Option<String>,
    /// The answer of the other side's SIP.
    pub sip_response_code: Option<u64>,
    /// What the caller keyed in.
    pub digits: Option<Keyed>,
    /// What the caller said.
    pub speech_result: Option<String>,
    /// The recording.
    pub recording_url: Option<String>,
}

/// What a caller keyed in, which may be a PIN. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Keyed(Box<str>);

impl Keyed {
    /// The keys. Keep them out of logs.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Keyed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyed(…)")
    }
}

impl Call {
    /// Reads a stored delivery again. Verify one before you store it: this proves nothing about the form's origin.
    ///
    /// # Errors
    ///
    /// When the form lacks what every call has, says something twice, or has what Twilio doesn't document.
    pub fn from_form(form: &[u8]) -> Result<Self, EventError> {
        let fields = Fields::read(form, &[CALL])?;
        Ok(Self {
            call_sid: fields.required("CallSid")?,
            account_sid: fields.required("AccountSid")?,
            status: fields.required("CallStatus")?,
            from: fields.required("From")?,
            to: fields.required("To")?,
            direction: fields.text("Direction"),
            parent_call_sid: fields.text("ParentCallSid"),
            call_duration: fields.number("CallDuration")?,
            sequence_number: fields.number("SequenceNumber")?,
            timestamp: fields.text("Timestamp"),
            answered_by: fields.text("AnsweredBy"),
            sip_response_code: fields.number("SipResponseCode")?,
            digits: fields.get("Digits").map(|digits| Keyed(digits.into())),
            speech_result: fields.text("SpeechResult"),
            recording_url: fields.text("RecordingUrl"),
        })
    }
}

const CALL: Known = &[
    ("AccountSid", Sid),
    ("AddOns", Text),
    ("AnsweredBy", Word),
    ("ApiVersion", Date),
    ("ApplicationSid", Sid),
    ("CallDuration", Number),
    ("CallSid", Sid),
    ("CallStatus", Word),
    ("CallToken", Text),
    ("CallbackSource", Word),
    ("Called", Address),
    ("CalledCity", Region),
    ("CalledCountry", Region),
    ("CalledState", Region),
    ("CalledZip", Region),
    ("Caller", Address),
    ("CallerCity", Region),
    ("CallerCountry", Region),
    ("CallerName", Text),
    ("CallerState", Region),
    ("CallerZip", Region),
    ("Confidence", Text),
    ("DialBridged", Word),
    ("DialCallDuration", Number),
    ("DialCallSid", Sid),
    ("DialCallStatus", Word),
    ("Digits", Keys),
    ("Direction", Word),
    ("Duration", Number),
    ("ErrorCode", Number),
    ("ErrorMessage", Text),
    ("ErrorUrl", Url),
    ("FinishedOnKey", Keys),
    ("ForwardedFrom", Address),
    ("From", Address),
    ("FromCity", Region),
    ("FromCountry", Region),
    ("FromState", Region),
    ("FromZip", Region),
    ("Language", Text),
    ("MachineDetectionDuration", Number),
    ("ParentCallSid", Sid),
    ("RecordingDuration", Number),
    ("RecordingSid", Sid),
    ("RecordingUrl", Url),
    ("SequenceNumber", Number),
    ("SipResponseCode", Number),
    ("SpeechResult", Text),
    ("StirPassportToken", Text),
    ("StirVerstat", Text),
    ("Timestamp", Text),
    ("To", Address),
    ("ToCity", Region),
    ("ToCountry", Region),
    ("ToState", Region),
    ("ToZip", Region),
];

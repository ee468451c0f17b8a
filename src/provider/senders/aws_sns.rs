//! Amazon SNS's description.

use std::time::Duration;

use crate::provider::about::{Source, Vectors};
use crate::provider::description::Scheme;
use crate::provider::handshake::Handshake;
use crate::provider::place::{Part, json};

/// Amazon SNS over HTTP, checked by [`Sns`](crate::provider::Sns): RSA over the values of some fields, each on a line behind its
/// name.
///
/// A message keeps its id and its time while it is tried again, for an hour at the most. After a 4xx it does not come again: what
/// is refused is lost, or in the subscription's dead-letter queue.
/// Sources: <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html>,
/// <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html>,
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>,
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html>.
pub const AWS_SNS: Scheme = Scheme::own("aws_sns", "RSA PKCS#1 v1.5 with SHA-256, by a certificate")
    .docs("https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html")
    .source(Source::Sender(
        "the pages above; aws/aws-php-sns-message-validator; aws/aws-sdk-java-v2",
    ))
    .vectors(Vectors::Published)
    .key_is("the public key of a certificate that your `KeySource` fetches")
    .answer("200 to 4xx, of which a 4xx is not tried again")
    .deadline(Duration::from_secs(15))
    .tries("3 times, 20 seconds apart, or by the delivery policy for an hour at the most")
    .signature(json("/Signature").base64())
    .content(&[
        Part::Json("/Message"),
        Part::Json("/MessageId"),
        Part::Json("/Subject"),
        Part::Json("/SubscribeURL"),
        Part::Json("/Timestamp"),
        Part::Json("/Token"),
        Part::Json("/TopicArn"),
        Part::Json("/Type"),
    ])
    .timestamp(json("/Timestamp").rfc3339())
    .tolerance(Duration::from_secs(65 * 60))
    .id(json("/MessageId"))
    .kind(json("/Type"))
    .within(&[json("/TopicArn")])
    .handshakes(&[Handshake::own(
        "POST",
        "a confirmation, once it is verified, goes to `on_confirmation`; nothing is fetched",
    )])
    .retries(Duration::from_secs(3_600), Duration::from_secs(86_400));

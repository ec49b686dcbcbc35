use super::Provider;
use crate::scheme::{Code, KeyForm, Scheme, json};

/// [Amazon SNS](https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
///
/// **The signature covers only these values of the body**: `Message`, `MessageId`, `Subject`,
/// `Timestamp`, `TopicArn` and `Type`, of control messages also `SubscribeURL` and `Token`. Whoever sees
/// one delivery can change the rest, such as `MessageAttributes` and `UnsubscribeURL`. It covers the
/// timestamp, the event id and the event type.
///
/// There is no shared secret: the key is the X.509 certificate, in PEM, at the message's
/// SigningCertURL, whose host has to be that of SNS in a region (`sns.s3.amazonaws.com` would be a bucket of
/// anybody's). A valid signature proves only that some topic of some AWS account sent the message,
/// so TopicArn has to be compared with a list of your own. A subscription is confirmed by visiting the
/// SubscribeURL of a verified SubscriptionConfirmation, after a check of its host. Set the topic
/// attribute SignatureVersion to 2: without it SNS signs with SHA-1. Raw message delivery is not
/// signed, and the content type is text/plain although the body is JSON. Retries: for up to 1 hour.
#[derive(Clone, Copy, Debug)]
pub struct AwsSns;

impl Provider for AwsSns {
    const SCHEME: Scheme = Scheme::code("aws-sns", Code::AwsSns)
        .signature(json("/Signature").base64())
        .key(KeyForm::BASE64)
        .key_at(
            json("/SigningCertURL"),
            &["https://sns.*-*-#.amazonaws.com/*.pem", "https://sns.*-*-#.amazonaws.com.cn/*.pem"],
        )
        .id(json("/MessageId"))
        .event_type(json("/Type"))
        .retries_for_hours(1);
}

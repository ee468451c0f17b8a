"""Signs deliveries with the senders' own Python libraries and sends them to the receiver given as the first argument."""

import http.client
import json
import sys
import time
import urllib.parse
from datetime import datetime, timezone

import stripe
from slack_sdk.signature import SignatureVerifier
from standardwebhooks.webhooks import Webhook

RECEIVER = urllib.parse.urlsplit(sys.argv[1])
SLACK = "demo-secret-for-slack"
STRIPE = "whsec_demo_secret_for_stripe"
STANDARD = "whsec_ZGVtby1zZWNyZXQtZm9yLXN0YW5kYXJk"
failures = 0


def send(path, headers, body):
    connection = http.client.HTTPConnection(RECEIVER.hostname, RECEIVER.port, timeout=20)
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status


def check(name, path, headers, body):
    """A delivery is accepted, the same once more is a duplicate, with another byte it is refused."""
    global failures
    tampered = body[:-2] + bytes([body[-2] ^ 1]) + body[-1:]
    got = [send(path, headers, body), send(path, headers, body), send(path, headers, tampered)]
    right = got == [200, 200, 401]
    failures += not right
    print("ok  " if right else "FAIL", f"{name}: {got}, wanted [200, 200, 401]")


def slack(body, content_type):
    now = str(int(time.time()))
    signature = SignatureVerifier(SLACK).generate_signature(timestamp=now, body=body)
    return {"content-type": content_type, "x-slack-request-timestamp": now, "x-slack-signature": signature}


event = (
    '{"type":"event_callback","team_id":"T1","api_app_id":"A1","event_id":"EvPy","event_time":1,'
    '"event":{"type":"app_mention","user":"U1","text":"grüße","ts":"1.1","channel":"C1","event_ts":"1.1"}}'
).encode()
check("slack_sdk, event", "/slack/events", slack(event, "application/json"), event)

command = urllib.parse.urlencode({
    "command": "/deploy", "text": "now & then", "trigger_id": "1.2.3", "user_id": "U1", "user_name": "potter",
    "channel_id": "C1", "channel_name": "kiln", "team_id": "T1", "team_domain": "pottery",
    "response_url": "https://hooks.slack.test/1", "api_app_id": "A1",
}).encode()
check("slack_sdk, command", "/slack/commands", slack(command, "application/x-www-form-urlencoded"), command)

def accepts(payload, header):
    """Whether Stripe's own check takes it."""
    try:
        stripe.Webhook.construct_event(payload, header, STRIPE)
    except stripe.SignatureVerificationError:
        return False
    return True


def check_stripe(name, text, header):
    """As `check`, and what is refused is refused by Stripe's own check too."""
    global failures
    payload = text.encode()
    check(name, "/stripe", {"content-type": "application/json", "stripe-signature": header}, payload)
    got = [accepts(payload, header), accepts(payload[:-2] + bytes([payload[-2] ^ 1]) + payload[-1:], header)]
    right = got == [True, False]
    failures += not right
    print("ok  " if right else "FAIL", f"{name}, its own check: {got}, wanted [True, False]")


for name, kind in [("invoice", "invoice.paid"), ("unknown kind", "kiln.fired")]:
    text = json.dumps({
        "id": f"evt_py_{kind}", "object": "event", "type": kind, "livemode": False,
        "data": {"object": {"id": "in_1", "object": "invoice", "description": "grüße ♥"}},
    }, ensure_ascii=False, indent=2)
    now = int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{now}.{text}", STRIPE)
    check_stripe(f"stripe, {name}", text, f"t={now},v1={signature}")

body = '{"type":"invoice.paid","data":{"note":"grüße"}}'
now = datetime.now(timezone.utc)
headers = {
    "content-type": "application/json",
    "webhook-id": "msg_py",
    "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": Webhook(STANDARD).sign("msg_py", now, body),
}
check("standardwebhooks", "/standard", headers, body.encode())

sys.exit(1 if failures else 0)

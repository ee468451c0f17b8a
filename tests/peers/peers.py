"""Signs deliveries with the senders' own Python libraries and sends them to the receiver given as the first argument."""

import http.client
import sys
import time
import urllib.parse
from datetime import datetime, timezone

from slack_sdk.signature import SignatureVerifier
from standardwebhooks.webhooks import Webhook

RECEIVER = urllib.parse.urlsplit(sys.argv[1])
SLACK = "demo-secret-for-slack"
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

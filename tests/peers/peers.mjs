// Signs deliveries with the senders' own npm libraries and sends them to the receiver given as the first argument.
import { createHmac } from "node:crypto";
import { sign } from "@octokit/webhooks-methods";
import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";
import { check, finish } from "./receiver.mjs";

const secrets = {
  github: "demo-secret-for-github",
  stripe: "whsec_demo_secret_for_stripe",
  standard: "whsec_ZGVtby1zZWNyZXQtZm9yLXN0YW5kYXJk",
};

const push = JSON.stringify({ zen: "Ünïcode ♥ and \\u escapes", n: 9007199254740993n.toString() });
await check("@octokit/webhooks-methods", "/github", {
  "x-github-event": "gollum",
  "x-github-delivery": "octokit-1",
  "x-hub-signature-256": await sign(secrets.github, push),
}, push);

const event = JSON.stringify({ id: "evt_npm", object: "event", type: "invoice.paid", livemode: false, data: { object: {} } }, null, 2);
const stripe = new Stripe("sk_test_none");
await check("stripe", "/stripe", {
  "stripe-signature": stripe.webhooks.generateTestHeaderString({ payload: event, secret: secrets.stripe }),
}, event);

const now = new Date();
const body = JSON.stringify({ type: "user.created", data: { name: "Ünïcode ♥" } });
for (const [name, library, id] of [["standardwebhooks", Standard, "msg_sw"], ["svix", Svix, "msg_svix"]]) {
  const signature = new library(secrets.standard).sign(id, now, body);
  const headers = { "webhook-id": id, "webhook-timestamp": Math.floor(now / 1000), "webhook-signature": signature };
  await check(name, "/standard", headers, body);
}

// Node's own HMAC beside the libraries: a signature that none of them made.
const plain = "sha256=" + createHmac("sha256", secrets.github).update("{}").digest("hex");
await check("node:crypto", "/github", {
  "x-github-event": "ping", "x-github-delivery": "node-1", "x-hub-signature-256": plain,
}, "{}");

await import("./shopify.mjs");
await import("./twilio.mjs");
await import("./discord.mjs");
finish();

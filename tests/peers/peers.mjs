// Signs deliveries with the senders' own npm libraries and sends them to the receiver given as the first argument.
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { sign } from "@octokit/webhooks-methods";
import { Webhook as Standard } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";

const base = new URL(process.argv[2]);
const secrets = {
  github: "demo-secret-for-github",
  stripe: "whsec_demo_secret_for_stripe",
  standard: "whsec_ZGVtby1zZWNyZXQtZm9yLXN0YW5kYXJk",
};
let failures = 0;

function send(path, headers, body) {
  return new Promise((resolve, reject) => {
    const options = { host: base.hostname, port: base.port, path, method: "POST", headers };
    const sent = request(options, (answer) => answer.resume().on("end", () => resolve(answer.statusCode)));
    sent.on("error", reject).end(body);
  });
}

// A delivery is accepted; the same once more is a duplicate and still 200; with another byte it is refused.
async function check(name, path, headers, body) {
  const tampered = Buffer.from(body);
  tampered[tampered.length - 2] ^= 1;
  const json = { "content-type": "application/json", ...headers };
  const got = [await send(path, json, body), await send(path, json, body), await send(path, json, tampered)];
  const wanted = [200, 200, 401];
  const right = got.every((status, index) => status === wanted[index]);
  failures += right ? 0 : 1;
  console.log(`${right ? "ok  " : "FAIL"} ${name}: ${got}, wanted ${wanted}`);
}

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

process.exit(failures === 0 ? 0 : 1);

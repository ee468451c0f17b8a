// Twilio: signed by the functions of Twilio's own library, beside the library's check.
import twilio from "twilio";
import { check, same, send } from "./receiver.mjs";

const token = "demo-token-for-twilio";
const origin = "https://hooks.example.com";
const form = { "content-type": "application/x-www-form-urlencoded" };
const account = `AC${"0a".repeat(16)}`;
const message = `SM${"1b".repeat(16)}`;

// Signs the URL with this origin and sends to its path. The library's check is told the URL as the receiver has it.
async function sendForm(name, params, { path = "/twilio", signedOrigin = origin, idempotency = {} } = {}) {
  const body = new URLSearchParams();
  for (const [field, values] of Object.entries(params)) {
    for (const value of [values].flat()) body.append(field, value);
  }
  const signature = twilio.getExpectedTwilioSignature(token, signedOrigin + path, params);
  const headers = { ...form, ...idempotency, "x-twilio-signature": signature };
  const oracle = (sent, text) => twilio.validateRequest(token, sent["x-twilio-signature"], origin + path, fields(text));
  await check(`twilio, ${name}`, path, headers, body.toString(), { oracle });
  const elsewhere = await send(`${path}${path.includes("?") ? "&" : "?"}more=1`, headers, body.toString());
  same(`twilio, ${name}, another URL`, elsewhere.status, 401);
}

// A form as the library's check takes it: a field that stands there twice is a list.
function fields(text) {
  const all = new URLSearchParams(text);
  return Object.fromEntries([...new Set(all.keys())].map((name) => {
    const values = all.getAll(name);
    return [name, values.length > 1 ? values : values[0]];
  }));
}

const received = {
  MessageSid: message,
  AccountSid: account,
  SmsStatus: "received",
  From: "whatsapp:+14155550100",
  To: "+14155550101",
  NumMedia: "0",
  Body: "Grüße & more = 100 % + ♥",
};
await sendForm("message", received);
await sendForm("query", { ...received, Body: "", ProfileName: "x" }, { path: "/twilio?tenant=a%2Fb&empty=" });
await sendForm("port", { ...received, Body: "to a port" }, { signedOrigin: `${origin}:443` });
await sendForm("repeated field", { ...received, Unknown: ["b", "a", "b"] });
const status = { MessageSid: message, AccountSid: account, MessageStatus: "delivered", To: "+14155550101" };
await sendForm("status", status, { idempotency: { "i-twilio-idempotency-token": "twilio-status" } });
const call = { CallSid: `CA${"2c".repeat(16)}`, AccountSid: account, CallStatus: "completed", From: "+14155550100" };
await sendForm("call", { ...call, To: "+14155550101" });

const json = JSON.stringify([
  { specversion: "1.0", type: "com.twilio.messaging.message.delivered", id: "EZ1", data: { note: "grüße" } },
]);
for (const [name, query] of [["JSON", ""], ["JSON, query", "tenant=a&"]]) {
  const path = `/twilio?${query}bodySHA256=${twilio.getExpectedBodyHash(json)}`;
  const headers = { "x-twilio-signature": twilio.getExpectedTwilioSignature(token, origin + path, {}) };
  const oracle = (sent, text) => twilio.validateRequestWithBody(token, sent["x-twilio-signature"], origin + path, text);
  await check(`twilio, ${name}`, path, headers, json, { oracle });
  const other = '{"forged":true}';
  const moved = path.replace(/[0-9a-f]{64}/, twilio.getExpectedBodyHash(other));
  const answer = await send(moved, { "content-type": "application/json", ...headers }, other);
  same(`twilio, ${name}, another hash`, answer.status, 401);
}

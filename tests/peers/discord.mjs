// Discord: its own library only verifies, so node:crypto signs, and receiver and library must say the same.
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { verifyKey } from "discord-interactions";
import { check, same, send } from "./receiver.mjs";

// The first test vector of RFC 8032, section 7.1: the receiver's demo key and its private half.
const publicKey = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const pkcs8 = Buffer.from(`302e020100300506032b657004220420${seed}`, "hex");
const privateKey = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
const now = Math.floor(Date.now() / 1000).toString();

const signed = (body, { time = now, message = time + body, key = privateKey } = {}) => ({
  "content-type": "application/json",
  "x-signature-ed25519": sign(null, Buffer.from(message), key).toString("hex"),
  "x-signature-timestamp": time,
});
const oracle = (headers, body) =>
  verifyKey(body, headers["x-signature-ed25519"] ?? "", headers["x-signature-timestamp"] ?? "", publicKey);

const interaction = (type, id, data) => JSON.stringify({ id, application_id: "1", type, token: "grüße ♥", version: 1, data });
const command = interaction(2, "1001", { id: "7", name: "deploy", type: 1 });
const typed = { name: "to", type: 3, value: "", focused: true };
const interactions = [
  ["command", command, 4],
  ["component", interaction(3, "1002", { custom_id: "again", component_type: 2 }), 6],
  ["autocomplete", interaction(4, "1003", { id: "7", name: "deploy", type: 1, options: [typed] }), 8],
  ["modal", interaction(5, "1004", { custom_id: "form", components: [] }), 4],
];
for (const [name, body, type] of interactions) {
  const answer = await check(`discord-interactions, ${name}`, "/discord", signed(body), body, { oracle });
  same(`discord-interactions, ${name}, answer`, JSON.parse(answer || "{}").type, type);
}
const event = JSON.stringify({
  version: 1,
  application_id: "1",
  type: 1,
  event: {
    type: "APPLICATION_DEAUTHORIZED",
    timestamp: "2026-07-01T09:30:00.000001",
    data: { user: { id: "2", username: "potter" } },
  },
});
await check("discord-interactions, event", "/discord", signed(event), event, { accepted: 204, oracle });

// A PING is answered whenever it is asked, and only when it is signed.
const ping = JSON.stringify({ id: "1005", application_id: "1", type: 1, version: 1 });
for (const headers of [signed(ping), signed(ping)]) {
  same("discord-interactions, PING", await send("/discord", headers, ping), { status: 200, text: '{"type":1}' });
}

const { privateKey: stranger } = generateKeyPairSync("ed25519");
const genuine = signed(command);
const signature = genuine["x-signature-ed25519"];
const shown = (text) => ({ ...genuine, "x-signature-ed25519": text });
const without = (name) => Object.fromEntries(Object.entries(genuine).filter(([known]) => known !== name));
const forged = [
  ["another key", signed(command, { key: stranger })],
  ["the body alone signed", signed(command, { message: command })],
  ["another time", { ...genuine, "x-signature-timestamp": (Number(now) - 1).toString() }],
  ["no time", without("x-signature-timestamp")],
  ["no signature", without("x-signature-ed25519")],
  ["an empty signature", shown("")],
  ["zeros", shown("00".repeat(64))],
  ["a byte less", shown(signature.slice(2))],
  ["a byte more", shown(`${signature}00`)],
  ["no hexadecimal", shown("zz".repeat(64))],
  ["another PING's", signed(ping)],
];
for (let at = 0; at < 64; at += 1) {
  const bytes = Buffer.from(signature, "hex");
  bytes[at] ^= 1;
  forged.push([`byte ${at}`, shown(bytes.toString("hex"))]);
}
const verdict = async (headers, body) => [await oracle(headers, body), (await send("/discord", headers, body)).status];
const taken = [];
for (const [name, headers] of forged) {
  const [theirs, ours] = await verdict(headers, command);
  if (theirs || ours !== 401) taken.push(`${name}: ${theirs}, ${ours}`);
}
same(`discord-interactions, taken of ${forged.length} forgeries`, taken, []);
same("discord-interactions, forged PING", await verdict(genuine, ping), [false, 401]);

// Where the receiver asks for more than the library does: one spelling of a signature, and a time that is near.
const old = (Number(now) - 3600).toString();
same("discord-interactions, stricter: capitals", await verdict(shown(signature.toUpperCase()), command), [true, 401]);
same("discord-interactions, stricter: an hour old", await verdict(signed(command, { time: old }), command), [true, 401]);

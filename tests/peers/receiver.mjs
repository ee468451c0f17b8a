// Sends deliveries to the receiver given as the first argument, and holds its answers against what is wanted.
import { request } from "node:http";

const base = new URL(process.argv[2]);
let failures = 0;

export function send(path, headers, body) {
  return new Promise((resolve, reject) => {
    const options = { host: base.hostname, port: base.port, path, method: "POST", headers };
    const sent = request(options, (answer) => {
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => resolve({ status: answer.statusCode, text: Buffer.concat(pieces).toString() }));
    });
    sent.on("error", reject).end(body);
  });
}

export function same(name, got, wanted) {
  const right = JSON.stringify(got) === JSON.stringify(wanted);
  failures += right ? 0 : 1;
  console.log(`${right ? "ok  " : "FAIL"} ${name}: ${JSON.stringify(got)}${right ? "" : `, wanted ${JSON.stringify(wanted)}`}`);
}

// A delivery is accepted; the same once more is a duplicate and still 200; with another byte it is refused. An oracle, the
// sender's own check of headers and body, must say so too. Answers the text that the first try was answered with.
export async function check(name, path, headers, body, { accepted = 200, oracle } = {}) {
  const tampered = Buffer.from(body);
  tampered[tampered.length - 2] ^= 1;
  const all = { "content-type": "application/json", ...headers };
  const answers = [await send(path, all, body), await send(path, all, body), await send(path, all, tampered)];
  same(name, answers.map((answer) => answer.status), [accepted, 200, 401]);
  if (oracle) {
    same(`${name}, its own check`, [await oracle(all, body), await oracle(all, tampered.toString())], [true, false]);
  }
  return answers[0].text;
}

export function finish() {
  process.exit(failures === 0 ? 0 : 1);
}

// Judges 10,000 requests by the senders' own libraries and by `webhook check`: where they differ, DIFFERENCES.md says why.
//
//   node differential.mjs WEBHOOK DIFFERENCES.md [COUNT]

import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { verify } from '@octokit/webhooks-methods'
import { Webhook } from 'standardwebhooks'
import Stripe from 'stripe'
import twilio from 'twilio'
import { EXPLANATIONS } from './explanations.mjs'
import { NOW, SECRETS, make } from './requests.mjs'

const [command, textsFile, count = '10000'] = process.argv.slice(2)
Date.now = () => NOW * 1000
const stripe = new Stripe('sk_test_of_nobody')

/** The headers as Node hands them over: lines of one name are one line. */
const joined = (request) => {
  const headers = {}
  for (const [name, value] of request.headers) headers[name] = name in headers ? `${headers[name]}, ${value.trim()}` : value.trim()
  return headers
}

/** Whether the sender's own library takes the signature. */
const peers = {
  github: (request, headers) => verify(SECRETS.github, request.body.toString(), headers['x-hub-signature-256']),
  stripe: (request, headers) => stripe.webhooks.signature.verifyHeader(request.body, headers['stripe-signature'], SECRETS.stripe, 300),
  standard_webhooks: (request, headers) => {
    new Webhook(SECRETS.standard_webhooks).verify(request.body, headers, { jsonParse: false })
    return true
  },
  twilio: (request, headers) => {
    const signature = headers['x-twilio-signature']
    if (request.url.includes('bodySHA256=')) return twilio.validateRequestWithBody(SECRETS.twilio, signature, request.url, request.body)
    const form = {}
    for (const [name, value] of new URLSearchParams(request.body.toString())) {
      form[name] = name in form ? [].concat(form[name], value) : value
    }
    return twilio.validateRequest(SECRETS.twilio, signature, request.url, form)
  },
}

async function peer(request) {
  try {
    return (await peers[request.sender](request, joined(request))) === true
  } catch {
    return false
  }
}

function ours(requests) {
  const lines = requests.map((request) => JSON.stringify({
    id: request.id,
    provider: request.sender,
    secrets: [SECRETS[request.sender]],
    method: 'POST',
    url: request.url,
    headers: request.headers.map(([name, value]) => [name, value.trim()]),
    body_base64: request.body.toString('base64'),
    now_unix: NOW,
  }))
  const run = spawnSync(command, ['check', '--batch', '-'], { input: lines.join('\n'), maxBuffer: 1 << 28 })
  if (run.status !== 0) throw new Error(run.stderr.toString())
  return run.stdout.toString().trim().split('\n').map((line) => JSON.parse(line))
}

/** What explains that one side alone takes this request: the sender's first explanation that holds, or else what is to be explained. */
function difference(request, own, taken) {
  const fits = ({ title, theirs, reasons, holds }) =>
    title.startsWith(`${request.sender}: `) && theirs === taken && reasons.includes(own.reason) && holds(request)
  return EXPLANATIONS.find(fits)?.title ?? `${request.sender}: ${taken ? 'theirs' : 'ours'} alone, ${own.reason}`
}

const senders = Object.keys(peers)
const requests = Array.from({ length: Number(count) }, (_, number) => make(senders[number % senders.length], number))
const verdicts = ours(requests)
if (verdicts.length !== requests.length) throw new Error(`${verdicts.length} verdicts for ${requests.length} requests`)

const tally = { taken: 0, refused: 0 }
const found = new Map()
for (const [at, request] of requests.entries()) {
  const [own, taken] = [verdicts[at], await peer(request)]
  if (own.id !== request.id) throw new Error(`${own.id} is no answer to ${request.id}`)
  if ((own.verdict === 'accept') === taken) {
    tally[taken ? 'taken' : 'refused']++
    continue
  }
  const kind = difference(request, own, taken)
  found.set(kind, [...(found.get(kind) ?? []), request])
}

// Each explanation has its text, and each text its explanation.
const texts = [...readFileSync(textsFile, 'utf8').matchAll(/^## (.*)$/gm)].map(([, title]) => title)
const known = EXPLANATIONS.map(({ title }) => title)
if (texts.join('\n') !== known.join('\n')) throw new Error(`${textsFile} must have a heading for each explanation, in their order`)

let failures = 0
for (const [kind, examples] of [...found].sort()) {
  const isKnown = known.includes(kind)
  failures += !isKnown
  console.log(isKnown ? 'ok  ' : 'FAIL', `${kind}: ${examples.length}${isKnown ? '' : ', and nothing explains it'}`)
  if (isKnown && !process.env.EXAMPLES) continue
  for (const { id, url, headers, body, changed } of examples.slice(0, 4)) {
    console.log(`     ${id} (${changed.join(', ')}) ${url} ${JSON.stringify(headers)} ${JSON.stringify(body.toString('latin1'))}`)
  }
}
for (const kind of known.filter((kind) => !found.has(kind))) {
  failures++
  console.log('FAIL', `${kind}: explained, and never seen`)
}
console.log(`${requests.length} requests: ${tally.taken} taken by both, ${tally.refused} refused by both, ${[...found.values()].flat().length} judged differently`)
if (tally.taken < requests.length / 4 || tally.refused < requests.length / 4) throw new Error('too few of one kind to prove anything')
process.exitCode = failures ? 1 : 0

// Random and mutated requests of four senders, the same each time: a seed, and nothing else, decides them.

import { createHmac, createHash } from 'node:crypto'

export const NOW = 1_800_000_000
export const SECRETS = {
  github: 'an endpoint secret',
  stripe: 'whsec_an_endpoint_secret',
  standard_webhooks: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
  twilio: '12345678901234567890123456789012',
}
const TWILIO_URL = 'https://hooks.example.com/twilio'

/** Mulberry32: small, and good enough to choose with. */
export function random(seed) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (count) => Math.floor(next() * count)
  const pick = (list) => list[below(list.length)]
  return { below, pick, once: (times) => below(times) === 0 }
}

const hmac = (hash, key, ...pieces) => pieces.reduce((mac, piece) => mac.update(piece), createHmac(hash, key))

function json(dice, extra) {
  const words = ['kiln', 'grüße', '粘土', '\u0000', '"', '\\', ' ', '\n', '💥', '0']
  const text = Array.from({ length: dice.below(6) }, () => dice.pick(words)).join('')
  return Buffer.from(JSON.stringify({ ...extra, text, number: dice.below(1000) }))
}

/** A genuine request: its headers are a list, since some are sent twice. */
const genuine = {
  github(dice) {
    const body = json(dice, { action: 'created' })
    const mac = hmac('sha256', SECRETS.github, body).digest('hex')
    const headers = [['x-github-event', 'issues'], ['x-github-delivery', `d-${dice.below(1e9)}`]]
    return { url: '/github', body, headers: [...headers, ['x-hub-signature-256', `sha256=${mac}`]] }
  },
  stripe(dice) {
    const body = json(dice, { id: `evt_${dice.below(1e9)}`, object: 'event', type: 'invoice.paid' })
    return sign.stripe({ url: '/stripe', body, time: time(dice), headers: [] })
  },
  standard_webhooks(dice) {
    const body = json(dice, { type: 'invoice.paid' })
    return sign.standard_webhooks({ url: '/', body, id: `msg_${dice.below(1e9)}`, time: time(dice), headers: [] })
  },
  twilio(dice) {
    const fields = Array.from({ length: 1 + dice.below(5) }, (_, at) => [
      dice.pick(['From', 'To', 'Body', 'CallSid', 'AccountSid', 'body', 'Äther']) + (dice.once(3) ? at : ''),
      dice.pick(['+14158675309', 'a & b = c', 'grüße', '', '100%', 'CA1', ' ', '💥']),
    ])
    const url = TWILIO_URL + dice.pick(['', '?foo=1&bar=2', '?q=a%20b', '?x'])
    const request = { url, fields: [['MessageSid', `SM${dice.below(1e9)}`], ...fields], headers: [] }
    if (dice.once(3)) {
      request.body = json(dice, { MessageSid: `SM${dice.below(1e9)}` })
      const hash = createHash('sha256').update(request.body).digest('hex')
      request.url = `${TWILIO_URL}?bodySHA256=${hash}`
    }
    return sign.twilio(request)
  },
}

const time = (dice) => String(NOW - dice.pick([0, 1, 60, 299, 300, -1, -299, -300]))

const sign = {
  stripe(request) {
    const mac = hmac('sha256', SECRETS.stripe, `${request.time}.`, request.body).digest('hex')
    return { ...request, headers: [['stripe-signature', `t=${request.time},v1=${mac}`]] }
  },
  standard_webhooks(request) {
    const key = Buffer.from(SECRETS.standard_webhooks.slice(6), 'base64')
    const mac = hmac('sha256', key, `${request.id}.${request.time}.`, request.body).digest('base64')
    const headers = [['webhook-id', request.id], ['webhook-timestamp', request.time], ['webhook-signature', `v1,${mac}`]]
    return { ...request, headers }
  },
  twilio(request) {
    const isForm = request.body === undefined
    const sorted = new Map()
    for (const [name, value] of request.fields) sorted.set(name, [...(sorted.get(name) ?? []), value])
    const names = isForm ? [...sorted.keys()].sort() : []
    const text = names.map((name) => [...new Set(sorted.get(name))].sort().map((value) => name + value).join('')).join('')
    const mac = hmac('sha1', SECRETS.twilio, request.url, text).digest('base64')
    const form = Buffer.from(new URLSearchParams(request.fields).toString())
    const type = isForm ? 'application/x-www-form-urlencoded' : 'application/json'
    return { ...request, body: request.body ?? form, headers: [['content-type', type], ['x-twilio-signature', mac]] }
  },
}

/** Where each sender's signature stands. */
const SIGNATURE = {
  github: 'x-hub-signature-256',
  stripe: 'stripe-signature',
  standard_webhooks: 'webhook-signature',
  twilio: 'x-twilio-signature',
}

const texts = {
  bit: (dice, text) => {
    const at = dice.below(text.length)
    return text.slice(0, at) + String.fromCharCode(33 + ((text.charCodeAt(at) - 32) % 94)) + text.slice(at + 1)
  },
  cut: (dice, text) => text.slice(0, dice.below(text.length)),
  longer: (dice, text) => text + dice.pick(['0', '=', ',', ' ', 'A', '==']),
  before: (dice, text) => dice.pick([' ', ',', '0', 'v1,', 'v0=1,', 'v1=00,', 'v1,AAAA ', 'sha1=']) + text,
  behind: (dice, text) => text + dice.pick([',v0=00', ',v1=00', ' v1,AAAA', ' v2,AAAA', ',t=1', ' ', ',x=1']),
  upper: (_, text) => text.toUpperCase(),
  spaced: (dice, text) => text.replace(dice.pick([',', '=']), '$& '),
  twice: (dice, text) => text + dice.pick([',', ' ', ', ']) + text,
  junk: (dice) => dice.pick(['', '=', ',', 'v1', 'v1=', 't=,v1=', 'sha256=', 'v1,', 'null', '0']),
  many: (_, text) => `${text},v1=00`.padEnd(text.length + 6 * 20, ',v1=00'),
}

const mutations = {
  signature: (dice, request, sender) => edit(request, SIGNATURE[sender], (text) => texts[dice.pick(Object.keys(texts))](dice, text)),
  lost: (dice, request) => ({ ...request, headers: request.headers.filter(() => !dice.once(2)) }),
  doubled: (dice, request) => ({ ...request, headers: request.headers.flatMap((line) => (dice.once(2) ? [line, line] : [line])) }),
  flipped: (dice, request) => {
    const body = Buffer.from(request.body)
    if (body.length) body[dice.below(body.length)] ^= 1 << dice.below(8)
    return { ...request, body }
  },
  cut: (dice, request) => ({ ...request, body: request.body.subarray(0, dice.below(request.body.length + 1)) }),
  padded: (dice, request) => ({ ...request, body: Buffer.concat([request.body, Buffer.from(dice.pick([' ', '\n', '\0', '&', 'x=1']))]) }),
  // Signed by the holder of the secret, who writes what no sender writes.
  odd_time: (dice, request, sender) => {
    if (request.time === undefined) return request
    const odd = [`${NOW - 301}`, `${NOW + 301}`, `0${NOW}`, `+${NOW}`, ` ${NOW}`, `${NOW}.5`, `${NOW}abc`, `-${NOW}`, '', '0', 'NaN', `${NOW}000`, '18446744073709551616', `${NOW} `]
    return sign[sender]({ ...request, time: dice.pick(odd) })
  },
  odd_body: (dice, request, sender) => {
    const odd = [Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('[1]'), Buffer.from('{"id":1}'), Buffer.from('not json'), Buffer.from('\ufeff{"id":"evt_1"}'), Buffer.from('{"id":"evt_1","id":"evt_2"}')]
    const body = dice.pick(odd)
    if (sender !== 'github') return sender === 'twilio' ? request : sign[sender]({ ...request, body })
    const mac = hmac('sha256', SECRETS.github, body).digest('hex')
    return edit({ ...request, body }, SIGNATURE.github, () => `sha256=${mac}`)
  },
  odd_id: (dice, request, sender) => {
    if (request.id === undefined) return request
    return sign[sender]({ ...request, id: dice.pick(['', 'a.b', 'x'.repeat(300), 'a b', 'ü', 'msg']) })
  },
  // The endpoint's URL as a proxy or a lazy configuration tells it.
  odd_url: (dice, request, sender) => {
    if (sender !== 'twilio') return request
    const odd = [(url) => url.replace('.com', '.com:443'), (url) => url.replace('.com', '.com:8443'), (url) => `${url}${url.includes('?') ? '&' : '?'}z=1`, (url) => url.replace('https', 'http'), (url) => url.replace('twilio', 'Twilio'), (url) => url.replace('%20', '+')]
    const served = { ...request, url: dice.pick(odd)(request.url) }
    return dice.once(2) ? served : { ...sign.twilio(served), url: request.url }
  },
}

function edit(request, name, change) {
  const headers = request.headers.map(([known, value]) => [known, known === name ? change(value) : value])
  return { ...request, headers }
}

/** The request with this number: a third are left as they are, the others are changed once or twice. */
export function make(sender, number) {
  const dice = random(number * 7919 + sender.length)
  let request = genuine[sender](dice)
  const changed = []
  for (let left = dice.pick([0, 1, 2]); left > 0; left--) {
    const name = dice.pick(Object.keys(mutations))
    changed.push(name)
    request = mutations[name](dice, request, sender)
  }
  return { ...request, sender, changed, id: `${sender}/${number}` }
}

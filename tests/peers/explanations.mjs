// Why a verdict differs: who takes the request, for what reason we don't, and what in the request has led to it.

import { isUtf8 } from 'node:buffer'
import { NOW } from './requests.mjs'

const value = (request, name) => request.headers.find(([known]) => known === name)?.[1]
const isDoubled = ({ headers }) => new Set(headers.map(([name]) => name)).size < headers.length
const isBinary = ({ body }) => !isUtf8(body)
const pairs = (request) => (value(request, 'stripe-signature') ?? '').trim().split(',')
const stripeTime = (request) => pairs(request).find((pair) => pair.startsWith('t='))?.slice(2) ?? ''
const webhookItems = (request) => (value(request, 'webhook-signature') ?? '').trim().split(' ')
const parsed = ({ body }) => {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

/** Each holds for one sender, one side and these reasons of ours; its text stands in DIFFERENCES.md under its title. */
export const EXPLANATIONS = [
  { title: 'github: a body that is no UTF-8', theirs: false, reasons: ['ok'], holds: isBinary },
  { title: 'github: a header sent twice', theirs: true, reasons: ['malformed_id', 'malformed_body'], holds: isDoubled },
  { title: 'standard_webhooks: a body that is no UTF-8', theirs: false, reasons: ['ok'], holds: isBinary },
  { title: 'standard_webhooks: a header sent twice', theirs: true, reasons: ['duplicate_header'], holds: isDoubled },
  {
    title: 'standard_webhooks: an id with a full stop, too long, or not in ASCII',
    theirs: true,
    reasons: ['malformed_header'],
    holds: (request) => /\.|^.{256,}$|[^ -~]/.test(value(request, 'webhook-id') ?? ''),
  },
  {
    title: 'standard_webhooks: an item that is not a version, a comma and a signature',
    theirs: true,
    reasons: ['malformed_header'],
    holds: (request) => webhookItems(request).some((item) => !/^[^,]+,[^,]*$/.test(item)),
  },
  { title: 'stripe: a header sent twice', theirs: true, reasons: ['duplicate_header'], holds: isDoubled },
  {
    title: 'stripe: a time that is yet to come',
    theirs: true,
    reasons: ['future_timestamp'],
    holds: (request) => Number(stripeTime(request)) > NOW + 300,
  },
  {
    title: 'stripe: a time that is no plain number',
    theirs: true,
    reasons: ['malformed_timestamp'],
    holds: (request) => !/^(0|[1-9][0-9]*)$/.test(stripeTime(request)) || stripeTime(request).length > 11,
  },
  {
    title: 'stripe: a pair that is none, or a second time',
    theirs: true,
    reasons: ['malformed_header'],
    holds: (request) =>
      pairs(request).some((pair) => !/^[^ =]+=[^=]+$/.test(pair)) ||
      pairs(request).filter((pair) => pair.startsWith('t=')).length > 1,
  },
  {
    title: 'stripe: more than 16 signatures',
    theirs: true,
    reasons: ['too_many_signatures'],
    holds: (request) => pairs(request).filter((pair) => pair.startsWith('v1=')).length > 16,
  },
  {
    title: 'stripe: a body that is no event',
    theirs: true,
    reasons: ['malformed_body', 'malformed_id'],
    holds: (request) => typeof parsed(request)?.id !== 'string' || request.body.toString().match(/"id"/g).length > 1,
  },
  {
    title: 'twilio: a form that is not said to be one',
    theirs: true,
    reasons: ['bad_signature'],
    holds: (request) => value(request, 'content-type') === undefined,
  },
  {
    title: 'twilio: a form with an escape that is none',
    theirs: true,
    reasons: ['bad_signature'],
    holds: (request) => /%(?![0-9A-Fa-f]{2})/.test(request.body.toString()),
  },
  {
    title: 'twilio: a URL with its spaces in another spelling',
    theirs: true,
    reasons: ['bad_signature'],
    holds: (request) => /\+|%20/.test(request.url),
  },
]

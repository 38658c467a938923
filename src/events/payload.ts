import { createHash } from 'node:crypto';
import type { Deps } from '../deps.ts';
import type { ParsedEvent } from '../providers/delivery.ts';
import { sourceOf } from '../providers/kit/body.ts';
import { withhold } from './withheld.ts';

/** Payloads beyond this are cut to their top-level scalars. */
export const MAX_PAYLOAD_BYTES = 256 * 1024;
const MAX_KEPT_SCALARS = 100;
const MAX_SCALAR_CHARS = 1024;
const MAX_KEY_CHARS = 256;
const MAX_META_FIELDS = 32;
const EVENT_TYPE = /^[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;

/** Text, or its UTF-8. */
export type JsonText = string | Uint8Array;

export type StorableEvent = Omit<ParsedEvent, 'meta'> & {
  readonly meta: Readonly<Record<string, string>>;
  /** The payload as it is stored. */
  readonly payloadJson: JsonText;
  readonly payloadTruncated: boolean;
};

/** The event within the bounds of the contract, its payload clean and bounded. Undefined: its type is not a name. */
export function storable(deps: Pick<Deps, 'catalog' | 'events'>, event: ParsedEvent): StorableEvent | undefined {
  if (event.eventType.length > 128 || !EVENT_TYPE.test(event.eventType)) return undefined;
  const rules = deps.catalog.eventType(event.eventType)?.eventType ?? {};
  return {
    ...event,
    deliveryKey: boundKey(event.deliveryKey, 256),
    ...(event.semanticKey !== undefined && { semanticKey: boundKey(event.semanticKey, 512) }),
    ...(event.objectKey !== undefined && { objectKey: boundKey(event.objectKey, 256) }),
    accountId: cleanText(event.accountId),
    ...boundPayload(cleanPayload(withhold(event.payload, rules, deps.events.keepsMailText))),
    meta: Object.fromEntries(
      Object.entries(event.meta ?? {})
        .filter(([name]) => name !== '' && name.length <= 64)
        .slice(0, MAX_META_FIELDS)
        .map(([name, value]) => [cleanText(name), cleanText(value).slice(0, MAX_SCALAR_CHARS).toWellFormed()]),
    ),
  };
}

/** A key as it is where it is short and printable, else its hash: cutting could make two keys one. */
function boundKey(key: string, maxChars: number): string {
  const isPlain = key.length <= maxChars && key === toStorable(key);
  return isPlain ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`;
}

/** Fields that hold a credential whatever they are called after; vendors mask most of them already. */
const SECRET_FIELDS = new Set(
  'access_token refresh_token id_token client_secret signing_secret webhook_secret private_key api_key password secret'.split(
    ' ',
  ),
);

/** Text that can only be a credential. Narrower than what is cut out of logs: automations match on these payloads. */
const TOKENS =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{1,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?|\bxox[a-z](?:\.[a-z]+)?-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}|\bgh[a-z]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{16,}|\blin_(?:api|oauth|wh)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{16,}=*|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bya29\.[A-Za-z0-9_-]{20,}|\bGOCSPX-[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9_-]{20,}|\bsk_live_[A-Za-z0-9]{16,}|\bATATT[A-Za-z0-9_=-]{20,}/g;

/** Whatever `cleanObject` would change shows in JSON text by one of these; there `\\n` may stand where a word begins. */
const SUSPECT = new RegExp(
  [
    TOKENS.source.replaceAll('\\b', ''),
    `"(?:${[...SECRET_FIELDS].join('|')})"\\s*:\\s*"`,
    // NUL and halves of characters are always escaped.
    '\\\\u(?:0000|d[89a-f])',
  ].join('|'),
);

/** The same in text that others wrote, where an escape that `JSON.stringify` would not make may hide anything. */
const SUSPECT_OR_HIDING = new RegExp(`${SUSPECT.source}|\\\\[u/]`);

/** The store takes neither NUL nor half a character. */
export function toStorable(text: string): string {
  return text.replaceAll('\0', '\u{FFFD}').toWellFormed();
}

function cleanText(text: string): string {
  return toStorable(text).replace(TOKENS, '[redacted]');
}

type Payload = Readonly<Record<string, unknown>>;
type Written = { readonly payload: Payload; readonly json: JsonText };

/**
 * One look at the whole text finds nothing in most payloads, which then are clean as they are: walking through one of 11 kB
 * took 130 µs, and looking at its text takes 35. Where it is the body as it came, that is stored.
 */
function cleanPayload(payload: Payload): Written {
  const body = sourceOf(payload);
  if (body !== undefined && isWithinBounds(body.bytes) && !SUSPECT_OR_HIDING.test(body.text)) {
    return { payload, json: body.bytes };
  }
  const json = JSON.stringify(payload);
  if (!SUSPECT.test(json)) return { payload, json };
  const cleaned = cleanObject(payload);
  return { payload: cleaned, json: JSON.stringify(cleaned) };
}

function boundPayload({ payload, json }: Written) {
  if (isWithinBounds(json)) return { payload, payloadJson: json, payloadTruncated: false };
  const cut = scalarsOf(payload);
  return { payload: cut, payloadJson: JSON.stringify(cut), payloadTruncated: true };
}

function isWithinBounds(json: JsonText): boolean {
  return Buffer.byteLength(json) <= MAX_PAYLOAD_BYTES;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(clean);
  return typeof value === 'object' && value !== null ? cleanObject(value) : value;
}

function cleanObject(value: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleanText(key),
      SECRET_FIELDS.has(key) && typeof item === 'string' && item !== '' ? '[redacted]' : clean(item),
    ]),
  );
}

function scalarsOf(payload: Payload): Payload {
  const scalars = Object.entries(payload)
    .filter(([key, value]) => key.length <= MAX_KEY_CHARS && (value === null || typeof value !== 'object'))
    .slice(0, MAX_KEPT_SCALARS);
  return Object.fromEntries(
    scalars.map(([key, value]) => [
      key,
      typeof value === 'string' ? value.slice(0, MAX_SCALAR_CHARS).toWellFormed() : value,
    ]),
  );
}

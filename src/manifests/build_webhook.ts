import type { Delivery, ParsedEvent, Verified, Webhook } from '../providers/delivery.ts';
import { jsonBody } from '../providers/kit/body.ts';
import { ProviderError } from '../providers/kit/error.ts';
import { bodyKey } from '../providers/kit/fingerprint.ts';
import { type HmacScheme, hmac } from '../providers/kit/hmac.ts';
import { metaOf, momentOf, objectOf } from '../providers/kit/meta.ts';
import { valueAt } from '../providers/kit/pointer.ts';
import { DEFAULT_TOLERANCE_MS, momentIn } from '../providers/kit/verification.ts';
import type { EventTypeManifest, PlaceManifest, SignatureManifest, WebhookManifest } from './manifest.ts';
import { parseTemplate } from './template.ts';

/** Longer names and ids of deliveries are nobody's. */
const MAX_TEXT = 256;

export function webhookOf(webhook: WebhookManifest, types: readonly EventTypeManifest[]): Webhook {
  const { description, secret, secret_field: secretField, signature, delivery_id: id } = webhook;
  return {
    endpoints: [
      {
        suffix: '',
        description,
        signature: `hmac-${signature.algorithm ?? 'sha256'}`,
        secret: secret === 'app' ? 'PLATFORM_APP' : 'INTEGRATION',
        secretField,
      },
    ],
    ...(id.header !== undefined && { deliveryHeader: id.header.toLowerCase() }),
    verify: hmac(schemeOf(signature)),
    parse: parserOf(webhook, types),
  };
}

function schemeOf({
  header,
  algorithm,
  encoding,
  prefix,
  separator,
  key = 'text',
  signed,
  timestamp,
}: SignatureManifest): HmacScheme {
  const time = timestamp === undefined ? undefined : timeIn(timestamp);
  return {
    header: header.toLowerCase(),
    ...(algorithm !== undefined && { algorithm }),
    ...(encoding !== undefined && { encoding }),
    ...(prefix !== undefined && { prefix }),
    ...(separator !== undefined && { separator }),
    ...(key !== 'text' && { key: secret => Buffer.from(secret, key) }),
    ...(signed !== undefined && { signed: signedBytes(signed, timestamp?.header.toLowerCase()) }),
    ...(time !== undefined && { timestamp: time }),
    ...(timestamp?.tolerance_seconds !== undefined && {
      toleranceMs: { ...DEFAULT_TOLERANCE_MS, past: timestamp.tolerance_seconds * 1_000 },
    }),
  };
}

function timeIn({ header, unit = 'seconds' }: NonNullable<SignatureManifest['timestamp']>): HmacScheme['timestamp'] {
  const name = header.toLowerCase();
  return ({ headers }) => momentIn(headers[name], unit);
}

/** The bytes that were signed: the text with the delivery's parts in its places; undefined where its time is missing. */
function signedBytes(signed: string, timestampHeader: string | undefined): HmacScheme['signed'] {
  const { texts, names } = parseTemplate(signed);
  return ({ headers, body }: Delivery) => {
    const time = timestampHeader === undefined ? '' : headers[timestampHeader];
    if (time === undefined || (timestampHeader !== undefined && time === '')) return undefined;
    return texts.flatMap((text, index) =>
      names[index] === undefined ? [text] : [text, names[index] === 'body' ? body : time],
    );
  };
}

function parserOf(webhook: WebhookManifest, types: readonly EventTypeManifest[]): Webhook['parse'] {
  const byVendorName = new Map(types.flatMap(type => type.vendor_names.map(name => [name, type] as const)));
  return verified => {
    const body = jsonBody(verified);
    const read = (pointer: string | undefined): unknown => (pointer === undefined ? undefined : valueAt(body, pointer));
    const type = byVendorName.get(placed(webhook.event, verified, body) ?? '');
    if (type === undefined) return [];
    const occurTime = momentOf(read(webhook.occurred_at));
    const meta = Object.entries(webhook.meta ?? {}).map(([name, pointer]) => [name, read(pointer)]);
    const event: ParsedEvent = {
      eventType: type.name,
      schemaVersion: type.schema_version ?? 1,
      deliveryKey: placed(webhook.delivery_id, verified, body) ?? bodyKey(verified.body),
      ...(webhook.object !== undefined && objectOf(read(webhook.object))),
      accountId: webhook.secret === 'app' ? accountIn(read(webhook.account)) : '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf(Object.fromEntries(meta)),
    };
    return [event];
  };
}

function placed({ header, path }: PlaceManifest, { headers }: Verified, body: unknown): string | undefined {
  return textOf(header === undefined ? valueAt(body, path ?? '') : headers[header.toLowerCase()]);
}

/** The secret is one for all: who cannot be told must not get it. */
function accountIn(value: unknown): string {
  const account = textOf(value);
  if (account !== undefined) return account;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('the delivery names no account'));
}

/** A number is as good as a text. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  return typeof text === 'string' && text !== '' && text.length <= MAX_TEXT ? text : undefined;
}

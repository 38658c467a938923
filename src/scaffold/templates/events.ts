import type { Answers, WebhookAnswers } from '../answers.ts';
import { literal, nested, steps, when, withImports } from '../text.ts';
import { sampleOf } from './sample.ts';

/** `events.ts`: how deliveries are verified and read, and one event type. */
export function eventsFile({ id, webhook }: Answers): string | undefined {
  if (webhook === undefined) return undefined;
  const { event, secret, algorithm } = webhook;
  const isApp = secret === 'PLATFORM_APP';
  const name = `${id}.${event.name}`;
  return withImports(
    `
/** What the vendor calls each, and the last parts of our name of it. */
const names = new Map([[${literal(event.kind)}, ${literal(event.name)}]]);

export const webhook: Webhook = {
  endpoints: [
    {
      suffix: "",
      description: ${literal(isApp ? 'Webhook of the app' : 'Webhook made by hand')},
      signature: ${literal(`hmac-${algorithm}`)},
      secret: ${literal(secret)},
      secretField: ${literal(isApp ? 'signing_secret' : 'webhook_secret')},
    },
  ],
  verify: hmac(${schemeOf(webhook)}),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const name = names.get(readString(at(body, ${steps(event.kindAt)}), ${literal(event.kindAt)}));
  if (name === undefined) return [];
  ${when(event.timeAt !== '', `const occurTime = momentOf(at(body, ${steps(event.timeAt)}));`)}
  return [
    {
      eventType: \`${id}.\${name}\`,
      schemaVersion: 1,
      deliveryKey: ${event.idAt === '' ? 'bodyKey(verified.body)' : readAt(event.idAt)},
      accountId: ${isApp ? readAt(event.accountAt) : '""'},
      ${when(event.timeAt !== '', '...(occurTime !== undefined && { occurTime }),')}
      payload: body,
    },
  ];
}

export const eventTypes = [eventType(${literal(name)}, ${literal(event.description)}, ${schemaOf(webhook)})];

export const samples = samplesOf(eventTypes, () => ({ payload: ${sampleOf(webhook)}, meta: {} }));
`,
    {
      '../delivery.ts': ['type ParsedEvent', 'type Verified', 'type Webhook'],
      '../kit/body.ts': ['jsonBody'],
      '../kit/event_type.ts': ['eventType', 'samplesOf'],
      '../kit/fingerprint.ts': ['bodyKey'],
      '../kit/hmac.ts': ['hmac', 'secondsHeader'],
      '../kit/meta.ts': ['at', 'momentOf'],
      '../kit/read.ts': ['readId', 'readString'],
      '../kit/schema.ts': ['field', 'output'],
      '../kit/signature_list.ts': ['namedParts'],
      '../kit/verification.ts': ['momentIn'],
    },
  );
}

const readAt = (place: string): string => `readId(at(body, ${steps(place)}), ${literal(place)})`;

function schemeOf({ header, algorithm, encoding, prefix, timestamp, signed }: WebhookAnswers): string {
  const bytes = `${when(algorithm !== 'sha256', `algorithm: ${literal(algorithm)},`)}
    ${when(encoding !== 'hex', `encoding: ${literal(encoding)},`)}
    header: ${literal(header)},`;
  if (timestamp === '') return `{ ${bytes} ${when(prefix !== '', `prefix: ${literal(prefix)},`)} }`;
  const [before = '', between = ''] = signed.replace('{body}', '').split('{timestamp}');
  const parts = `time === undefined ? undefined : [\`${before}\${time}${between}\`, body]`;
  if (!timestamp.endsWith('=')) {
    return `{
      ${bytes}
      ${when(prefix !== '', `prefix: ${literal(prefix)},`)}
      signed: ({ headers, body }) => {
        const time = headers[${literal(timestamp)}];
        return ${parts};
      },
      timestamp: secondsHeader(${literal(timestamp)}),
    }`;
  }
  const part = (name: string): string => `namedParts(headers[${literal(header)}])(${literal(name.slice(0, -1))})`;
  return `{
    ${bytes}
    given: ({ headers }) => (headers[${literal(header)}] === undefined ? undefined : ${part(prefix)}.join(" ") || "none"),
    separator: " ",
    signed: ({ headers, body }) => {
      const [time] = ${part(timestamp)};
      return ${parts};
    },
    timestamp: ({ headers }) => momentIn(${part(timestamp)}[0], "seconds"),
  }`;
}

function schemaOf({ event }: WebhookAnswers): string {
  const meanings: Readonly<Record<string, string>> = {
    [event.kindAt]: 'Kind of the event',
    [event.idAt]: 'Id of the delivery',
    [event.accountAt]: 'Id of the account',
    [event.timeAt]: 'When it happened',
  };
  const fields = Object.entries(meanings)
    .filter(([place]) => place !== '')
    .map(([place, meaning]) => [place, fieldOf(meaning, place === event.kindAt ? event.kind : undefined)] as const);
  return nested(fields, (inner, _, names) => `output(${literal(names)}, { ${inner} })`);
}

function fieldOf(meaning: string, fixed: string | undefined): string {
  return fixed === undefined
    ? `field(["string", "number"], ${literal(meaning)})`
    : `field("string", ${literal(meaning)}, { const: ${literal(fixed)} })`;
}

import { hash } from 'node:crypto';
import { create, type DescMessage, type Message, type MessageInitShape, type MessageShape } from '@bufbuild/protobuf';
import { encodeParts, withPieces } from '../rpc/kept_encoding.ts';
import type { Standings } from './standings.ts';

/** The answer to a request about those standings: the one before, encoded already, where nothing it is made of has changed. */
export type KeepAnswer = <Schema extends DescMessage>(
  schema: Schema,
  request: Message,
  standings: Standings,
  make: () => MessageInitShape<Schema>,
) => MessageShape<Schema>;

type Kept = { readonly message: Message; readonly byteLength: number; readonly untilMs: number };

/** Some 60 pages of 200 actions with their schemas. What was made longest ago goes first. */
const MAX_BYTES = 16 * 1024 * 1024;

export function createKeptAnswers(): KeepAnswer {
  const kept = new Map<string, Kept>();
  let total = 0;
  const drop = (key: string): void => {
    total -= kept.get(key)?.byteLength ?? 0;
    kept.delete(key);
  };
  return <Schema extends DescMessage>(
    schema: Schema,
    request: Message,
    { fingerprint, now, untilMs }: Standings,
    make: () => MessageInitShape<Schema>,
  ) => {
    // The request holds its own type, and so names the method.
    const key = hash('sha256', JSON.stringify([request, fingerprint]), 'base64');
    const known = kept.get(key);
    if (known !== undefined && now.getTime() < known.untilMs) return known.message as MessageShape<Schema>;
    drop(key);
    const made = create(schema, make());
    const bytes = Buffer.concat(encodeParts(schema, made));
    const message = withPieces(made, [bytes]);
    kept.set(key, { message, byteLength: bytes.byteLength, untilMs });
    total += bytes.byteLength;
    while (total > MAX_BYTES) drop(kept.keys().next().value as string);
    return message;
  };
}

import { type DescField, type DescMessage, type Message, toBinary } from '@bufbuild/protobuf';

/** Where a message has its encoding, in pieces that lie ready. */
const PIECES = Symbol('pieces');
type Pieced = { readonly [PIECES]?: readonly Uint8Array[] };

/** The message, which nobody changes from now on: where it is part of an answer, these pieces are its encoding. */
export function withPieces<M extends Message>(message: M, pieces: readonly Uint8Array[]): M {
  return { ...message, [PIECES]: pieces };
}

/**
 * What `toBinary` makes, in parts, where lists of messages in pieces come after the other fields: the order of fields has no
 * meaning. 98 actions with their schemas took 3.5 ms without.
 */
export function encodeParts(schema: DescMessage, message: Message): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  appendParts(parts, schema, message);
  return parts;
}

export const sizeOf = (parts: readonly Uint8Array[]): number => parts.reduce((sum, part) => sum + part.byteLength, 0);

function appendParts(parts: Uint8Array[], schema: DescMessage, message: Message): void {
  const pieces = (message as Pieced)[PIECES];
  if (pieces !== undefined) {
    parts.push(...pieces);
    return;
  }
  const lists = schema.fields.filter(field => holdsPieced(field, message));
  if (lists.length === 0) {
    parts.push(toBinary(schema, message));
    return;
  }
  const rest = { ...message } as Message & Record<string, unknown>;
  for (const { localName } of lists) rest[localName] = [];
  parts.push(toBinary(schema, rest));
  for (const { number, message: inner, ...field } of lists as (DescField & { message: DescMessage })[]) {
    for (const item of itemsOf(field as DescField, message)) {
      const at = parts.push(new Uint8Array()) - 1;
      appendParts(parts, inner, item);
      let size = 0;
      for (let i = at + 1; i < parts.length; i++) size += (parts[i] as Uint8Array).byteLength;
      parts[at] = headOf(number, size);
    }
  }
}

const LENGTH_DELIMITED = 2;

/** Tag and length of a field, as varints. */
function headOf(number: number, size: number): Uint8Array {
  const bytes: number[] = [];
  for (let value of [number * 8 + LENGTH_DELIMITED, size]) {
    while (value > 0x7f) {
      bytes.push((value & 0x7f) | 0x80);
      value >>>= 7;
    }
    bytes.push(value);
  }
  return Uint8Array.from(bytes);
}

/** What holds one message in pieces holds them in every item, or the others are encoded as usual. */
function holdsPieced(field: DescField, message: Message): boolean {
  const [first] = itemsOf(field, message);
  if (first === undefined || field.message === undefined) return false;
  return PIECES in first || field.message.fields.some(own => holdsPieced(own, first));
}

function itemsOf(field: DescField, message: Message): readonly Message[] {
  if (field.fieldKind !== 'list' || field.listKind !== 'message') return [];
  return (message as unknown as Readonly<Record<string, readonly Message[]>>)[field.localName] ?? [];
}

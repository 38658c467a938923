import { createHash } from 'node:crypto';
import type { DescMessage, DescMethod } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';

/** Whether what the method answers may be told apart by a tag: it changes nothing, and no part of its answer is secret. */
export const isTagged = ({ idempotency, output }: DescMethod): boolean =>
  idempotency === Idempotency.NO_SIDE_EFFECTS && !holdsSecret(output, new Set());

function holdsSecret(message: DescMessage, seen: Set<DescMessage>): boolean {
  if (seen.has(message)) return false;
  seen.add(message);
  return message.fields.some(
    field => field.proto.options?.debugRedact || (field.message !== undefined && holdsSecret(field.message, seen)),
  );
}

/** A strong entity tag of the bytes. */
export const etagOf = (body: string | Uint8Array): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;

/** Whether the caller of `ifNoneMatch` has what the tag names. Weak comparison, as RFC 9110 asks for there. */
export function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map(tag => tag.trim());
  return tags.some(tag => tag === '*' || opaque(tag) === opaque(etag));
}

const opaque = (tag: string): string => tag.replace(/^W\//, '');

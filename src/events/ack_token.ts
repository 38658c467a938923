/** One hand-out: which event, to which stream, the how-manieth time. */
export type HandOut = {
  readonly project: string;
  readonly sourceEventId: string;
  readonly stream: string;
  readonly attempt: number;
};

/**
 * Opaque to the consumer. It is no proof by itself: it counts only where the handover of the caller's consumer, in a
 * project the caller is granted, names the same stream and attempt.
 */
export function encodeAckToken({ project, sourceEventId, stream, attempt }: HandOut): string {
  return Buffer.from(JSON.stringify([project, sourceEventId, stream, attempt])).toString('base64url');
}

/** Undefined: we never gave such a token. */
export function decodeAckToken(token: string): HandOut | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== 4) return undefined;
  const [project, sourceEventId, stream, attempt] = parts as unknown[];
  if (!isLike(project, /^[a-z0-9][a-z0-9-]{0,62}$/) || !isLike(sourceEventId, /^sevt_[0-9A-Za-z_-]{1,64}$/)) {
    return undefined;
  }
  if (!isLike(stream, /^strm_[0-9a-z]{26}$/)) return undefined;
  if (typeof attempt !== 'number' || !Number.isInteger(attempt) || attempt < 1) return undefined;
  const handOut = { project, sourceEventId, stream, attempt };
  // One token a hand-out: base64 and JSON have other spellings of the same.
  return encodeAckToken(handOut) === token ? handOut : undefined;
}

function isLike(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

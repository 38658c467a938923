import { type Reason, textOf } from './error_reason.ts';

export type FieldViolation = { readonly field: string; readonly description: string };

/**
 * The one error a domain function throws on purpose. The message is for people; whatever varies in it is in `metadata`
 * too. Neither holds a vendor's or driver's text, nor a secret.
 */
export class IntegrationError extends Error {
  readonly reason: Reason;
  readonly metadata: Readonly<Record<string, string>>;
  readonly fields: readonly FieldViolation[];
  readonly retryDelayMs: number | undefined;

  constructor(
    reason: Reason,
    metadata: Readonly<Record<string, string>> = {},
    more: { message?: string; fields?: readonly FieldViolation[]; retryDelayMs?: number; cause?: unknown } = {},
  ) {
    super(more.message ?? textOf(reason, metadata), { cause: more.cause });
    this.name = 'IntegrationError';
    this.reason = reason;
    this.metadata = metadata;
    this.fields = more.fields ?? [];
    this.retryDelayMs = more.retryDelayMs;
  }
}

/** A field that breaks its rule: names it and the cure. */
export function invalidField(field: string, description: string): IntegrationError {
  return new IntegrationError(
    'FIELD_INVALID',
    { field },
    { message: `${field}: ${description}`, fields: [{ field, description }] },
  );
}

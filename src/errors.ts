import { Code } from '@connectrpc/connect';
import type { ErrorReason } from '../gen/mobius/integrations/v1/error_pb.js';
import { textOf } from './error_text.ts';

/** The published reasons of error.proto, without their prefix. */
export type Reason = Exclude<keyof typeof ErrorReason, 'UNSPECIFIED'>;

/** The gRPC code of every reason; a reason without a row does not compile. */
export const codeOf: Readonly<Record<Reason, Code>> = {
  FIELD_INVALID: Code.InvalidArgument,
  CALLER_UNKNOWN: Code.Unauthenticated,
  PERMISSION_MISSING: Code.PermissionDenied,
  INTEGRATION_NOT_FOUND: Code.NotFound,
  PROVIDER_NOT_FOUND: Code.NotFound,
  ACTION_NOT_FOUND: Code.NotFound,
  EVENT_TYPE_NOT_FOUND: Code.NotFound,
  REFERENCE_TYPE_NOT_FOUND: Code.NotFound,
  EVENT_NOT_FOUND: Code.NotFound,
  SOURCE_EVENT_NOT_FOUND: Code.NotFound,
  SAMPLE_NOT_FOUND: Code.NotFound,
  SESSION_NOT_FOUND: Code.NotFound,
  LEASE_NOT_FOUND: Code.NotFound,
  PROJECT_NOT_FOUND: Code.NotFound,
  INTEGRATION_EXISTS: Code.AlreadyExists,
  ETAG_MISMATCH: Code.Aborted,
  REQUEST_ID_REUSED: Code.AlreadyExists,
  ACCOUNT_MISMATCH: Code.FailedPrecondition,
  CREDENTIAL_REFUSED: Code.FailedPrecondition,
  CONSENT_DENIED: Code.FailedPrecondition,
  SESSION_EXPIRED: Code.FailedPrecondition,
  RETURN_URL_NOT_ALLOWED: Code.InvalidArgument,
  COPY_NOT_ALLOWED: Code.FailedPrecondition,
  HOST_NOT_ALLOWED: Code.PermissionDenied,
  REFERENCE_TYPE_NOT_FED: Code.FailedPrecondition,
  NOT_CONFIGURED: Code.FailedPrecondition,
  INACTIVE: Code.FailedPrecondition,
  EXPIRED: Code.FailedPrecondition,
  SCOPE_MISSING: Code.FailedPrecondition,
  AMBIGUOUS_INTEGRATION: Code.FailedPrecondition,
  SUBSCRIPTION_LAPSED: Code.FailedPrecondition,
  PLATFORM_APP_MISSING: Code.FailedPrecondition,
  DISABLED_BY_ENVIRONMENT: Code.FailedPrecondition,
  DISABLED_BY_PLAN: Code.FailedPrecondition,
  NOT_IMPLEMENTED: Code.FailedPrecondition,
  PROVIDER_OUTAGE: Code.FailedPrecondition,
  RATE_LIMITED: Code.ResourceExhausted,
  RESOLVE_BUDGET_EXCEEDED: Code.ResourceExhausted,
  REQUEST_TOO_LARGE: Code.ResourceExhausted,
  RESPONSE_TOO_LARGE: Code.ResourceExhausted,
  PROVIDER_UNAVAILABLE: Code.Unavailable,
  PROVIDER_ANSWER_INVALID: Code.Unavailable,
  AUDIT_UNAVAILABLE: Code.Unavailable,
  STORE_UNAVAILABLE: Code.Unavailable,
  KEYRING_UNAVAILABLE: Code.Unavailable,
  SHUTTING_DOWN: Code.Unavailable,
  ISSUER_UNAVAILABLE: Code.Unavailable,
  INTERNAL: Code.Internal,
};

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

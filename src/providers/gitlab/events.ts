import { createHash } from 'node:crypto';
import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { sharedToken } from '../kit/plain_token.ts';
import { type Json, optionalString } from '../kit/read.ts';
import { standardWebhooks } from '../kit/standard_webhooks.ts';

/** The signing token that goes with a secret: 32 bytes, as GitLab wants them. */
export function signingTokenOf(secret: string): string {
  return secret.startsWith('whsec_') ? secret : `whsec_${createHash('sha256').update(secret).digest('base64')}`;
}

const bySignature = hmac({
  ...standardWebhooks,
  key: secret => Buffer.from(signingTokenOf(secret).slice('whsec_'.length), 'base64'),
});
const byToken = sharedToken(({ headers }) => headers['x-gitlab-token']);

/**
 * A delivery is signed by Standard Webhooks where the webhook has a signing token, and else shows the secret token. One that
 * is signed stands or falls by its signature. Source: docs.gitlab.com/user/project/integrations/webhooks.
 */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the projects that the connected person maintains',
      signature: 'standard-webhooks',
      secret: 'SUBSCRIPTION',
      secretField: 'signing_token',
    },
    {
      suffix: 'manual',
      description: 'A webhook made by hand, of a group or a project',
      signature: 'standard-webhooks',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'idempotency-key',
  verify: (delivery, secrets, now) =>
    (delivery.headers['webhook-signature'] === undefined && delivery.headers['x-gitlab-token'] !== undefined
      ? byToken
      : bySignature)(delivery, secrets, now),
  parse,
};

/** What tells happenings of one kind apart, where GitLab has no action for them. */
const STATUS: Readonly<Record<string, readonly string[]>> = {
  pipeline: ['object_attributes', 'status'],
  build: ['build_status'],
  deployment: ['status'],
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const { headers } = verified;
  const kind = optionalString(body.object_kind) ?? optionalString(body.event_name);
  const action = optionalString(at(body, ...(STATUS[kind ?? ''] ?? ['object_attributes', 'action']))) ?? body.action;
  const name = [kind, action].filter(part => part !== undefined).join('.');
  if (!/^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64})?$/.test(name)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('object_kind or action is not a name'));
  }
  const occurTime = timeOf(body);
  const attributes = body.object_attributes;
  return [
    {
      eventType: `gitlab.${name}`,
      schemaVersion: 1,
      deliveryKey: headers['webhook-id'] || headers['idempotency-key'] || bodyKey(verified.body),
      ...objectOf(
        kind,
        at(body, 'project', 'id') ?? body.project_id ?? body.group_id,
        at(attributes, 'id') ?? body.id ?? body.ref,
      ),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        project: at(body, 'project', 'id') ?? body.project_id,
        path: at(body, 'project', 'path_with_namespace'),
        user: at(body, 'user', 'username') ?? body.user_username,
        iid: at(attributes, 'iid'),
        ref: body.ref ?? at(attributes, 'ref'),
        status: at(attributes, 'status') ?? body.build_status ?? body.status,
        noteable_type: at(attributes, 'noteable_type'),
      }),
    },
  ];
}

/** GitLab writes moments as `2026-05-04 03:02:01 UTC` too. */
function timeOf(body: Json): Date | undefined {
  const given =
    at(body, 'object_attributes', 'updated_at') ?? at(body, 'object_attributes', 'created_at') ?? body.updated_at;
  if (typeof given !== 'string') return undefined;
  return momentOf(given.replace(/^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/, '$1T$2Z'));
}

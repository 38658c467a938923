import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readObject, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { standardWebhooks } from '../kit/standard_webhooks.ts';

/** Source: @anthropic-ai/sdk 1.12, beta webhooks: Standard Webhooks. Deliveries say what happened to which object, and no more. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook of the organization’s console',
      signature: 'standard-webhooks',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'webhook-id',
  verify: hmac(standardWebhooks),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const data = readObject(body.data, 'data');
  const type = readString(data.type, 'data.type');
  if (!/^[a-z][a-z0-9_]{0,63}(\.[a-z0-9_]{1,64}){1,4}$/.test(type)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('data.type is not a name'));
  }
  const occurTime = momentOf(body.created_at);
  return [
    {
      eventType: `anthropic.${type}`,
      schemaVersion: 1,
      deliveryKey: readString(verified.headers['webhook-id'], 'webhook-id'),
      ...objectOf(data.id),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        object: data.id,
        workspace: data.workspace_id,
        organization: data.organization_id,
        session: at(data, 'session_id'),
      }),
    },
  ];
}

const gone = (a: string) => ({
  created: `${a} was made.`,
  archived: `${a} was put away.`,
  deleted: `${a} was deleted.`,
});
const changed = (a: string) => ({ ...gone(a), updated: `${a} changed.` });

/** Objects of organizations lie in no workspace. */
const ofOrganization = new Set(['external_key', 'external_storage']);

/** By object: what happens to it. Source: the union `BetaWebhookEventData` of @anthropic-ai/sdk 1.14. */
export const OBJECTS = {
  agent: changed('An agent'),
  deployment: {
    ...changed('A deployment'),
    paused: 'A deployment was halted.',
    unpaused: 'A deployment goes on.',
  },
  deployment_run: {
    started: 'A run of a deployment began.',
    succeeded: 'A run of a deployment is done.',
    failed: 'A run of a deployment failed.',
  },
  environment: changed('An environment'),
  external_key: { failed: 'An external key stopped working.', recovered: 'An external key works again.' },
  external_storage: { failed: 'An external storage stopped working.', recovered: 'An external storage works again.' },
  memory_store: gone('A memory store'),
  session: {
    ...changed('A session'),
    pending: 'A session waits to run.',
    running: 'A session runs.',
    idled: 'A session waits for somebody.',
    requires_action: 'A session wants something done.',
    budget_reached: 'A session has used up its budget.',
    outcome_evaluation_ended: 'A session’s outcome was judged.',
    status_run_started: 'A session’s status: a run began.',
    status_idled: 'A session’s status: it waits.',
    status_rescheduled: 'A session’s status: it was put off.',
    status_terminated: 'A session’s status: it ended.',
    thread_created: 'A thread of a session was made.',
    thread_idled: 'A thread of a session waits.',
    thread_terminated: 'A thread of a session ended.',
  },
  user_profile: {
    enforcement_action_opened: 'Measures were taken against a user profile.',
    enforcement_action_resolved: 'Measures against a user profile are over.',
    program_status_updated: 'A user profile’s standing in a programme changed.',
  },
  vault: gone('A vault'),
  vault_credential: {
    ...gone('A credential of a vault'),
    refresh_failed: 'A vault’s credential could not be refreshed.',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

export const eventTypes = Object.entries(OBJECTS).flatMap(([object, verbs]) =>
  eventTypesOf(`anthropic.${object}`, verbs, verb =>
    output(['id', 'type', 'created_at', 'data'], {
      id: field('string', 'Id of the event'),
      type: field('string', 'Kind of object', { const: 'event' }),
      created_at: field('string', 'When it happened'),
      data: output(['id', 'type', 'organization_id'], {
        id: field('string', `Id of the ${object.replaceAll('_', ' ')}`),
        type: field('string', 'What happened', { const: `${object}.${verb}` }),
        organization_id: field('string', 'Organization'),
        ...(!ofOrganization.has(object) && { workspace_id: field('string', 'Workspace') }),
      }),
    }),
  ),
);

export const samples = samplesOf(eventTypes, ({ name }) => {
  const type = name.slice('anthropic.'.length);
  const object = type.split('.')[0] ?? '';
  const data = {
    id: `${object}_sample0001`,
    type,
    organization_id: 'b8b1c1a8-0000-4000-8000-00000000acce',
    ...(!ofOrganization.has(object) && { workspace_id: 'wrkspc_sample0001' }),
  };
  return {
    payload: { id: 'event_sample0001', type: 'event', created_at: '2026-05-04T03:02:01Z', data },
    meta: { object: data.id, organization: data.organization_id },
  };
});

import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody, jsonObject } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventType } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';
import { slice } from './slice.ts';

export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook URL of the OAuth application, for every workspace that authorizes it',
      signature: 'hmac-sha256',
      secret: 'PLATFORM_APP',
      secretField: 'webhook_secret',
    },
    {
      suffix: 'workspace',
      description: 'URL of a webhook made in one workspace',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'linear-delivery',
  verify: hmac({ header: 'linear-signature', timestamp: sentTime, toleranceMs: { past: 60_000, future: 60_000 } }),
  parse,
};

/** The signed body's own time; the header with it is not signed. Source: the vendor SDK, which also sets 60 s. */
function sentTime({ body }: { readonly body: Uint8Array }): Date | undefined {
  try {
    const time = jsonObject(new TextDecoder().decode(body), 'body').webhookTimestamp;
    return typeof time === 'number' ? new Date(time) : undefined;
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  return [eventOf(body, optionalString(verified.headers['linear-delivery']) ?? bodyKey(verified.body))];
}

/** A webhook's body as an event. */
export function eventOf(body: Json, deliveryKey: string): ParsedEvent {
  const type = snake(readString(body.type, 'type'));
  const action = readString(body.action, 'action');
  const verb = VERBS.get(action) ?? snake(action);
  const occurTime = momentOf(body.createdAt);
  const semanticKey = version(body, type, verb);
  return {
    eventType: `linear.${type}.${verb}`,
    schemaVersion: 1,
    deliveryKey,
    ...(semanticKey === undefined ? {} : { semanticKey }),
    ...objectOf(at(body.data, 'issueId') ?? at(body.data, 'id')),
    accountId: readString(body.organizationId, 'organizationId'),
    ...(occurTime === undefined ? {} : { occurTime }),
    payload: body,
    meta: metaOf({
      object_id: at(body.data, 'id'),
      identifier: at(body.data, 'identifier'),
      team_id: at(body.data, 'teamId') ?? at(body.data, 'team', 'id'),
      project_id: at(body.data, 'projectId'),
      issue_id: at(body.data, 'issueId'),
      actor_id: at(body.actor, 'id'),
    }),
    ...(type === 'oauth_app' &&
      verb === 'revoked' && {
        lifecycle: { kind: 'ENDED', authKind: 'OAUTH2', ...(occurTime && { time: occurTime }) },
      }),
  };
}

const VERBS: ReadonlyMap<string, string> = new Map([
  ['create', 'created'],
  ['update', 'updated'],
  ['remove', 'removed'],
]);

/** A workspace webhook and the application's tell the same change, each with its own delivery id. */
function version(body: Json, type: string, verb: string): string | undefined {
  const id = optionalString(at(body.data, 'id'));
  const updatedAt = optionalString(at(body.data, 'updatedAt'));
  return id === undefined || updatedAt === undefined ? undefined : `${type}:${id}:${updatedAt}:${verb}`;
}

/** `IssueLabel` to `issue_label`, `OAuthApp` to `oauth_app`. */
function snake(name: string): string {
  if (!/^[A-Za-z]{1,64}$/.test(name)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('type or action is not a name'));
  }
  return name
    .replace('OAuth', 'Oauth')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

/** What events tell of. */
export const OBJECTS = {
  comment: 'A comment',
  cycle: 'A cycle',
  issue: 'An issue',
  issue_label: 'A label',
  project: 'A project',
  reaction: 'A reaction',
} as const;

/** As webhooks are asked for them. */
export const RESOURCES = ['Comment', 'Cycle', 'Issue', 'IssueLabel', 'Project', 'Reaction'] as const;

/** The vendor tells of them too; the service asks for none of them yet. */
export const LATER = {
  attachment: 'An attachment',
  customer: 'A customer',
  customer_need: 'What a customer needs',
  document: 'A document',
  initiative: 'An initiative',
  initiative_update: 'A report on an initiative',
  project_update: 'A report on a project',
  user: 'A member',
} as const;

const VERBS_TOLD = ['created', 'updated', 'removed'];

const typesOf = (objects: Readonly<Record<string, string>>, runtimeState: EventType['runtimeState']) =>
  Object.entries(objects).flatMap(([object, noun]) =>
    VERBS_TOLD.map(verb =>
      eventType(`linear.${object}.${verb}`, `${noun} was ${verb}.`, payloadOf(object), { runtimeState }),
    ),
  );

function payloadOf(object: string): JsonSchema {
  return output(['action', 'type', 'data', 'organizationId'], {
    action: field('string', 'create, update or remove'),
    type: field('string', 'The object’s type'),
    ...slice.sent('happening'),
    updatedFrom: field('object', 'Of an update: the changed fields as they were'),
    data: output(['id'], slice.sent(`sent_${object}`)),
  });
}

export const eventTypes: readonly EventType[] = [...typesOf(OBJECTS, 'ACTIVE'), ...typesOf(LATER, 'PLANNED')];

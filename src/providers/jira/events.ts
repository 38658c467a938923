import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { bearerJwtHs256 } from '../kit/jwt_hs256.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { type Json, optionalString, readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';
import { isCloudId } from './api.ts';

const byApp = bearerJwtHs256('authorization');
const byAdministrator = hmac({ header: 'x-hub-signature', prefix: 'sha256=' });

export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks the OAuth app registered by API. The token names the app; the body is not signed.',
      signature: 'jwt-hs256',
      secret: 'PLATFORM_APP',
      secretField: 'client_secret',
    },
    {
      suffix: 'hook',
      description: 'Webhooks a Jira administrator registered with a secret',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'x-atlassian-webhook-identifier',
  verify: (delivery, secrets, now) => (delivery.suffix === '' ? byApp : byAdministrator)(delivery, secrets, now),
  parse,
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const given = optionalString(verified.headers['x-atlassian-webhook-identifier'])?.slice(0, 128);
  const accountId = verified.suffix === '' ? siteOf(body) : '';
  return [eventOf(body, { deliveryKey: given ?? bodyKey(verified.body), accountId })];
}

/** A webhook's body as an event. */
export function eventOf(
  body: Json,
  { deliveryKey, accountId }: { readonly deliveryKey: string; readonly accountId: string },
): ParsedEvent {
  const eventType = nameOf(readString(body.webhookEvent, 'webhookEvent'));
  const { timestamp } = body;
  const semanticKey = semanticKeyOf(eventType, body);
  return {
    eventType,
    schemaVersion: 1,
    deliveryKey,
    ...(semanticKey !== undefined && { semanticKey }),
    ...objectOf(at(body, 'issue', 'id')),
    accountId,
    ...(typeof timestamp === 'number' && Math.abs(timestamp) < 1e14 && { occurTime: new Date(timestamp) }),
    payload: body,
    meta: metaOf({
      issue: at(body, 'issue', 'key'),
      project: at(body, 'issue', 'fields', 'project', 'key') ?? at(body, 'project', 'key'),
      user: at(body, 'user', 'accountId') ?? at(body, 'comment', 'updateAuthor', 'accountId'),
      reason: body.issue_event_type_name,
    }),
  };
}

/** `jira:issue_created` is `jira.issue.created`: what stands after the last underscore happened to what stands before. */
export function nameOf(webhookEvent: string): string {
  const name = webhookEvent.replace(/^jira:/, '');
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) throw invalid('webhookEvent is not a name');
  const [, object, verb] = /^(.+)_([a-z0-9]+)$/.exec(name) ?? [];
  return object === undefined ? `jira.${name}` : `jira.${object}.${verb}`;
}

/** What carries a `self`, the most telling first. */
const SUBJECTS = [
  'issue',
  'comment',
  'worklog',
  'project',
  'version',
  'sprint',
  'board',
  'user',
  'attachment',
] as const;

/**
 * Bodies hold no cloud id. `self` leads through the gateway, with the cloud id, or to the site: then the site's address
 * stands for the account, as `account.url` has it. An administrator's webhook belongs to the integration whose secret
 * fitted, whatever its body says: the account is left empty.
 */
function siteOf(body: Json): string {
  for (const name of SUBJECTS) {
    const self = at(body, name, 'self');
    if (typeof self !== 'string' || self.length > 2_048 || !URL.canParse(self)) continue;
    const url = new URL(self);
    const cloudId = /^\/ex\/jira\/([^/]+)\//.exec(url.pathname)?.[1];
    if (cloudId !== undefined && isCloudId(cloudId)) return cloudId.toLowerCase();
    if (url.protocol === 'https:') return url.origin;
  }
  return '';
}

/** An issue is created and deleted once, a change has its own id, comments and worklogs their time of change. */
function semanticKeyOf(eventType: string, body: Json): string | undefined {
  const issue = at(body, 'issue', 'id');
  const changed = at(body, 'comment') ?? at(body, 'worklog');
  const parts =
    eventType === 'jira.issue.created' || eventType === 'jira.issue.deleted'
      ? [issue]
      : eventType === 'jira.issue.updated'
        ? [issue, at(body, 'changelog', 'id')]
        : [at(changed, 'id'), at(changed, 'updated')];
  return parts.every(part => typeof part === 'string' && part !== '' && part.length <= 128)
    ? [eventType, ...parts].join(':')
    : undefined;
}

function invalid(message: string): ProviderError {
  return new ProviderError({ kind: 'invalid_answer' }, new Error(message));
}

const id = field('string', 'Id in the site');
const self = field('string', 'Address in the API');
const person = field(['object', 'null'], 'Who it is', {
  properties: { accountId: field('string', 'Account id'), displayName: field('string', 'Name') },
});
const named = (description: string) =>
  field(['object', 'null'], description, { properties: { id, name: field('string', 'Name') } });
const issue = output(['id', 'key'], {
  id,
  self,
  key: field('string', 'Key, for example WEB-12'),
  fields: field('object', 'Fields of the issue', {
    properties: {
      summary: field(['string', 'null'], 'Title'),
      description: field(['string', 'object', 'null'], 'Text, or a document'),
      status: named('Status'),
      issuetype: named('Issue type'),
      priority: named('Priority'),
      project: field(['object', 'null'], 'Project', { properties: { id, key: field('string', 'Key') } }),
      assignee: person,
      reporter: person,
      labels: field(['array', 'null'], 'Labels'),
    },
  }),
});
const remark = (description: string) =>
  field('object', description, {
    required: ['id'],
    properties: {
      id,
      self,
      body: field(['string', 'object'], 'Text, or a document'),
      author: person,
      updated: field('string', 'When it last changed'),
    },
  });
const numbered = (description: string) =>
  field('object', description, {
    required: ['id'],
    properties: {
      id: field(['integer', 'string'], 'Id in the site'),
      self,
      name: field('string', 'Name'),
      state: field('string', 'State'),
    },
  });

type Row = readonly [
  event: string,
  description: string,
  scopes: readonly string[],
  fields: Readonly<Record<string, JsonSchema>>,
];

const WORK = ['read:jira-work'] as const;
const WHO = { user: person } as const;
const changes = field(['object', 'null'], 'Fields that changed', {
  properties: { id, items: field('array', 'Changes, each with field, from and to') },
});

/** Names as Jira has them, without `jira:`. Source: developer.atlassian.com, Jira platform, "Webhooks". */
export const ROWS = [
  ['issue_created', 'An issue was created.', WORK, { issue, ...WHO }],
  [
    'issue_updated',
    'An issue changed; `issue_event_type_name` says what kind of change.',
    WORK,
    {
      issue,
      ...WHO,
      changelog: changes,
      issue_event_type_name: field('string', 'Kind of change, for example issue_assigned'),
    },
  ],
  ['issue_deleted', 'An issue was deleted.', WORK, { issue, ...WHO }],
  ['comment_created', 'A comment was added to an issue.', WORK, { comment: remark('Comment'), issue }],
  ['comment_updated', 'A comment was edited.', WORK, { comment: remark('Comment'), issue }],
  ['comment_deleted', 'A comment was deleted.', WORK, { comment: remark('Comment'), issue }],
  ['worklog_created', 'Work was logged.', WORK, { worklog: remark('Worklog') }],
  ['worklog_updated', 'Logged work was changed.', WORK, { worklog: remark('Worklog') }],
  ['worklog_deleted', 'Logged work was deleted.', WORK, { worklog: remark('Worklog') }],
  ['attachment_created', 'A file was attached to an issue.', WORK, { attachment: numbered('File') }],
  ['attachment_deleted', 'An attached file was deleted.', WORK, { attachment: numbered('File') }],
  ['issuelink_created', 'Two issues were linked.', WORK, { issueLink: numbered('Link') }],
  ['issuelink_deleted', 'A link of two issues was removed.', WORK, { issueLink: numbered('Link') }],
  ...(['created', 'updated', 'deleted', 'started', 'closed'] as const).map(
    verb => [`sprint_${verb}`, `A sprint was ${verb}.`, WORK, { sprint: numbered('Sprint') }] as const,
  ),
  ...(['created', 'updated', 'deleted'] as const).map(
    verb => [`board_${verb}`, `A board was ${verb}.`, WORK, { board: numbered('Board') }] as const,
  ),
  [
    'board_configuration_changed',
    'A board was set up anew.',
    WORK,
    { configuration: field('object', 'Its new configuration') },
  ],
  ...(['created', 'updated', 'deleted'] as const).map(
    verb => [`project_${verb}`, `A project was ${verb}.`, WORK, { project: numbered('Project') }] as const,
  ),
  ...(['created', 'updated', 'deleted', 'released', 'unreleased', 'moved', 'merged'] as const).map(
    verb => [`version_${verb}`, `A version was ${verb}.`, WORK, { version: numbered('Version') }] as const,
  ),
  ...(['created', 'updated', 'deleted'] as const).map(
    verb => [`user_${verb}`, `A user was ${verb}.`, ['read:jira-user'], { user: person }] as const,
  ),
] as const satisfies readonly Row[];

/** The documented ones. What else Jira sends is parsed and named by the same rule. */
export const eventTypes: readonly EventType[] = ROWS.map(([event, description, scopes, fields]) => ({
  name: nameOf(event),
  description,
  schemaVersion: 1,
  runtimeState: 'ACTIVE',
  triggerable: true,
  waitable: true,
  scopes,
  payloadSchema: output(['webhookEvent', Object.keys(fields)[0]!], {
    webhookEvent: field('string', 'Jira’s own name of the event'),
    timestamp: field('integer', 'Milliseconds since 1970'),
    ...fields,
  }),
}));

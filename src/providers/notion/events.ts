import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { unsignedNotice } from '../kit/handshakes.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { slice } from './slice.ts';

const endpoint = { signature: 'hmac-sha256', secretField: 'verification_token' } as const;

/** Source: developers.notion.com/reference/webhooks; @notionhq/client 5.26, webhooks. Webhooks are made in the console only. */
export const webhook: Webhook = {
  endpoints: [
    {
      ...endpoint,
      suffix: '',
      description: 'Webhook of the public connection, for every workspace',
      secret: 'PLATFORM_APP',
    },
    {
      ...endpoint,
      suffix: 'integration',
      description: 'Webhook made on the page of an internal integration',
      secret: 'INTEGRATION',
    },
  ],
  // Before a webhook is verified its token is posted to it, unsigned; a person carries it over from there.
  bodyGreeting: unsignedNotice('verification_token'),
  verify: hmac({ header: 'x-notion-signature', prefix: 'sha256=' }),
  parse,
};

/** A delivery names what changed and holds nothing of it. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const type = readString(body.type, 'type');
  if (!/^[a-z0-9_]{1,64}(\.[a-z0-9_]{1,64}){1,3}$/.test(type)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('type is not a name'));
  }
  const occurTime = momentOf(body.timestamp);
  return [
    {
      eventType: `notion.${type}`,
      schemaVersion: 1,
      // Only attempt_number differs in a repeat.
      deliveryKey: readString(body.id, 'id'),
      ...objectOf(at(body.entity, 'type'), at(body.entity, 'id')),
      accountId: readString(body.workspace_id, 'workspace_id'),
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        entity: at(body.entity, 'id'),
        parent: at(body.data, 'parent', 'id'),
        page: at(body.data, 'page_id'),
        data_source: at(body.data, 'parent', 'data_source_id'),
      }),
    },
  ];
}

const verbs = (a: string) => ({
  created: `${a} was made.`,
  deleted: `${a} was moved to the trash.`,
  undeleted: `${a} was brought back from the trash.`,
  moved: `${a} was moved.`,
  content_updated: `Content of ${a.toLowerCase()} changed; many edits become one event.`,
});
const schemaUpdated = { schema_updated: 'Properties were added, changed or removed.' };

/** Each event type has its own payload. */
const payloads = (object: string) => (verb: string) => slice.payload(`${object}.${verb}`);

export const eventTypes = [
  ...eventTypesOf(
    'notion.page',
    {
      ...verbs('A page'),
      properties_updated: 'Properties of a page changed, its title among them.',
      locked: 'A page was locked.',
      unlocked: 'A page was unlocked.',
    },
    payloads('page'),
  ),
  ...eventTypesOf(
    'notion.page.transcription_block',
    { transcript_deleted: 'The transcript of a meeting was deleted.' },
    payloads('page.transcription_block'),
  ),
  ...eventTypesOf('notion.database', { ...verbs('A database'), ...schemaUpdated }, payloads('database')),
  ...eventTypesOf('notion.data_source', { ...verbs('A data source'), ...schemaUpdated }, payloads('data_source')),
  ...eventTypesOf(
    'notion.comment',
    { created: 'Somebody commented.', updated: 'A comment was edited.', deleted: 'A comment was deleted.' },
    payloads('comment'),
  ),
  ...eventTypesOf(
    'notion.view',
    { created: 'A view was made.', updated: 'A view changed.', deleted: 'A view was deleted.' },
    payloads('view'),
  ),
  ...eventTypesOf(
    'notion.file_upload',
    {
      created: 'An upload was begun.',
      completed: 'A file was uploaded.',
      expired: 'An upload was not finished in time.',
      upload_failed: 'A file could not be fetched.',
    },
    payloads('file_upload'),
  ),
];

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const id = '153104cd-477e-809d-8dc4-ff2d96ae3090';
  const parentId = '13950b26-c203-4f3b-b97d-93ec06319565';
  const data = {
    parent: { id: parentId, type: object === 'comment' ? 'page' : 'space' },
    ...(verb === 'content_updated' && { updated_blocks: [{ id: parentId, type: 'block' }] }),
    ...(verb === 'properties_updated' && { updated_properties: ['title'] }),
    ...(object === 'comment' && { page_id: parentId }),
  };
  return {
    payload: {
      id: '367cba44-b6f3-4c92-81e7-6a2e9659efd4',
      timestamp: '2026-05-04T03:02:01.000Z',
      workspace_id: '13950b26-c203-4f3b-b97d-93ec06319565',
      workspace_name: 'Acme',
      subscription_id: '29d75c0d-5546-4414-8459-7b7a92f1fc4b',
      integration_id: '0ef2e755-4912-8096-91c1-00376a88a5ca',
      type: name.slice('notion.'.length),
      authors: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }],
      accessible_by: [{ id: 'c7c11cca-1d73-471d-9b6e-bdef51470190', type: 'person' }],
      attempt_number: 1,
      api_version: '2025-09-03',
      entity: { id, type: object },
      data,
    },
    meta: { entity: id, parent: parentId },
  };
});

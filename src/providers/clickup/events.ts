import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { eventTypesOf, samplesOf } from '../kit/event_type.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, objectOf } from '../kit/meta.ts';
import { readString } from '../kit/read.ts';
import { field, output } from '../kit/schema.ts';
import { momentIn } from '../kit/verification.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/** Source: developer.clickup.com/docs/webhooks and /docs/webhooksignature. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the workspaces that were granted',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
  ],
  verify: hmac({ header: 'x-signature' }),
  parse,
};

const OBJECTS = ['task', 'list', 'folder', 'space', 'goal', 'key_result'];

function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const name = nameOf(readString(body.event, 'event'));
  const history = Array.isArray(body.history_items) ? body.history_items.slice(0, 100) : [];
  const first: unknown = history[0];
  const occurTime = momentIn(
    typeof at(first, 'date') === 'string' ? String(at(first, 'date')) : undefined,
    'milliseconds',
  );
  const [object = ''] = name.split('.');
  const changes = history.map(item => at(item, 'id')).filter(id => typeof id === 'string');
  return [
    {
      eventType: `clickup.${name}`,
      schemaVersion: 1,
      // Deliveries are not numbered: a change has its id in the history, and what is gone has none.
      deliveryKey:
        changes.length > 0
          ? `${readString(body.webhook_id, 'webhook_id')}/${changes.join('+')}`.slice(0, 500)
          : bodyKey(verified.body),
      ...objectOf(object, body[`${object}_id`]),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        ...Object.fromEntries(OBJECTS.map(each => [each, body[`${each}_id`]])),
        field: at(first, 'field'),
        user: at(first, 'user', 'id'),
      }),
    },
  ];
}

/** `taskStatusUpdated` is `task.status_updated`. */
function nameOf(event: string): string {
  const snake = event.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
  const object = OBJECTS.find(each => snake.startsWith(`${each}_`)) ?? snake.split('_')[0] ?? '';
  const name = `${object}.${snake.slice(object.length + 1)}`;
  if (/^[a-z][a-z0-9_]{0,63}\.[a-z][a-z0-9_]{0,63}$/.test(name)) return name;
  throw new ProviderError({ kind: 'invalid_answer' }, new Error('event is not a name'));
}

const payload = (object: string): JsonSchema =>
  output(['event', 'webhook_id', `${object}_id`], {
    event: field('string', 'What happened'),
    webhook_id: field('string', 'Webhook it was sent for'),
    [`${object}_id`]: field('string', 'What it is about'),
    history_items: field('array', 'What changed', {
      items: output(['id'], {
        id: field('string', 'Change id'),
        field: field('string', 'Field'),
        date: field('string', 'Milliseconds since 1970'),
        user: field('object', 'Who did it: id, username, email'),
        before: { description: 'Value before' },
        after: { description: 'Value now' },
        comment: field('object', 'The comment'),
      }),
    }),
  });
const verbs = (a: string) => ({ created: `${a} was made.`, updated: `${a} changed.`, deleted: `${a} was deleted.` });

export const eventTypes: readonly EventType[] = [
  ...eventTypesOf(
    'clickup.task',
    {
      ...verbs('A task'),
      status_updated: 'A task got another status.',
      priority_updated: 'A task got another priority.',
      assignee_updated: 'A task was given to somebody, or taken from them.',
      due_date_updated: 'A task is due at another time.',
      tag_updated: 'A tag was put on a task, or taken off.',
      moved: 'A task went to another list.',
      comment_posted: 'Somebody commented on a task.',
      comment_updated: 'A comment on a task was edited.',
      time_estimate_updated: 'A task’s estimate changed.',
      time_tracked_updated: 'Time was spent on a task, or corrected.',
    },
    payload('task'),
  ),
  ...eventTypesOf('clickup.list', verbs('A list'), payload('list')),
  ...eventTypesOf('clickup.folder', verbs('A folder'), payload('folder')),
  ...eventTypesOf('clickup.space', verbs('A space'), payload('space')),
  ...eventTypesOf('clickup.goal', verbs('A goal'), payload('goal')),
  ...eventTypesOf('clickup.key_result', verbs('A target of a goal'), payload('key_result')),
];

/** What ClickUp calls it. */
export const vendorName = (eventType: string): string =>
  eventType
    .slice('clickup.'.length)
    .replace('.', '_')
    .replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

export const samples = samplesOf(eventTypes, ({ name }) => {
  const [, object = '', verb = ''] = name.split('.');
  const change = {
    id: '2800763136717140857',
    type: 1,
    date: '1777863721000',
    field: verb.replace(/_updated$/, ''),
    parent_id: '162641062',
    data: {},
    user: { id: 183, username: 'Ada', email: 'ada@acme.example' },
    before: null,
    after: null,
  };
  const isTold = object === 'task' && verb !== 'deleted';
  const id = object === 'task' ? '1vj37mc' : '162641234';
  return {
    payload: {
      event: vendorName(name),
      ...(isTold && { history_items: [change] }),
      [`${object}_id`]: id,
      webhook_id: '7fa3ec74-69a8-4530-a251-8a13730bd204',
    },
    meta: { [object]: id, ...(isTold && { user: '183' }) },
  };
});

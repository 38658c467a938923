import { eventType, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType, JsonSchema } from '../provider.ts';

/** What is asked for, the type that the body then has, our name of it, and what happened. */
type Kind = {
  readonly event: string;
  readonly type: string;
  readonly ofSubitem: boolean;
  readonly name: string;
  readonly description: string;
};

const kind = <const Event extends string>(
  event: Event,
  type: string,
  name: string,
  description: string,
  ofSubitem = false,
): Kind & { readonly event: Event } => ({
  event,
  type,
  ofSubitem,
  name,
  description,
});

/** Source: WebhookEventType of @mondaydotcomorg/api 14.0; those for one column or group aside, which want its id. */
export const KINDS = [
  kind('create_item', 'create_pulse', 'item.created', 'An item was made.'),
  kind('change_name', 'update_name', 'item.renamed', 'An item got another name.'),
  kind(
    'change_column_value',
    'update_column_value',
    'item.column_value_changed',
    'A value of an item changed, its status among them.',
  ),
  kind('item_moved_to_any_group', 'move_pulse_into_group', 'item.moved', 'An item went to another group.'),
  kind('item_archived', 'archive_pulse', 'item.archived', 'An item was put away.'),
  kind('item_deleted', 'delete_pulse', 'item.deleted', 'An item was deleted.'),
  kind('item_restored', 'restore_pulse', 'item.restored', 'An item was brought back.'),
  kind('create_update', 'create_update', 'update.created', 'Somebody wrote an update or a reply.'),
  kind('edit_update', 'edit_update', 'update.edited', 'An update was edited.'),
  kind('delete_update', 'delete_update', 'update.deleted', 'An update was deleted.'),
  kind('create_column', 'create_column', 'column.created', 'A board got another column.'),
  kind('create_subitem', 'create_pulse', 'subitem.created', 'A subitem was made.', true),
  kind('change_subitem_name', 'update_name', 'subitem.renamed', 'A subitem got another name.', true),
  kind(
    'change_subitem_column_value',
    'update_column_value',
    'subitem.column_value_changed',
    'A value of a subitem changed.',
    true,
  ),
  kind('move_subitem', 'move_subitem', 'subitem.moved', 'A subitem went below another item.'),
  kind('subitem_archived', 'archive_pulse', 'subitem.archived', 'A subitem was put away.', true),
  kind('subitem_deleted', 'delete_pulse', 'subitem.deleted', 'A subitem was deleted.', true),
  kind(
    'create_subitem_update',
    'create_update',
    'subitem_update.created',
    'Somebody wrote an update on a subitem.',
    true,
  ),
];

const value = { description: 'In the form of the column’s kind' };
const payload: JsonSchema = output(['type', 'triggerUuid'], {
  app: field('string', 'monday'),
  type: field('string', 'What monday calls it'),
  triggerUuid: field('string', 'Id of the happening'),
  triggerTime: field('string', 'When it happened'),
  subscriptionId: field('integer', 'Webhook it was sent for'),
  isRetry: field('boolean', 'Whether it was sent before'),
  userId: field('integer', 'Who did it; below zero: an automation'),
  boardId: field('integer', 'Board'),
  pulseId: field('integer', 'Item'),
  pulseName: field('string', 'Name of the item'),
  itemId: field('integer', 'Item'),
  itemName: field('string', 'Name of the item'),
  parentItemId: { description: 'Item above; text or number' },
  groupId: field('string', 'Group'),
  sourceGroupId: field('string', 'Group it was in'),
  destGroupId: field('string', 'Group it is in'),
  columnId: field('string', 'Column'),
  columnTitle: field('string', 'Name of the column'),
  columnType: field('string', 'Kind of column'),
  columnValues: field('object', 'Values by column'),
  value,
  previousValue: value,
  updateId: field('integer', 'Update'),
  replyId: field(['integer', 'null'], 'Reply'),
  textBody: field('string', 'Text of the update'),
});

export const eventTypes: readonly EventType[] = KINDS.map(({ name, description }) =>
  eventType(`monday.${name}`, description, payload, { scopes: ['webhooks:write'] }),
);

export const samples = samplesOf(eventTypes, ({ name }) => {
  const { type, ofSubitem } = KINDS.find(each => `monday.${each.name}` === name) ?? KINDS[0]!;
  const item = { boardId: 7_786_783_342, pulseId: 8_409_778_368 };
  const words: Readonly<Record<string, object>> = {
    create_pulse: { pulseName: 'Release', groupId: 'topics', groupName: 'Plans', columnValues: {} },
    update_name: { groupId: 'topics', value: { name: 'Release 2' }, previousValue: { name: 'Release' } },
    update_column_value: {
      groupId: 'topics',
      pulseName: 'Release',
      columnId: 'status',
      columnType: 'color',
      columnTitle: 'Status',
      value: { label: { index: 0, text: 'Working on it' } },
      previousValue: null,
    },
    move_pulse_into_group: { sourceGroupId: 'topics', destGroupId: 'done' },
    create_update: { body: 'Ready', textBody: 'Ready', updateId: 3_836_364_238, replyId: null },
    create_column: { columnId: 'text_1', columnTitle: 'Text', columnType: 'text' },
  };
  return {
    payload: {
      app: 'monday',
      type,
      triggerTime: '2026-05-04T03:02:01.000Z',
      subscriptionId: 466_701_503,
      isRetry: false,
      userId: 67_214_742,
      originalTriggerUuid: null,
      ...item,
      ...(words[type] ?? (type.endsWith('_update') ? words.create_update : {})),
      ...(ofSubitem && { parentItemId: '7786784003', parentItemBoardId: '7786783342' }),
      triggerUuid: 'c95b27e82a81cc6a81db4f5e97d80858',
    },
    meta: { board: String(item.boardId), item: String(item.pulseId), user: '67214742' },
  };
});

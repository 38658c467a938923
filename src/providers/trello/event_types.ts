import { eventType, samplesOf } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

/** Trello's type of an action, our name of it, and what happened. Source: the action types of the webhooks guide. */
const ACTIONS: readonly (readonly [string, string, string])[] = [
  ['createCard', 'card.created', 'A card was made.'],
  ['copyCard', 'card.copied', 'A card was made from another.'],
  ['convertToCardFromCheckItem', 'card.converted', 'An item of a checklist became a card.'],
  ['emailCard', 'card.emailed', 'A card came by e-mail.'],
  ['updateCard', 'card.updated', 'A field of a card changed.'],
  ['deleteCard', 'card.deleted', 'A card was deleted.'],
  ['moveCardToBoard', 'card.moved_to_board', 'A card came from another board.'],
  ['moveCardFromBoard', 'card.moved_from_board', 'A card went to another board.'],
  ['voteOnCard', 'card.voted', 'Somebody voted on a card, or took the vote back.'],
  ['addMemberToCard', 'card.member_added', 'Somebody was put on a card.'],
  ['removeMemberFromCard', 'card.member_removed', 'Somebody was taken off a card.'],
  ['addLabelToCard', 'card.label_added', 'A label was put on a card.'],
  ['removeLabelFromCard', 'card.label_removed', 'A label was taken off a card.'],
  ['addAttachmentToCard', 'card.attachment_added', 'Something was attached to a card.'],
  ['deleteAttachmentFromCard', 'card.attachment_removed', 'An attachment was taken off a card.'],
  ['addChecklistToCard', 'card.checklist_added', 'A checklist was put on a card.'],
  ['removeChecklistFromCard', 'card.checklist_removed', 'A checklist was taken off a card.'],
  ['commentCard', 'comment.created', 'Somebody commented on a card.'],
  ['copyCommentCard', 'comment.copied', 'A comment came with a copied card.'],
  ['updateComment', 'comment.updated', 'A comment was edited.'],
  ['deleteComment', 'comment.deleted', 'A comment was deleted.'],
  ['updateChecklist', 'checklist.updated', 'A checklist changed.'],
  ['copyChecklist', 'checklist.copied', 'A checklist was made from another.'],
  ['createCheckItem', 'check_item.created', 'An item was added to a checklist.'],
  ['updateCheckItem', 'check_item.updated', 'An item of a checklist changed.'],
  ['updateCheckItemStateOnCard', 'check_item.ticked', 'An item of a checklist was ticked, or the tick taken away.'],
  ['deleteCheckItem', 'check_item.deleted', 'An item was taken off a checklist.'],
  ['createList', 'list.created', 'A list was made.'],
  ['updateList', 'list.updated', 'A field of a list changed.'],
  ['moveListToBoard', 'list.moved_to_board', 'A list came from another board.'],
  ['moveListFromBoard', 'list.moved_from_board', 'A list went to another board.'],
  ['createLabel', 'label.created', 'A label was made.'],
  ['updateLabel', 'label.updated', 'A label changed.'],
  ['deleteLabel', 'label.deleted', 'A label was deleted.'],
  ['addCustomField', 'custom_field.created', 'A field was added to a board.'],
  ['updateCustomField', 'custom_field.updated', 'A field of a board changed.'],
  ['deleteCustomField', 'custom_field.deleted', 'A field was taken off a board.'],
  ['updateCustomFieldItem', 'custom_field_item.updated', 'The value of a card’s field changed.'],
  ['updateBoard', 'board.updated', 'A board changed, was put away or brought back.'],
  ['addMemberToBoard', 'board.member_added', 'Somebody became a member of a board.'],
  ['removeMemberFromBoard', 'board.member_removed', 'Somebody is no member of a board any more.'],
  ['makeAdminOfBoard', 'board.admin_made', 'A member became administrator of a board.'],
  ['makeNormalMemberOfBoard', 'board.normal_member_made', 'A member became an ordinary one.'],
  ['makeObserverOfBoard', 'board.observer_made', 'A member became an observer of a board.'],
];
/** Told by Trello as an update: see events.ts. */
const PARTS: readonly (readonly [string, string])[] = [
  ['card.moved', 'A card went to another list of its board.'],
  ['card.archived', 'A card was put away.'],
  ['card.unarchived', 'A card was brought back.'],
  ['list.archived', 'A list was put away.'],
  ['list.unarchived', 'A list was brought back.'],
];

export const NAMES: ReadonlyMap<string, string> = new Map(ACTIONS.map(([type, name]) => [type, name]));

const named = (what: string) => output(['id'], { id: field('string', `${what} id`), name: field('string', 'Name') });
const payload = output(['action'], {
  action: output(['id', 'type', 'date', 'data'], {
    id: field('string', 'Action id'),
    type: field('string', 'What Trello calls it'),
    date: field('string', 'When it happened'),
    idMemberCreator: field('string', 'Member who did it'),
    memberCreator: field('object', 'Who it is: id, username, fullName'),
    data: output([], {
      board: named('Board'),
      list: named('List'),
      card: named('Card'),
      listBefore: named('List it was in'),
      listAfter: named('List it is in'),
      old: field('object', 'Fields that changed, as they were'),
      text: field('string', 'Text of a comment'),
      member: field('object', 'Member that it is about'),
      label: field('object', 'Label that it is about'),
      checklist: field('object', 'Checklist that it is about'),
      checkItem: field('object', 'Item that it is about'),
      attachment: field('object', 'Attachment that it is about'),
      customField: field('object', 'Field that it is about'),
      customFieldItem: field('object', 'Value that it is about'),
    }),
  }),
  model: field('object', 'The board as it is now'),
});

export const eventTypes: readonly EventType[] = [...ACTIONS.map(([, ...rest]) => rest), ...PARTS].map(
  ([name, description]) => eventType(`trello.${name}`, description, payload),
);

export const samples = samplesOf(eventTypes, ({ name }) => {
  const own = name.slice('trello.'.length);
  const [object = '', verb = ''] = own.split('.');
  const board = { id: '5abbe4b7ddc1b351ef961414', name: 'Releases', shortLink: 'h3Kq2nbD' };
  const list = { id: '5abbe4b7ddc1b351ef961415', name: 'Doing' };
  const card = { id: '5abbe4b7ddc1b351ef961416', name: 'Write the notes', idShort: 7, shortLink: 'n9ZxQ1aB' };
  const isArchiving = verb === 'archived' || verb === 'unarchived';
  const type = ACTIONS.find(([, ours]) => ours === own)?.[0] ?? (object === 'card' ? 'updateCard' : 'updateList');
  const data = {
    board,
    ...(own === 'card.moved' ? { listBefore: { ...list, name: 'To do' }, listAfter: list } : { list }),
    ...(object !== 'list' && object !== 'board' && { card }),
    ...(isArchiving && { old: { closed: verb === 'unarchived' } }),
    ...(verb === 'updated' && { old: { name: 'Before' } }),
    ...(object === 'comment' && { text: 'Done soon.' }),
  };
  return {
    payload: {
      model: board,
      action: {
        id: '5abbe4b7ddc1b351ef9614a1',
        idMemberCreator: '5abbe4b7ddc1b351ef9614b2',
        memberCreator: { id: '5abbe4b7ddc1b351ef9614b2', username: 'ada', fullName: 'Ada' },
        type,
        date: '2026-05-04T03:02:01.000Z',
        data,
      },
    },
    meta: { board: board.id, list: list.id },
  };
});

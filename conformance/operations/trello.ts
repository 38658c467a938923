import type { createTrelloClient } from 'trello.js';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of trello.js. */
export type Operation = Methods<ReturnType<typeof createTrelloClient>>;

export const operations = {
  'board.list': 'members.getMemberBoards',
  'board.create': 'boards.createBoard',
  'board.get': 'boards.getBoard',
  'board.update': 'boards.updateBoard',
  'board.list_members': 'boards.getBoardMembers',
  'board.list_labels': 'boards.getBoardLabels',
  'board.list_actions': 'boards.getBoardActions',
  'list.list': 'boards.getBoardLists',
  'list.create': 'lists.createList',
  'list.update': 'lists.updateList',
  'list.archive_cards': 'lists.archiveAllListCards',
  'card.create': 'cards.createCard',
  'card.get': 'cards.getCard',
  'card.list': 'lists.getListCards',
  'card.update': 'cards.updateCard',
  'card.move': 'cards.updateCard',
  'card.archive': 'cards.updateCard',
  'card.unarchive': 'cards.updateCard',
  'card.delete': 'cards.deleteCard',
  'card.add_comment': 'cards.createCardComment',
  'card.add_member': 'cards.addCardMember',
  'card.remove_member': 'cards.removeCardMember',
  'card.add_label': 'cards.addCardLabel',
  'card.remove_label': 'cards.removeCardLabel',
  'card.add_attachment': 'cards.createCardAttachment',
  'card.set_custom_field': 'cards.updateCardCustomFieldItem',
  'card.list_actions': 'cards.getCardActions',
  'checklist.create': 'checklists.createChecklist',
  'checklist.add_item': 'checklists.createChecklistItem',
  'checklist.update_item': 'cards.updateCardCheckItem',
  'label.create': 'labels.createLabel',
  'card.search': 'search.search',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'cards.shout' satisfies Operation;

import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { field, flag, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';
import { MODIFY } from './auth.ts';
import { slice } from './slice.ts';

const id = (what: string) => text(`${what} id`, 64, { pattern: '^[A-Za-z0-9_-]+$' });
const message = id('Message');
const thread = id('Thread');
const address = text('E-mail address, with or without a name', 320);
const label = text('Label id', 128);
const labels = (what: string) => picked('gmail.label', listOf(what, label, 100));
const paging = { max_results: 'At most', page_token: '`nextPageToken` of the page before' };

const aMessage = slice.object('message');
const aThread = slice.object('thread');
const aDraft = slice.object('draft');
const aLabel = slice.object('label');
const list = (name: string, what: string, of: JsonSchema) =>
  output([], {
    [name]: field('array', `${what}; absent where there are none`, { items: of }),
    nextPageToken: field('string', 'Begins the next page'),
    resultSizeEstimate: field('integer', 'How many there may be'),
  });

const writing = {
  to: listOf('Who gets it', address, 100),
  subject: text('Subject', 998),
};
const parts = {
  text: text('Text without markup', 1_000_000),
  html: text('Text in HTML', 1_000_000),
  cc: listOf('Who gets a copy', address, 100),
  bcc: listOf('Who gets a copy unseen', address, 100),
  reply_to: address,
  send_as: picked('gmail.send_as', text('Address it is sent from', 254)),
};
const words = 'Gmail’s search, for example: is:unread from:ada@acme.example';
const search = (name: 'message.list' | 'thread.list') => ({
  ...slice.fields(name, { q: words, include_spam_trash: 'Whether spam and trash count', ...paging }),
  labels: labels('Only those with all of these labels'),
});
const format = { format: 'How much of it: minimal, metadata (headers) or full' };
const relabelling = { add: labels('Labels to put on'), remove: labels('Labels to take off') };

const reads = { effect: READS, scopes: [MODIFY] };
const sets = { effect: SETS, scopes: [MODIFY] };
const sends = { effect: ADDS, scopes: [MODIFY], risk: 'HIGH' } as const;

export const actions: readonly Action[] = [
  action('gmail.message.send', 'Send a message', 'Writes an e-mail and sends it.', {
    ...sends,
    needs: writing,
    takes: parts,
    gives: aMessage,
  }),
  action('gmail.message.reply', 'Reply to a message', 'Answers an e-mail in its thread.', {
    ...sends,
    needs: { message },
    takes: { ...parts, to_all: flag('Whether everybody who got it gets the answer') },
    atLeast: 2,
    gives: aMessage,
  }),
  action('gmail.message.create_draft', 'Draft a message', 'Writes an e-mail and keeps it as a draft.', {
    effect: ADDS,
    scopes: [MODIFY],
    needs: writing,
    takes: { ...parts, thread },
    gives: aDraft,
  }),
  action('gmail.message.list', 'List messages', 'Finds messages, the newest first.', {
    ...reads,
    takes: search('message.list'),
    gives: list('messages', 'Messages: id and threadId', aMessage),
  }),
  action('gmail.message.get', 'Get a message', 'Reads a message.', {
    ...reads,
    needs: { message },
    takes: slice.fields('message.get', format),
    gives: aMessage,
  }),
  action('gmail.message.modify_labels', 'Change labels', 'Puts labels on a message and takes others off.', {
    ...sets,
    needs: { message },
    takes: relabelling,
    atLeast: 2,
    gives: aMessage,
  }),
  ...(
    [
      ['archive', 'Archive a message', 'Takes a message out of the inbox.'],
      ['mark_read', 'Mark a message read', 'Marks a message as read.'],
      ['mark_unread', 'Mark a message unread', 'Marks a message as unread.'],
      ['star', 'Star a message', 'Puts a star on a message.'],
      ['trash', 'Trash a message', 'Moves a message to the trash, where it stays for 30 days.'],
      ['untrash', 'Take a message out of the trash', 'Moves a message out of the trash.'],
    ] as const
  ).map(([verb, title, description]) =>
    action(`gmail.message.${verb}`, title, description, { ...sets, needs: { message }, gives: aMessage }),
  ),
  action('gmail.message.modify_many', 'Change labels of messages', 'Changes the labels of up to 1,000 messages.', {
    ...sets,
    needs: { messages: listOf('Messages', message, 1_000) },
    takes: relabelling,
    atLeast: 2,
    gives: done,
  }),
  action('gmail.attachment.get', 'Get an attachment', 'Reads a file that came with a message.', {
    ...reads,
    needs: { message, attachment: text('`body.attachmentId` of the part', 2_048) },
    gives: slice.object('attachment'),
  }),
  action('gmail.thread.list', 'List threads', 'Finds threads, the newest first.', {
    ...reads,
    takes: search('thread.list'),
    gives: list('threads', 'Threads: id and snippet', aThread),
  }),
  action('gmail.thread.get', 'Get a thread', 'Reads a thread with its messages.', {
    ...reads,
    needs: { thread },
    takes: slice.fields('thread.get', format),
    gives: aThread,
  }),
  action('gmail.thread.modify_labels', 'Change labels of a thread', 'Changes the labels of all its messages.', {
    ...sets,
    needs: { thread },
    takes: relabelling,
    atLeast: 2,
    gives: aThread,
  }),
  action('gmail.thread.trash', 'Trash a thread', 'Moves a thread to the trash, where it stays for 30 days.', {
    ...sets,
    needs: { thread },
    gives: aThread,
  }),
  action('gmail.draft.list', 'List drafts', 'Reads the drafts of the mailbox.', {
    ...reads,
    takes: slice.fields('draft.list', { q: words, ...paging }),
    gives: list('drafts', 'Drafts', aDraft),
  }),
  action('gmail.draft.get', 'Get a draft', 'Reads a draft.', {
    ...reads,
    needs: { draft: id('Draft') },
    takes: slice.fields('draft.get', format),
    gives: aDraft,
  }),
  action('gmail.draft.send', 'Send a draft', 'Sends a draft as it is.', {
    ...sends,
    needs: { draft: id('Draft') },
    gives: aMessage,
  }),
  action('gmail.draft.delete', 'Delete a draft', 'Deletes a draft for good.', {
    effect: REMOVES,
    scopes: [MODIFY],
    needs: { draft: id('Draft') },
    gives: done,
  }),
  action('gmail.label.list', 'List labels', 'Reads the labels of the mailbox.', {
    ...reads,
    gives: output(['labels'], { labels: field('array', 'Labels', { items: aLabel }) }),
  }),
  action('gmail.label.create', 'Create a label', 'Makes a label.', {
    effect: ADDS,
    scopes: [MODIFY],
    needs: slice.fields('label.create', { name: 'Name; a slash makes it a part of another' }),
    gives: aLabel,
  }),
  action('gmail.label.delete', 'Delete a label', 'Deletes a label and takes it off all messages.', {
    effect: REMOVES,
    scopes: [MODIFY],
    needs: { label: picked('gmail.label', label) },
    gives: done,
  }),
  action('gmail.profile.get', 'Get the mailbox', 'Reads address and number of messages.', {
    ...reads,
    gives: slice.object('profile'),
  }),
];

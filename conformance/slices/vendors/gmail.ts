import type { Vendor } from '../vendor.ts';
import { discovery } from './directory.ts';

const api = discovery('gmail.json');
const PAGE = 'max_results=maxResults page_token=pageToken';

export const gmail: Vendor = {
  provider: 'gmail',
  inputs: [
    {
      from: api,
      wanted: {
        'message.list': ['gmail.users.messages.list', `q include_spam_trash=includeSpamTrash ${PAGE}`],
        'message.get': ['gmail.users.messages.get', 'format'],
        'thread.list': ['gmail.users.threads.list', `q include_spam_trash=includeSpamTrash ${PAGE}`],
        'thread.get': ['gmail.users.threads.get', 'format'],
        'draft.list': ['gmail.users.drafts.list', `q ${PAGE}`],
        'draft.get': ['gmail.users.drafts.get', 'format'],
        'label.create': ['gmail.users.labels.create', 'name'],
      },
      limits: {
        // Without `raw`, which is the whole e-mail in base64.
        format: { enum: ['minimal', 'metadata', 'full'] },
        max_results: { minimum: 1, maximum: 500 },
        name: { maxLength: 225 },
        page_token: { maxLength: 256 },
        q: { maxLength: 2_000 },
      },
    },
  ],
  objects: [
    {
      from: api,
      rules: { shapes: [{ by: 'sizeEstimate', keep: 'id threadId labelIds snippet internalDate payload' }] },
      wanted: {
        message: [
          'gmail.users.messages.get',
          'id threadId labelIds snippet historyId internalDate sizeEstimate payload',
        ],
        thread: ['gmail.users.threads.get', 'id snippet historyId messages'],
        draft: ['gmail.users.drafts.get', 'id message'],
        attachment: ['gmail.users.messages.attachments.get', 'data size'],
        label: ['gmail.users.labels.get', 'id name type messagesTotal messagesUnread'],
        profile: ['gmail.users.getProfile', 'emailAddress messagesTotal threadsTotal historyId'],
      },
    },
  ],
};

import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Jira’s objects mean that do not say so themselves. */
const TEXTS = {
  accountId: 'Account id',
  active: 'Whether the account is on',
  body: 'Document',
  displayName: 'Name',
  fields: 'Fields of the issue',
  hasScreen: 'Whether it asks for fields',
  id: 'Id in the site',
  isAvailable: 'Whether it can be taken now',
  key: 'Key, for example WEB-12',
  to: 'Status it leads to',
};

/** Cut out of Atlassian’s description of the Jira Cloud platform. */
export const slice = openSlice(schemas, TEXTS);

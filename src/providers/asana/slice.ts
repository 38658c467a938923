import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Asana’s objects mean that do not say so themselves. */
const TEXTS = {
  archived: 'Whether it was put away',
  assignee: 'Who does it',
  change: 'Which field changed and how',
  completed: 'Whether it is done',
  created_at: 'When it happened',
  due_at: 'Moment it is due',
  due_on: 'Day it is due',
  email: 'E-mail address',
  gid: 'Id',
  notes: 'Text without markup',
  parent: 'What it was put into or taken from; of a task, the one above',
  permalink_url: 'Page in Asana',
  start_on: 'Day it begins',
  type: 'Whether people or Asana wrote it',
  user: 'Who did it; null where Asana itself did',
};

/** Cut out of Asana’s description of its API. */
export const slice = openSlice(schemas, TEXTS);

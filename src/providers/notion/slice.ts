import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Notion’s objects mean that do not say so themselves. */
const TEXTS = {
  attempt_number: 'How often it was sent, from 1',
  authors: 'Who did it',
  created_time: 'When it was made',
  data_source_id: 'Data source it is a row of',
  data_sources: 'Its tables',
  discussion_id: 'Thread it stands in',
  entity: 'What it happened to',
  has_children: 'Whether there are blocks in it',
  has_more: 'Whether there are more',
  in_trash: 'Whether it lies in the trash',
  last_edited_time: 'When it changed last',
  next_cursor: 'Where the next page begins',
  object: 'Kind of object',
  parent: 'What it lies under',
  properties: 'Values by name; of a data source, its properties by name',
  subscription_id: 'Webhook it was sent for',
  timestamp: 'When it happened',
  truncated: 'Whether there is more text than was given',
  updated_blocks: 'Blocks that changed',
  updated_fields: 'What of it changed',
  updated_properties: 'Properties that changed',
  view_type: 'How it shows',
} as const;

/** Cut out of the types of Notion’s own client. */
export const slice = openSlice(schemas, TEXTS);

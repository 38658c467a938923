import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of Linear’s objects mean that do not say so themselves. */
const TEXTS = {
  active: 'Whether the account is on',
  actor: 'Who did it',
  body: 'Text in Markdown',
  color: 'Colour as #rrggbb',
  createdAt: 'When it was made; of an event, when it happened',
  description: 'Text in Markdown',
  displayName: 'Handle',
  emoji: 'Emoji name',
  health: 'onTrack, atRisk or offTrack',
  identifier: 'For people, for example ENG-12',
  isGroup: 'Whether it holds labels',
  key: 'Prefix of its issues',
  number: 'Number in its team',
  organizationId: 'Workspace',
  parentId: 'What it is below, or answers',
  priority: '0 none, 1 urgent to 4 low',
  state: 'Workflow state',
  type: 'Kind: of a workflow state triage, backlog, unstarted, started, completed or canceled',
  updatedAt: 'When it last changed',
  url: 'Page in Linear',
  webhookTimestamp: 'When it was sent, milliseconds since 1970',
};

/** Cut out of the types of Linear’s own client. */
export const slice = openSlice(schemas, TEXTS);

import { openSlice } from '../kit/slice.ts';
import schemas from './schemas.json' with { type: 'json' };

/** What the fields of GitHub's objects mean that do not say so themselves. */
const TEXTS = {
  action: 'What happened',
  after: 'Commit after, zeros where it was deleted',
  base: 'Where the commits go to',
  before: 'Commit before, zeros where it is new',
  body: 'Text in Markdown',
  changes: 'What it was before, by field, each with `from`',
  client_payload: 'What the sender gave',
  color: 'Colour, six hex digits',
  commits: 'Commits, 2048 at most',
  compare: 'Page that compares both',
  conclusion: 'How it ended; null until it completed',
  context: 'Which check',
  diff_hunk: 'Lines around it',
  forced: 'Whether history was replaced',
  from: 'What it was before',
  full_name: 'owner/name',
  head: 'Where the commits come from',
  html_url: 'Page on GitHub',
  inputs: 'Inputs given',
  installation: 'Installation of the App it was sent by',
  line: 'Last line it is about',
  locked: 'Whether only collaborators may comment',
  merge_commit_sha: 'Commit of the merge',
  node_id: 'Id in GitHub’s GraphQL API',
  number: 'Number in the repository',
  path: 'File',
  pull_request: 'The pull request; of an issue, present where it is one',
  pusher: 'Name and e-mail of who pushed',
  ref: 'Branch or tag',
  sender: 'Who did it',
  sha: 'Commit',
  side: 'Old or new file',
  slug: 'Name in addresses',
  start_line: 'First line, where it is about several',
  target_url: 'Where to read on',
} as const;

/** Cut out of GitHub’s description of its webhooks and its REST API. */
export const slice = openSlice(schemas, TEXTS);

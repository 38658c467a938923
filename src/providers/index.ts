import { airtable } from './airtable/index.ts';
import { asana } from './asana/index.ts';
import { clay } from './clay/index.ts';
import { github } from './github/index.ts';
import { googleSheets } from './google_sheets/index.ts';
import { hubspot } from './hubspot/index.ts';
import { jira } from './jira/index.ts';
import { linear } from './linear/index.ts';
import { openai } from './openai/index.ts';
import type { Provider } from './provider.ts';
import { slack } from './slack/index.ts';
import { stripe } from './stripe/index.ts';
import { tables } from './table/index.ts';

/** Every provider, in the order people see. Adding one is an import and an entry. */
export const providers: readonly Provider[] = [
  slack,
  github,
  linear,
  jira,
  googleSheets,
  openai,
  clay,
  asana,
  stripe,
  hubspot,
  airtable,
  tables,
];

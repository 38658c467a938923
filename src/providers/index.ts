import { airtable } from './airtable/index.ts';
import { anthropic } from './anthropic/index.ts';
import { asana } from './asana/index.ts';
import { bitbucket } from './bitbucket/index.ts';
import { clay } from './clay/index.ts';
import { clickup } from './clickup/index.ts';
import { confluence } from './confluence/index.ts';
import { datadog } from './datadog/index.ts';
import { discord } from './discord/index.ts';
import { email } from './email/index.ts';
import { github } from './github/index.ts';
import { gitlab } from './gitlab/index.ts';
import { gmail } from './gmail/index.ts';
import { googleCalendar } from './google_calendar/index.ts';
import { googleDrive } from './google_drive/index.ts';
import { googleSheets } from './google_sheets/index.ts';
import { hubspot } from './hubspot/index.ts';
import { intercom } from './intercom/index.ts';
import { jira } from './jira/index.ts';
import { linear } from './linear/index.ts';
import { mcp } from './mcp/index.ts';
import { microsoftTeams } from './microsoft_teams/index.ts';
import { monday } from './monday/index.ts';
import { notion } from './notion/index.ts';
import { onedriveExcel } from './onedrive_excel/index.ts';
import { openai } from './openai/index.ts';
import { outlook } from './outlook/index.ts';
import { pagerduty } from './pagerduty/index.ts';
import { postgres } from './postgres/index.ts';
import type { Provider } from './provider.ts';
import { salesforce } from './salesforce/index.ts';
import { sendgrid } from './sendgrid/index.ts';
import { sentry } from './sentry/index.ts';
import { shopify } from './shopify/index.ts';
import { slack } from './slack/index.ts';
import { stripe } from './stripe/index.ts';
import { tables } from './table/index.ts';
import { telegram } from './telegram/index.ts';
import { trello } from './trello/index.ts';
import { twilio } from './twilio/index.ts';
import { zendesk } from './zendesk/index.ts';

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
  gmail,
  googleDrive,
  googleCalendar,
  microsoftTeams,
  outlook,
  onedriveExcel,
  shopify,
  salesforce,
  mcp,
  zendesk,
  intercom,
  pagerduty,
  notion,
  sentry,
  gitlab,
  discord,
  twilio,
  confluence,
  sendgrid,
  anthropic,
  trello,
  datadog,
  clickup,
  postgres,
  email,
  monday,
  bitbucket,
  telegram,
  tables,
];

import { operations as airtable } from './airtable.ts';
import { operations as anthropic } from './anthropic.ts';
import { operations as asana } from './asana.ts';
import { operations as bitbucket } from './bitbucket.ts';
import { operations as confluence } from './confluence.ts';
import { operations as discord } from './discord.ts';
import type { Entries } from './entry.ts';
import { operations as github } from './github.ts';
import { operations as gitlab } from './gitlab.ts';
import { operations as gmail } from './gmail.ts';
import { operations as googleCalendar } from './google_calendar.ts';
import { operations as googleDrive } from './google_drive.ts';
import { operations as googleSheets } from './google_sheets.ts';
import { operations as hubspot } from './hubspot.ts';
import { operations as intercom } from './intercom.ts';
import { operations as jira } from './jira.ts';
import { operations as linear } from './linear.ts';
import { operations as microsoftTeams } from './microsoft_teams.ts';
import { operations as monday } from './monday.ts';
import { operations as notion } from './notion.ts';
import { operations as onedriveExcel } from './onedrive_excel.ts';
import { operations as openai } from './openai.ts';
import { operations as outlook } from './outlook.ts';
import { operations as salesforce } from './salesforce.ts';
import { operations as slack } from './slack.ts';
import { operations as stripe } from './stripe.ts';
import { operations as telegram } from './telegram.ts';
import { operations as trello } from './trello.ts';
import { operations as twilio } from './twilio.ts';
import { operations as zendesk } from './zendesk.ts';

/** By provider: the operation that each action stands for, by the action's name without the provider. */
export const operationsOf: Readonly<Record<string, Entries<string>>> = {
  airtable,
  anthropic,
  asana,
  bitbucket,
  confluence,
  discord,
  github,
  gitlab,
  gmail,
  google_calendar: googleCalendar,
  google_drive: googleDrive,
  google_sheets: googleSheets,
  hubspot,
  intercom,
  jira,
  linear,
  microsoft_teams: microsoftTeams,
  monday,
  notion,
  onedrive_excel: onedriveExcel,
  openai,
  outlook,
  salesforce,
  slack,
  stripe,
  telegram,
  trello,
  twilio,
  zendesk,
};

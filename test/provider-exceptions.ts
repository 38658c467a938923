import type { Proof } from './provider-cases.ts';

/** What a provider cannot show, and why: every exception from the suite there is. */
export const exceptions: Readonly<Record<string, Readonly<Partial<Record<Proof, string>>>>> = {
  airtable: { timestamp: 'Airtable signs the body alone; a ping only says that there is something to read.' },
  asana: { timestamp: 'Asana signs the body alone; a repeat is told by its text.' },
  bitbucket: { timestamp: 'Bitbucket signs the body alone; a repeat is told by its text.' },
  clickup: { timestamp: 'ClickUp signs the body alone; a repeat is told by the id of the change.' },
  datadog: {
    signature: 'Datadog signs nothing: a header of ours proves who called, and nothing of what was said.',
    timestamp: 'Datadog signs nothing; a repeat is told by the event’s id.',
  },
  github: { timestamp: 'GitHub signs no time; a repeat is told by X-GitHub-Delivery.' },
  gmail: { signature: 'Pub/Sub’s token does not cover the body, which only says whose mailbox is to be read.' },
  google_calendar: {
    signature: 'A channel’s token does not cover the message, which has no body and only rings.',
    timestamp: 'A channel’s token is the same in every message; what rings is read from our own cursor.',
  },
  google_drive: {
    signature: 'A channel’s token does not cover the message, which has no body and only rings.',
    timestamp: 'A channel’s token is the same in every message; what rings is read from our own cursor.',
  },
  intercom: { timestamp: 'Intercom signs the body alone; a repeat is told by its id.' },
  jira: {
    deliveries: 'The app’s own webhooks carry a token that does not cover the body: see providers_jira.test.ts.',
    timestamp: 'An administrator’s webhook signs no time; a repeat is told by its identifier.',
  },
  microsoft_teams: {
    signature: 'A notice brings back the state of its subscription in the body, and nothing is signed.',
    timestamp: 'Nothing is signed, and a notice has no time.',
  },
  monday: { signature: 'monday’s token does not cover the body; it is for one address and five minutes.' },
  notion: { timestamp: 'Notion signs the body alone; its time is that of the change, and a repeat is told by its id.' },
  onedrive_excel: {
    signature: 'A notice brings back the state of its subscription in the body, and only rings.',
    timestamp: 'Nothing is signed; what rings is read from our own cursor.',
  },
  shopify: { timestamp: 'Shopify signs the body alone; a repeat is told by its event id.' },
  outlook: {
    signature: 'A notice brings back the state of its subscription in the body, and nothing is signed.',
    timestamp: 'Nothing is signed, and a notice has no time.',
  },
  pagerduty: { timestamp: 'PagerDuty signs the body alone; a repeat is told by the event’s id.' },
  sentry: { timestamp: 'Sentry’s time stands in a header that is not signed; a repeat is told by Request-ID.' },
  telegram: {
    signature: 'Telegram sends the secret itself, which covers nothing of the body.',
    timestamp: 'Telegram signs no time; a repeat is told by the number of the update.',
  },
  trello: { timestamp: 'Trello signs body and address, and no time; a repeat is told by the action’s id.' },
  twilio: { timestamp: 'Twilio signs no time; a repeat is told by the object and its status.' },
};

import type { Proof } from './provider-cases.ts';

/** What a provider cannot show, and why: every exception from the suite there is. */
export const exceptions: Readonly<Record<string, Readonly<Partial<Record<Proof, string>>>>> = {
  airtable: { timestamp: 'Airtable signs the body alone; a ping only says that there is something to read.' },
  asana: { timestamp: 'Asana signs the body alone; a repeat is told by its text.' },
  github: { timestamp: 'GitHub signs no time; a repeat is told by X-GitHub-Delivery.' },
  jira: {
    deliveries: 'The app’s own webhooks carry a token that does not cover the body: see providers_jira.test.ts.',
    timestamp: 'An administrator’s webhook signs no time; a repeat is told by its identifier.',
  },
};

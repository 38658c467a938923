import { clayAuthHeader } from './clay.ts';
import { githubApp, githubUser } from './github-seed.ts';
import type { Secrets } from './secrets.ts';
import { slackAppId } from './slack-workspace.ts';
import {
  type GitHubAccount,
  type GoogleUser,
  githubAccounts,
  googleUsers,
  type JiraSite,
  jiraPerson,
  jiraSites,
  type LinearOrganization,
  linearOrganizations,
  type SlackWorkspace,
  type Spreadsheet,
  serviceAccountEmail,
  serviceAccountId,
  slackWorkspaces,
  spreadsheets,
} from './world.ts';

/** What set-up and tests need to know of the sandbox; the first account of each list is the default one. */
export interface Seeds {
  slack: Secrets['slack'] & { appId: string; workspaces: readonly SlackWorkspace[] };
  github: Secrets['github'] & { appId: number; slug: string; user: string; accounts: readonly GitHubAccount[] };
  linear: Secrets['linear'] & { organizations: readonly LinearOrganization[] };
  google_sheets: {
    clientId: string;
    clientSecret: string;
    users: readonly GoogleUser[];
    spreadsheets: readonly Spreadsheet[];
    serviceAccount: ServiceAccount;
  };
  jira: Secrets['jira'] & { email: string; sites: readonly JiraSite[] };
  openai: Secrets['openai'];
  clay: { webhookUrl: string; guardedWebhookUrl: string; authHeaderName: string; authHeaderValue: string };
}

/** The key file as the vendor's console hands it out. */
export interface ServiceAccount {
  type: 'service_account';
  project_id: string;
  private_key_id: string;
  private_key: string;
  client_email: string;
  client_id: string;
  token_uri: string;
}

export function seedsOf(secrets: Secrets, base: (provider: string) => string): Seeds {
  const { clientId, clientSecret, serviceKey, serviceKeyId } = secrets.google;
  const hook = (name: string): string => `${base('clay')}/v3/sources/webhook/${name}`;
  return {
    slack: { ...secrets.slack, appId: slackAppId, workspaces: slackWorkspaces },
    github: {
      ...secrets.github,
      appId: githubApp.id,
      slug: githubApp.slug,
      user: githubUser,
      accounts: githubAccounts,
    },
    linear: { ...secrets.linear, organizations: linearOrganizations },
    google_sheets: {
      clientId,
      clientSecret,
      users: googleUsers,
      spreadsheets,
      serviceAccount: {
        type: 'service_account',
        project_id: 'acme-integrations',
        private_key_id: serviceKeyId,
        private_key: serviceKey,
        client_email: serviceAccountEmail,
        client_id: serviceAccountId,
        token_uri: `${base('google_sheets')}/token`,
      },
    },
    jira: { ...secrets.jira, email: jiraPerson.emailAddress, sites: jiraSites },
    openai: secrets.openai,
    clay: {
      webhookUrl: hook(secrets.clay.openHook),
      guardedWebhookUrl: hook(secrets.clay.guardedHook),
      authHeaderName: clayAuthHeader,
      authHeaderValue: secrets.clay.headerValue,
    },
  };
}

/** What stands in the emulated accounts. Nothing here is secret and every id is the same at each start. */
import { createHash } from 'node:crypto';

export interface SlackWorkspace {
  readonly name: string;
  readonly domain: string;
  readonly teamId: string;
  readonly botId: string;
  readonly botUserId: string;
  readonly users: readonly { readonly id: string; readonly name: string; readonly realName: string }[];
  readonly channels: readonly SlackChannel[];
  /** As `usergroups.list` tells them; the package knows none. Slack does not page them. */
  readonly usergroups: readonly SlackUsergroup[];
}

export interface SlackUsergroup {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly description: string;
  /** Seconds; 0: it stands. */
  readonly date_delete: number;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
}

export interface GitHubAccount {
  readonly login: string;
  readonly type: 'Organization' | 'User';
  readonly installationId: number;
  readonly repositories: readonly string[];
}

export interface LinearOrganization {
  readonly id: string;
  readonly name: string;
  readonly urlKey: string;
  readonly viewer: { readonly email: string; readonly name: string };
  readonly teams: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  readonly projects: readonly string[];
  readonly issues: readonly { readonly team: string; readonly title: string }[];
}

export interface JiraSite {
  readonly cloudId: string;
  readonly name: string;
  readonly url: string;
  readonly projects: readonly { readonly id: string; readonly key: string; readonly name: string }[];
}

export interface GoogleUser {
  readonly sub: string;
  readonly email: string;
  readonly name: string;
}

export interface Spreadsheet {
  readonly id: string;
  readonly name: string;
  /** E-mail addresses that may open it. */
  readonly readers: readonly string[];
  readonly tabs: readonly {
    readonly id: number;
    readonly title: string;
    readonly rows: readonly (readonly string[])[];
  }[];
}

export const serviceAccountEmail = 'reports@acme-integrations.iam.gserviceaccount.com';
export const serviceAccountId = '108100000000000000099';

/** As many as said, counted from one. */
export function made<T>(count: number, make: (n: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, i) => make(i + 1));
}

/** An id in Slack's form, the same for the same name. */
export function slackId(prefix: string, name: string): string {
  return (
    prefix +
    BigInt(`0x${digest(name).slice(0, 20)}`)
      .toString(36)
      .toUpperCase()
      .padStart(10, '0')
      .slice(0, 10)
  );
}

/** A UUID that is the same for the same name. */
export function uuidOf(name: string): string {
  const hex = digest(name);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const slackWorkspaces: readonly SlackWorkspace[] = [
  workspace('Acme', [
    ...[
      'general',
      'random',
      'deploys',
      'incidents',
      'engineering',
      'design',
      'support',
      'sales',
      'marketing',
      'hiring',
    ],
    ...['customer-feedback', 'release-notes', 'watercooler', '-leadership', '~2019-offsite'],
  ]),
  workspace('Globex', ['general', 'random', 'alerts']),
];

export const githubAccounts: readonly GitHubAccount[] = [
  {
    login: 'acme',
    type: 'Organization',
    installationId: 41_000_001,
    repositories: ['api', 'docs', 'infra', 'mobile', 'web'],
  },
  { login: 'octavia', type: 'User', installationId: 41_000_002, repositories: ['dotfiles', 'playground'] },
];

export const linearOrganizations: readonly LinearOrganization[] = [
  organization('Acme', 'ada@acme.example', 'Ada Lovell', [
    ['ENG', 'Engineering'],
    ['PLA', 'Platform'],
    ['DES', 'Design'],
    ['OPS', 'Operations'],
  ]),
  organization('Globex', 'hank@globex.example', 'Hank Scorp', [['ENG', 'Engineering']]),
];

export const jiraSites: readonly JiraSite[] = [
  site('acme', [
    ['10001', 'WEB', 'Website'],
    ['10002', 'APP', 'Mobile app'],
    ['10003', 'OPS', 'Operations'],
  ]),
  site('globex', [['10001', 'GLX', 'Globex platform']]),
];

/** Who is signed in at Jira, and made the API token. */
export const jiraPerson = {
  accountId: `557058:${uuidOf('jira/ada')}`,
  displayName: 'Ada Lovell',
  emailAddress: 'ada@acme.example',
  active: true,
};

export const googleUsers: readonly GoogleUser[] = [
  { sub: '108100000000000000001', email: 'ada@acme.example', name: 'Ada Lovell' },
  { sub: '108100000000000000002', email: 'hank@globex.example', name: 'Hank Scorp' },
];

export const spreadsheets: readonly Spreadsheet[] = [
  {
    id: '1AcmeDeployLogAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    name: 'Deploy log',
    readers: ['ada@acme.example', serviceAccountEmail],
    tabs: [
      {
        id: 0,
        title: 'Deploys',
        rows: [
          ['Time', 'Service', 'Version'],
          ['2026-01-05T10:00:00Z', 'api', '1.4.0'],
        ],
      },
      { id: 417, title: 'Owners', rows: [['Service', 'Team']] },
    ],
  },
  {
    id: '1AcmeLeadsAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    name: 'Leads',
    readers: ['ada@acme.example'],
    tabs: [{ id: 0, title: 'Sheet1', rows: [['Name', 'E-mail', 'Stage']] }],
  },
];

/** Channel names starting with `-` are private, with `~` archived. */
function workspace(name: string, channels: readonly string[]): SlackWorkspace {
  const domain = name.toLowerCase();
  const users = ['ada', 'grace', 'linus', 'margaret'].map(user => ({
    id: slackId('U', `${domain}/${user}`),
    name: user,
    realName: `${user[0]!.toUpperCase()}${user.slice(1)} of ${name}`,
  }));
  return {
    name,
    domain,
    users,
    teamId: slackId('T', domain),
    botId: slackId('B', `${domain}/mobius`),
    botUserId: slackId('U', `${domain}/mobius`),
    usergroups: made(45, n => ({
      id: slackId('S', `${domain}/group-${n}`),
      handle: `group-${n}`,
      name: `Group ${n}`,
      description: '',
      date_delete: n % 9 === 0 ? 1_767_600_000 : 0,
    })),
    channels: channels.map(channel => {
      const bare = channel.replace(/^[-~]/, '');
      const id = slackId('C', `${domain}/${bare}`);
      return { id, name: bare, isPrivate: channel.startsWith('-'), isArchived: channel.startsWith('~') };
    }),
  };
}

function organization(
  name: string,
  email: string,
  viewer: string,
  teams: readonly (readonly [string, string])[],
): LinearOrganization {
  const urlKey = name.toLowerCase();
  return {
    id: uuidOf(`${urlKey}/organization`),
    name,
    urlKey,
    viewer: { email, name: viewer },
    teams: teams.map(([key, title]) => ({ id: uuidOf(`${urlKey}/team/${key}`), key, name: title })),
    projects: ['Checkout', 'Search'],
    issues: [
      { team: 'ENG', title: 'Checkout times out on retry' },
      { team: 'ENG', title: 'Search ignores quotes' },
    ],
  };
}

function site(name: string, projects: readonly (readonly [string, string, string])[]): JiraSite {
  return {
    cloudId: uuidOf(`${name}/jira`),
    name,
    url: `https://${name}.atlassian.net`,
    projects: projects.map(([id, key, title]) => ({ id, key, name: title })),
  };
}

function digest(name: string): string {
  return createHash('sha256').update(`sandbox:${name}`).digest('hex');
}

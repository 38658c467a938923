import { githubLists } from '../../src/sandbox/github-lists.ts';
import { jiraLists } from '../../src/sandbox/jira-lists.ts';
import { linearLists } from '../../src/sandbox/linear-lists.ts';
import { openAiFiles } from '../../src/sandbox/openai.ts';
import type { Sandbox } from '../../src/sandbox/start.ts';
import type { Facts } from './facts.ts';

type Programmed = Omit<Facts, 'provider' | 'forms' | 'rings' | 'refresh'>;

/** The vendors that the sandbox plays by programs of its own or of the emulator package. */
export function programmedFacts({
  seeds,
  endpoints,
}: Pick<Sandbox, 'seeds' | 'endpoints'>): Readonly<Record<string, Programmed>> {
  const [workspace] = seeds.slack.workspaces;
  const [organization] = seeds.linear.organizations;
  const [installation] = seeds.github.accounts;
  const site = seeds.jira.sites[0]!;
  const lists = jiraLists(site);
  const { labels, cycles } = linearLists(organization!);
  const [sheet] = seeds.google_sheets.spreadsheets;
  const team = organization?.teams[0]?.id ?? '';
  const spreadsheet = sheet?.id ?? '';
  return {
    slack: {
      account: { id: workspace?.teamId ?? '', label: workspace?.name ?? '' },
      pickers: {
        'slack.channel': { values: workspace?.channels.filter(({ isArchived }) => !isArchived).map(({ id }) => id) },
        'slack.user': {},
        'slack.usergroup': {
          values: workspace?.usergroups.filter(({ date_delete }) => date_delete === 0).map(({ id }) => id),
        },
        'slack.emoji': { values: ['shipit', 'squirrel', 'grinning', 'wave', 'eyes', 'thumbsup'] },
      },
      // Token rotation is a choice of the app.
      consent: { refresh: true },
      request: { method: 'POST', path: '/auth.test' },
      deliveries: [{ event: 'message', eventType: 'slack.event' }],
    },
    github: {
      pickers: {
        'github.repository': { values: installation?.repositories.map(name => `${installation.login}/${name}`) },
        ...Object.fromEntries(
          Object.entries(githubLists).map(([type, values]) => [
            type,
            { values, dependsOn: { repository: 'acme/api' } },
          ]),
        ),
      },
      request: { method: 'GET', path: '/repos/acme/api' },
      deliveries: [
        { event: 'issues.opened', eventType: 'github.issues.opened' },
        { event: 'push', eventType: 'github.push' },
      ],
    },
    linear: {
      account: { id: organization?.id ?? '', label: organization?.name ?? '' },
      pickers: {
        'linear.team': { values: organization?.teams.map(({ id }) => id) },
        'linear.project': {},
        'linear.issue': {},
        'linear.user': {},
        'linear.workflow_state': { dependsOn: { team } },
        'linear.issue_label': { values: labels.map(({ id }) => id) },
        'linear.cycle': { values: cycles.map(({ id }) => id), dependsOn: { team } },
      },
      request: { method: 'POST', path: '/graphql', json: { query: '{ viewer { id } }' } },
      deliveries: [{ event: 'Issue.create', eventType: 'linear.issue.created' }],
    },
    jira: {
      account: { id: site.cloudId, label: site.name },
      pickers: {
        'jira.project': { values: site.projects.map(({ id }) => id) },
        'jira.issue': { values: lists['jira.issue'] },
        'jira.user': { values: lists['jira.user'] },
        'jira.issue_type': { values: lists['jira.issue_type'], dependsOn: { project: site.projects[0]?.id ?? '' } },
        'jira.site': { values: [site.cloudId] },
        'jira.transition': { values: lists['jira.transition'], dependsOn: { issue: lists['jira.issue']?.[0] ?? '' } },
      },
      request: { method: 'GET', path: `/ex/jira/${site.cloudId}/rest/api/3/myself` },
      deliveries: [{ event: 'jira:issue_created', eventType: 'jira.issue.created' }],
    },
    google_sheets: {
      pickers: {
        'google_sheets.spreadsheet': {},
        'google_sheets.sheet': { dependsOn: { spreadsheet } },
        'google_sheets.column': { dependsOn: { spreadsheet, sheet: String(sheet?.tabs[0]?.id ?? 0) } },
      },
      request: { method: 'GET', path: `${endpoints.google_sheets.drive}/drive/v3/about?fields=user` },
      deliveries: [],
    },
    openai: {
      pickers: { 'openai.model': {}, 'openai.file': { values: openAiFiles.map(({ id }) => id) } },
      request: { method: 'GET', path: '/v1/models' },
      deliveries: [
        { event: 'response.completed', eventType: 'openai.response.completed' },
        { event: 'batch.failed', eventType: 'openai.batch.failed' },
      ],
    },
    clay: {
      pickers: {},
      deliveries: [],
    },
  };
}

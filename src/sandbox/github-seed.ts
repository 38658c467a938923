import type { SeedConfig } from 'emulate';
import type { Secrets } from './secrets.ts';
import { githubAccounts } from './world.ts';

/** The App as its owner registered it at the vendor. */
export const githubApp = { id: 900_001, slug: 'mobius-dev' };

/** The person behind the personal token and the user tokens. */
export const githubUser = 'octavia';

/** Seed of the package's GitHub; `userTokens` act as {@link githubUser}. */
export function githubSeed(secrets: Secrets['github'], userTokens: readonly string[]): SeedConfig {
  const organizations = githubAccounts.filter(({ type }) => type === 'Organization');
  return {
    tokens: Object.fromEntries(
      userTokens.map(token => [token, { login: githubUser, scopes: ['repo', 'user', 'read:org'] }]),
    ),
    github: {
      users: [{ login: githubUser, name: 'Octavia Reyes', email: 'octavia@acme.example' }],
      orgs: organizations.map(({ login }) => ({
        login,
        name: 'Acme',
        members: [{ login: githubUser, role: 'admin' }],
      })),
      repos: githubAccounts.flatMap(({ login, repositories }) =>
        repositories.map(name => ({
          owner: login,
          name,
          private: name === 'infra',
          description: `The ${name} of ${login}`,
        })),
      ),
      apps: [
        {
          app_id: githubApp.id,
          slug: githubApp.slug,
          name: 'Mobius (development)',
          private_key: secrets.privateKey,
          permissions: { actions: 'read', contents: 'read', issues: 'write', metadata: 'read', pull_requests: 'write' },
          events: ['issues', 'issue_comment', 'pull_request', 'push'],
          installations: githubAccounts.map(({ login, installationId }) => ({
            installation_id: installationId,
            account: login,
            repository_selection: 'all',
          })),
        },
      ],
    },
  };
}

import { isObject } from '../kit/read.ts';
import { readScopes } from '../kit/scopes.ts';

/**
 * One language for both kinds of credential: the App's permissions, `issues:write`. A level holds the lower ones, so
 * that a capability asks for exactly what it needs.
 */
const LEVELS: readonly unknown[] = ['read', 'write', 'admin'];

/** An installation's `permissions` object. */
export function ofInstallation(permissions: unknown): readonly string[] {
  if (!isObject(permissions)) return [];
  return Object.entries(permissions).flatMap(([name, level]) => {
    const highest = LEVELS.indexOf(level);
    return LEVELS.slice(0, highest + 1).map(each => `${name}:${each}`);
  });
}

/** What `repo` and `public_repo` open in a repository their owner may write to. */
const REPOSITORY = [
  'actions',
  'administration',
  'contents',
  'deployments',
  'discussions',
  'environments',
  'issues',
  'pages',
  'pull_requests',
  'repository_hooks',
  'secret_scanning_alerts',
  'security_events',
  'statuses',
  'vulnerability_alerts',
].map(name => `${name}:write`);

/** Source: docs.github.com, "Scopes for OAuth apps". Check runs are written by Apps only. */
const CLASSIC: Readonly<Record<string, readonly string[]>> = {
  repo: [...REPOSITORY, 'checks:read', 'merge_queues:read'],
  public_repo: [...REPOSITORY, 'checks:read', 'merge_queues:read'],
  'repo:status': ['statuses:write'],
  repo_deployment: ['deployments:write'],
  security_events: ['security_events:write'],
  workflow: ['workflows:write'],
  'admin:repo_hook': ['repository_hooks:write'],
  'write:repo_hook': ['repository_hooks:write'],
  'read:repo_hook': ['repository_hooks:read'],
  'admin:org': ['members:write', 'organization_administration:write'],
  'write:org': ['members:write'],
  'read:org': ['members:read'],
  'admin:org_hook': ['organization_hooks:write'],
  project: ['organization_projects:write'],
  'read:project': ['organization_projects:read'],
  'write:packages': ['packages:write'],
  'read:packages': ['packages:read'],
  gist: ['gists:write'],
  user: ['email_addresses:read', 'followers:write', 'profile:write'],
  'user:email': ['email_addresses:read'],
};

/**
 * A classic token's scopes, from the header of any answer. Undefined without the header: fine-grained tokens do not
 * say what they may do.
 */
export function ofToken(headers: Headers): readonly string[] | undefined {
  const scopes = readScopes(headers.get('x-oauth-scopes') ?? undefined);
  if (scopes === undefined) return undefined;
  const granted = ['metadata:read', ...scopes.flatMap(scope => CLASSIC[scope] ?? [])];
  return [...new Set(granted.flatMap(one => (one.endsWith(':write') ? [one.replace(/write$/, 'read'), one] : [one])))];
}

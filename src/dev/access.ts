import { stringify } from 'yaml';
import { callers } from './certificates.ts';

/** Subjects of development tokens; what they may do reaches as far as the token's claim `projects`. */
export const people = { manager: 'user:demo', viewer: 'user:viewer' } as const;

/** The same, to choose from on the sign-in page. */
export const faces = [
  { subject: people.manager, name: 'Demo Manager', about: 'connects, rotates, replays' },
  { subject: people.viewer, name: 'Demo Viewer', about: 'looks, changes nothing' },
] as const;

const viewer = ['catalog.read', 'integrations.read', 'events.read', 'references.read', 'audit.read'];
const manager = [...viewer, 'integrations.manage', 'events.manage'];

/** The access list of development: a manager, a viewer, and the internal callers but the stranger. */
export function accessFile(): string {
  const everywhere = { projects: ['*'] };
  const list = {
    roles: { viewer, manager },
    callers: [
      { identity: people.manager, roles: ['manager'], projects: { claim: 'projects' } },
      { identity: people.viewer, roles: ['viewer'], projects: { claim: 'projects' } },
      {
        identity: callers.executor,
        roles: ['viewer'],
        permissions: ['credentials.resolve', 'credentials.read'],
        ...everywhere,
      },
      {
        identity: callers.trigger,
        roles: ['viewer'],
        permissions: ['source_events.consume', 'source_events.manage'],
        ...everywhere,
      },
      { identity: callers.operator, roles: ['viewer'], permissions: ['vault.manage'], ...everywhere },
      { identity: callers.platform, permissions: ['references.publish', 'references.read'], ...everywhere },
    ],
  };
  return `# Who may do what. Read at start and again on each change. Identities: a certificate's SPIFFE URI, a token's subject.\n${stringify(list)}`;
}

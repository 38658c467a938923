import { READS } from '../../kit/effects.ts';
import { field, flag, input, output, text } from '../../kit/schema.ts';
import type { Action } from '../../provider.ts';
import { cursor, limit, member, nextCursor, user, userReference } from './fields.ts';

const reading = { runtimeState: 'ACTIVE', risk: 'LOW', annotations: READS, references: [] } as const;
const oneUser = output(['user'], { user: member });

export const workspaceActions: readonly Action[] = [
  {
    ...reading,
    name: 'slack.user.get',
    title: 'Get a user',
    description: 'Reads one member of the workspace.',
    scopes: ['users:read'],
    references: [userReference],
    inputSchema: input(['user'], { user }),
    outputSchema: oneUser,
  },
  {
    ...reading,
    name: 'slack.user.list',
    title: 'List users',
    description: 'Reads the members of the workspace, a page at a time.',
    scopes: ['users:read'],
    inputSchema: input([], { limit: limit('Members at most'), cursor }),
    outputSchema: output(['members'], {
      members: field('array', 'Members', { items: member }),
      response_metadata: nextCursor,
    }),
  },
  {
    ...reading,
    name: 'slack.user.lookup',
    title: 'Find a user by e-mail',
    description: 'Finds the member with that e-mail address.',
    scopes: ['users:read', 'users:read.email'],
    inputSchema: input(['email'], { email: text('E-mail address', 254, { format: 'email' }) }),
    outputSchema: oneUser,
  },
  {
    ...reading,
    name: 'slack.user.profile',
    title: 'Get a user’s profile',
    description: 'Reads title, status and custom fields of a member.',
    scopes: ['users.profile:read'],
    references: [userReference],
    inputSchema: input(['user'], { user, include_labels: flag('Name the custom fields') }),
    outputSchema: output(['profile'], {
      profile: output([], {
        real_name: field('string', 'Full name'),
        display_name: field('string', 'Name shown'),
        title: field('string', 'Job title'),
        status_text: field('string', 'Status'),
        status_emoji: field('string', 'Emoji of the status'),
        fields: field(['object', 'null'], 'Custom fields by id'),
      }),
    }),
  },
  {
    ...reading,
    name: 'slack.workspace.info',
    title: 'Get the workspace',
    description: 'Reads name and domain of the workspace.',
    scopes: ['team:read'],
    inputSchema: input([], {}),
    outputSchema: output(['team'], {
      team: output(['id', 'name'], {
        id: field('string', 'Workspace id'),
        name: field('string', 'Name'),
        domain: field('string', 'First part of its address'),
      }),
    }),
  },
];

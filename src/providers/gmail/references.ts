import { whole } from '../kit/page_rules.ts';
import { optionalString, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ReferenceType } from '../provider.ts';
import { MODIFY } from './auth.ts';

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [MODIFY], dependsOn: [] } as const;

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'gmail.label',
    title: 'Label',
    description: 'A label of the mailbox, Gmail’s own such as INBOX among them.',
    ...restLookup({
      path: '/gmail/v1/users/me/labels',
      pages: whole,
      items: ['labels'],
      item: node => {
        const value = readString(node.id, 'id');
        return { value, label: optionalString(node.name) ?? value, state: 'PRESENT' };
      },
      one: id => `/gmail/v1/users/me/labels/${segment(id)}`,
    }),
  },
  {
    ...type,
    name: 'gmail.send_as',
    title: 'Sender',
    description: 'An address that the mailbox may send as.',
    ...restLookup({
      path: '/gmail/v1/users/me/settings/sendAs',
      pages: whole,
      items: ['sendAs'],
      item: node => {
        const value = readString(node.sendAsEmail, 'sendAsEmail');
        return { value, label: optionalString(node.displayName) ?? value, description: value, state: 'PRESENT' };
      },
      one: address => `/gmail/v1/users/me/settings/sendAs/${segment(address)}`,
    }),
  },
];

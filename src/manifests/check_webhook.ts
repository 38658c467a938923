import type { Flaw } from './check.ts';
import { fieldsOf } from './check_connect.ts';
import type { Manifest, WebhookManifest } from './manifest.ts';
import { parseTemplate } from './template.ts';

/** Whether a delivery can be verified, told apart, named and attributed. */
export function checkWebhook({ webhook, event_types: types = [], connect }: Manifest): Flaw[] {
  if (webhook === undefined) {
    return types.length === 0 ? [] : [{ path: ['event_types'], message: 'need a webhook that brings them' }];
  }
  const names = types.flatMap(({ vendor_names: all }, index) =>
    all.map((name, at) => ({ name, path: ['event_types', index, 'vendor_names', at] })),
  );
  const twice = names.filter(({ name }, index) => names.findIndex(each => each.name === name) < index);
  return [
    ...(types.length > 0 ? [] : [{ path: ['webhook'], message: 'needs event_types that it brings' }]),
    ...twice.map(({ name, path }) => ({ path, message: `${name} is another event type’s already` })),
    ...signatureFlaws(webhook),
    ...ownerFlaws(webhook, connect),
  ];
}

function signatureFlaws({ signature: { signed = '{body}', timestamp } }: WebhookManifest): Flaw[] {
  const path = ['webhook', 'signature', 'signed'];
  const { texts, names } = parseTemplate(signed);
  const count = (name: string): number => names.filter(each => each === name).length;
  const unknown = names.filter(name => name !== 'body' && name !== 'timestamp');
  if (texts.some(text => /[{}]/.test(text)) || unknown.length > 0) {
    return [{ path, message: 'may have the places {body} and {timestamp}, and no other braces' }];
  }
  if (count('body') !== 1) return [{ path, message: 'must have {body} once: what is not signed is anybody’s' }];
  if (timestamp !== undefined && count('timestamp') === 0) {
    return [{ path, message: 'must have {timestamp}: a time that is not signed keeps no old delivery out' }];
  }
  if (timestamp === undefined && count('timestamp') > 0) {
    return [{ path, message: 'has {timestamp}; say in `timestamp` which header it is' }];
  }
  return [];
}

function ownerFlaws({ secret, secret_field: name, account }: WebhookManifest, connect: Manifest['connect']): Flaw[] {
  if (secret === 'app') {
    const isTaken = name === 'client_id' || name === 'client_secret';
    return [
      ...(account === undefined
        ? [
            {
              path: ['webhook'],
              message: 'needs account: the secret is one for all, and only the body says whose it is',
            },
          ]
        : []),
      ...(isTaken
        ? [{ path: ['webhook', 'secret_field'], message: `${name} is the OAuth client’s; take another name` }]
        : []),
    ];
  }
  const field = connect.flatMap(fieldsOf).find(each => each.name === name);
  if (field?.secret === true) return [];
  return [
    {
      path: ['webhook', 'secret_field'],
      message: `must name a field of a way to connect that is marked secret; ${name} is none`,
    },
  ];
}

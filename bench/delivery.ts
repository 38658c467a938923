import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Ground } from './ground.ts';

/** Of so many GitHub installations there is one integration each. */
export const INSTALLATIONS = 50;
const DELIVERY_BYTES = 8_192;

export type Delivery = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** Makes GitHub's own example of an opened issue, with another issue and sender each time, padded to 8 kB and signed. */
export function createDeliveries(secret: string): (n: number) => Delivery {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    default?: Example[];
  } & Example[];
  const example = (examples.default ?? examples)
    .find(({ name }) => name === 'issues')
    ?.examples.find(({ action }) => action === 'opened');
  if (example === undefined) throw new Error('the examples have no opened issue');
  return n => {
    const payload = structuredClone(example) as Payload;
    payload.installation = { id: 1_000 + (n % INSTALLATIONS) };
    Object.assign(payload.issue, { id: 10_000_000 + n, number: n, node_id: `n${n}`, body: '' });
    payload.issue.body = 'x'.repeat(Math.max(0, DELIVERY_BYTES - JSON.stringify(payload).length));
    const body = JSON.stringify(payload);
    return {
      body,
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issues',
        'x-github-delivery': `bench-${process.pid}-${n}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      },
    };
  };
}

type Example = { readonly name: string; readonly examples: readonly { readonly action?: string }[] };
type Payload = { installation: { id: number }; issue: Record<string, unknown> & { body: string } };

export async function seedInstallations(ground: Ground): Promise<void> {
  await ground.db.query(
    `insert into integrations (project, id, provider, name, is_default, status, account_id, account_label, auth_kind,
       config, requested_scopes, granted_scopes, tags, created_by, create_time, update_time, revision, generation)
     select 'bench-' || n, 'intg_github' || lpad(n::text, 20, '0'), 'github', 'Account ' || n, false, 'ACTIVE',
       (1000 + n)::text, 'Account ' || n, 'APP_INSTALLATION', '{}', '{}', null, '{}', 'bench', now(), now(), 1, 1
     from generate_series(0, $1::int - 1) n on conflict do nothing`,
    [INSTALLATIONS],
  );
}

import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Ground } from './ground.ts';

/** Of so many GitHub installations there is one integration each. */
export const INSTALLATIONS = 50;
const DELIVERY_BYTES = 8_192;

export type Delivery = { readonly body: string; readonly headers: Readonly<Record<string, string>> };

/** Makes GitHub's own example of an opened issue, with another issue each time, brought to 8 kB and signed. */
export function createDeliveries(secret: string): (n: number) => Delivery {
  const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as {
    default?: Example[];
  } & Example[];
  const example = (examples.default ?? examples)
    .find(({ name }) => name === 'issues')
    ?.examples.find(({ action }) => action === 'opened');
  if (example === undefined) throw new Error('the examples have no opened issue');
  // Made once: what is made for each delivery must cost the sender little, who shares a core with PostgreSQL.
  const payload = structuredClone(example) as Payload;
  payload.installation = { id: PLACE.installation };
  Object.assign(payload.issue, { id: PLACE.id, number: PLACE.number, node_id: `${PLACE.node}`, body: '' });
  cutUrls(payload.repository, () => JSON.stringify(payload).length <= DELIVERY_BYTES);
  payload.issue.body = 'x'.repeat(Math.max(0, DELIVERY_BYTES - JSON.stringify(payload).length));
  const parts = JSON.stringify(payload).split(/(70000000[1-4])/);
  return n => {
    const values: Readonly<Record<string, string>> = {
      [PLACE.installation]: String(1_000 + (n % INSTALLATIONS)),
      [PLACE.id]: String(10_000_000 + n),
      [PLACE.number]: String(n),
      [PLACE.node]: `n${n}`,
    };
    const body = parts.map(part => values[part] ?? part).join('');
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

/** Numbers that stand where each delivery has its own. */
const PLACE = { installation: 700000001, id: 700000002, number: 700000003, node: 700000004 } as const;

type Example = { readonly name: string; readonly examples: readonly { readonly action?: string }[] };
type Payload = {
  installation: { id: number };
  issue: Record<string, unknown> & { body: string };
  repository: Record<string, unknown>;
};

/** Takes addresses of its parts from the repository until it is small enough. */
function cutUrls(repository: Record<string, unknown>, isSmall: () => boolean): void {
  for (const name of Object.keys(repository)) {
    if (isSmall()) return;
    if (name.endsWith('_url')) delete repository[name];
  }
}

export async function seedInstallations(ground: Pick<Ground, 'db'>): Promise<void> {
  await ground.db.query(
    `insert into integrations (project, id, provider, name, is_default, status, account_id, account_label, auth_kind,
       config, requested_scopes, granted_scopes, tags, created_by, create_time, update_time, revision, generation)
     select 'bench-' || n, 'intg_github' || lpad(n::text, 20, '0'), 'github', 'Account ' || n, false, 'ACTIVE',
       (1000 + n)::text, 'Account ' || n, 'APP_INSTALLATION', '{}', '{}', null, '{}', 'bench', now(), now(), 1, 1
     from generate_series(0, $1::int - 1) n on conflict do nothing`,
    [INSTALLATIONS],
  );
}

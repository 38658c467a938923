import { randomBytes } from 'node:crypto';
import type { Deps } from '../deps.ts';
import { Secret } from '../secret.ts';
import type { Subscription } from './entity.ts';

type Owner = Pick<Subscription, 'project' | 'integrationId' | 'id'>;

const FIELD = 'secret';

/** A signing secret that we choose: 256 bits in characters that every vendor takes. */
export function newSecret(): Secret {
  return new Secret(randomBytes(32).toString('hex'));
}

export function sealSecret(deps: Pick<Deps, 'vault'>, owner: Owner, version: number, secret: Secret): Promise<Buffer> {
  return deps.vault.seal(placeOf(owner, version), { [FIELD]: secret });
}

/** What its deliveries may be signed with: the present secret, and the one before while the old webhook stands. */
export async function signingSecrets(
  deps: Pick<Deps, 'vault'>,
  row: Owner & Pick<Subscription, 'sealedSecret' | 'oldSealedSecret' | 'secretVersion'>,
): Promise<readonly Secret[]> {
  const { sealedSecret, oldSealedSecret, secretVersion } = row;
  const sealed = [
    { bytes: sealedSecret, version: secretVersion },
    { bytes: oldSealedSecret, version: secretVersion - 1 },
  ];
  const secrets: Secret[] = [];
  for (const { bytes, version } of sealed) {
    if (!bytes) continue;
    const opened = await deps.vault.open(placeOf(row, version), bytes);
    if (opened[FIELD] !== undefined) secrets.push(opened[FIELD]);
  }
  return secrets;
}

function placeOf({ project, integrationId, id }: Owner, version: number) {
  return { project, integrationId, field: `subscription/${id}`, version };
}

import { setTimeout as delay } from 'node:timers/promises';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, type Guarantee, outcomeOf } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';

/** A place that holds sealed bytes. */
type Cell = { readonly table: string; readonly column: string; readonly where: string; readonly bytes: Buffer };

const victim = { project: 'swap-a', provider: 'jira' } as const;

export const rowSwap: Guarantee = {
  name: 'row-swap',
  shows: 'sealed bytes moved to another project, integration, field or version never open',
  prove: ground =>
    ground.stage({ processes: 1, withSandbox: true }, async stage => {
      const [service] = stage.processes;
      if (service === undefined) throw new Error('no process');
      const id = await connect(service, victim.project);
      // Of the version that the victim's will be.
      const sheets = await connect(service, victim.project, { provider: 'google_sheets' });
      await connect(service, victim.project, { provider: 'google_sheets', integrationId: sheets });
      await connect(service, 'swap-b');
      // Sealed beside the credential: a token minted from it, and the secret of a webhook.
      await connect(service, victim.project, { provider: 'github' });
      await resolve(service, victim.project, { provider: 'github' });
      const credentials = {
        api_key: stage.sandbox.seeds.linear.apiKey,
        webhook_secret: 'a-webhook-secret-of-32-characters',
      };
      await service
        .rpc(IntegrationService)
        .connectProvider({ project: victim.project, provider: 'linear', credentials });
      // An older version of the victim's own.
      const older = await sealedOf(stage, id);
      await connect(service, victim.project, { integrationId: id });
      const own = (await resolve(service, victim.project)).accessToken;
      const good = await sealedOf(stage, id);
      const cells = await sealedCells(stage);
      const sources = [
        ...cells
          .filter(cell => !cell.bytes.equals(good))
          .map(cell => ({ name: `${cell.table}.${cell.column}`, bytes: cell.bytes })),
        { name: 'an older version', bytes: older },
        ...flips(good).map(bytes => ({ name: 'a changed bit', bytes })),
        { name: 'cut short', bytes: good.subarray(0, good.length - 1) },
        { name: 'nothing', bytes: Buffer.alloc(0) },
      ];
      let tried = 0;
      for (const { name, bytes } of sources) {
        await put(stage, id, bytes);
        await expectClosed(stage, service, own, name);
        tried += 1;
      }
      // A project's data key under another project's name does not unwrap either.
      await put(stage, id, good);
      const swapped = await swapDataKeys(stage);
      const other = await stage.start();
      const outcome = await outcomeOf(resolve(other, victim.project));
      expect(outcome !== 'OK', 'a data key moved to another project unwraps');
      await swapped();
      expect((await resolve(other, victim.project)).accessToken === own, 'put back, it does not open');
      return { moved: tried + 1, opened: 0 };
    }),
};

/** Never the own token, for it is not there; until what was kept in memory is dropped the own one may come. */
async function expectClosed({ db }: Stage, service: ServiceProcess, own: string, what: string): Promise<void> {
  const endMs = performance.now() + 5_000;
  for (;;) {
    await db.query(`select pg_notify('mobius_integration_changed', $1)`, [victim.project]);
    const tokens: string[] = [];
    const outcome = await outcomeOf(
      resolve(service, victim.project).then(({ accessToken }) => {
        tokens.push(accessToken);
      }),
    );
    if (outcome !== 'OK') return;
    expect(tokens[0] === own, `${what} opened in a place it was not sealed for`);
    expect(performance.now() < endMs, `${what} opened, or the process never reads what the store holds`);
    await delay(20);
  }
}

async function put({ db }: Stage, id: string, bytes: Buffer): Promise<void> {
  await db.query(`update credentials set sealed = $1 where integration_id = $2 and state = 'CURRENT'`, [bytes, id]);
}

async function sealedOf({ db }: Stage, id: string): Promise<Buffer> {
  const { rows } = await db.query(`select sealed from credentials where integration_id = $1 and state = 'CURRENT'`, [
    id,
  ]);
  return rows[0]?.sealed as Buffer;
}

/** All there are, whatever the table: what later versions seal is among them. */
async function sealedCells({ db }: Stage): Promise<Cell[]> {
  const columns = await db.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = 'public' and data_type = 'bytea' and column_name like 'sealed%'`,
  );
  const cells: Cell[] = [];
  for (const { table, column } of columns.rows) {
    const { rows } = await db.query(`select ctid, ${column} as bytes from ${table} where ${column} is not null`);
    for (const row of rows) cells.push({ table, column, where: String(row.ctid), bytes: row.bytes });
  }
  expect(
    new Set(cells.map(cell => `${cell.table}.${cell.column}`)).size >= 3,
    'too few kinds of sealed values to swap',
  );
  return cells;
}

function flips(bytes: Buffer): Buffer[] {
  return [0, 1, 5, 20, bytes.length - 1].map(at => {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  });
}

async function swapDataKeys({ db }: Stage): Promise<() => Promise<void>> {
  const swap = async (): Promise<void> => {
    await db.query(`update data_keys a set wrapped = b.wrapped, keyring_key = b.keyring_key from data_keys b
      where (a.project, b.project) in (('swap-a', 'swap-b'), ('swap-b', 'swap-a'))`);
  };
  await swap();
  return swap;
}

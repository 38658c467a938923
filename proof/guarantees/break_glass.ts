import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { connect, resolve } from '../connecting.ts';
import { copyMany } from '../copies.ts';
import { expect, expectEqual, type Guarantee, outcomeOf, tally } from '../guarantee.ts';
import { underLoad } from '../load.ts';

const integrations = 1_000;
const callers = 24;
const provider = 'google_sheets';

export const breakGlass: Guarantee = {
  name: 'break-glass',
  shows:
    '1,000 integrations are frozen by one call: from its return no process resolves any of them, and each has a receipt',
  alone: true,
  prove: ground =>
    ground.stage({ processes: 4 }, async ({ processes, db }) => {
      const [first] = processes;
      if (first === undefined) throw new Error('no process');
      const source = { project: 'glass-0', id: await connect(first, 'glass-0', { provider }) };
      const all = [source, ...(await copyMany(processes, source, integrations - 1, n => `glass-${n % 50}`))];
      const request = { project: '*', provider, reason: 'proof' };
      const rehearsal = await first.rpc(IntegrationService).revokeIntegrations({ ...request, dryRun: true });
      expectEqual(rehearsal.receipts.length, integrations, 'receipts of the rehearsal');
      const untouched = await db.query(`select count(*)::int as n from integrations where status = 'ACTIVE'`);
      expectEqual(untouched.rows[0]?.n, integrations, 'integrations that the rehearsal left active');

      const answers: { endMs: number; outcome: string }[] = [];
      const call = async (i: number): Promise<void> => {
        const target = all[(i * 37) % all.length];
        const process = processes[i % processes.length];
        if (target === undefined || process === undefined) throw new Error('nothing to resolve');
        const outcome = await outcomeOf(resolve(process, target.project, { provider, integrationId: target.id }));
        answers.push({ endMs: performance.now(), outcome });
      };
      const { receipts, calledMs, returnedMs } = await underLoad(callers, call, async () => {
        await until(() => answers.length >= 300);
        const calledMs = performance.now();
        const answer = await first.rpc(IntegrationService).revokeIntegrations(request);
        const returnedMs = performance.now();
        await until(() => performance.now() - returnedMs > 1_000);
        return { receipts: answer.receipts, calledMs, returnedMs };
      });
      // Each of them once more, by whichever process.
      const after = await inTurn(all, (target, i) => {
        const process = processes[i % processes.length] ?? first;
        return outcomeOf(resolve(process, target.project, { provider, integrationId: target.id }));
      });
      expectEqual(tally(after), { EXPIRED: integrations }, 'every integration resolved after the call');
      const late = answers.filter(({ endMs, outcome }) => endMs > returnedMs && outcome === 'OK');
      expectEqual(late.length, 0, 'resolves that succeeded after the call had returned');
      const before = answers.filter(({ endMs, outcome }) => endMs < calledMs && outcome === 'OK').length;
      expect(before > 100, `only ${before} resolves before the call: no load`);
      const others = tally(answers.map(({ outcome }) => outcome).filter(o => o !== 'OK' && o !== 'EXPIRED'));
      expectEqual(others, {}, 'outcomes other than OK and EXPIRED');
      expectEqual(receipts.length, integrations, 'receipts');
      expectEqual(new Set(receipts.map(r => r.integrationId)).size, integrations, 'integrations with a receipt');
      expect(
        receipts.every(r => r.frozen && r.revocations.length > 0),
        'a receipt without freeze or revocation',
      );
      return {
        integrations,
        receipts: receipts.length,
        call_ms: Math.round(returnedMs - calledMs),
        resolved_before: before,
        resolved_after: 0,
        refused: answers.length - answers.filter(({ outcome }) => outcome === 'OK').length + after.length,
      };
    }),
};

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 10));
}

async function inTurn<T, R>(items: readonly T[], work: (item: T, i: number) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < items.length; i = next++) results[i] = await work(items[i] as T, i);
  };
  await Promise.all(Array.from({ length: callers }, worker));
  return results;
}

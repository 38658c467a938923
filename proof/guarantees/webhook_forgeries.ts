import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import type { Composed } from '../../src/sandbox/deliveries.ts';
import { addAccount, compose, happening, inParallel, post, type Sending, senders } from '../deliveries.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';

const project = 'forgeries';

type Target = Sending & {
  readonly endpoint: string;
  readonly signatureHeader: string;
  /** The vendor signs the body; else a token that says who calls. */
  readonly coversBody: boolean;
  readonly signsTime: boolean;
};

export const webhookForgeries: Guarantee = {
  name: 'webhook-forgeries',
  shows: 'per provider: every single-byte change, missing or foreign signature, stale and future timestamp refused',
  prove: ground =>
    ground.stage(
      {
        processes: 1,
        withSandbox: true,
        environment: { MOBIUS_LOG_LEVEL: 'warn', MOBIUS_REJECTIONS_PER_MINUTE: '60' },
      },
      prove,
    ),
};

async function prove(stage: Stage): Promise<Figures> {
  const [service] = stage.processes;
  if (service === undefined) throw new Error('no process');
  for (const provider of senders) await addAccount(stage, project, provider);
  const refused: Record<string, number> = {};
  for (const target of await targetsOf(stage, service)) {
    const genuine = await compose(stage, target);
    expectEqual(await send(service, target, genuine), 200, `${target.provider}: the genuine delivery`);
    const forgeries = await forgeriesOf(stage, target, genuine);
    await inParallel(forgeries, 16, async ([name, forged]) => {
      const status = await send(service, target, forged);
      expectEqual(status, 401, `${target.provider}: ${name}`);
    });
    refused[`${target.provider}_refused`] = forgeries.length;
  }
  const { rows } = await stage.db.query(`select count(distinct delivery_key)::int as n from integration_events`);
  const genuine = Object.keys(refused).length;
  expectEqual(rows[0].n, genuine, 'deliveries recorded');
  return { providers: genuine, ...refused, recorded: rows[0].n };
}

async function targetsOf(stage: Stage, service: ServiceProcess): Promise<readonly Target[]> {
  const { openai } = stage.sandbox.seeds;
  const { integration } = await service.rpc(IntegrationService).connectProvider({
    project,
    provider: 'openai',
    credentials: { api_key: openai.projectKey, webhook_secret: openai.webhookSecret },
  });
  const shared = { endpoint: '', coversBody: true, signsTime: true };
  return [
    { ...happening(stage, 'slack', 1), ...shared, signatureHeader: 'x-slack-signature' },
    { ...happening(stage, 'github', 1), ...shared, signatureHeader: 'x-hub-signature-256', signsTime: false },
    { ...happening(stage, 'linear', 1), ...shared, signatureHeader: 'linear-signature' },
    { ...happening(stage, 'jira', 1), ...shared, signatureHeader: 'authorization', coversBody: false },
    {
      provider: 'openai',
      delivery: { event: 'batch.completed' },
      deliveryId: 'wh_proof',
      ...shared,
      endpoint: `${project}.${integration?.id}`,
      signatureHeader: 'webhook-signature',
    },
  ];
}

function send(service: ServiceProcess, { provider, endpoint }: Target, composed: Sent): Promise<number> {
  return post(service, provider, composed as Composed, endpoint);
}

type Sent = { readonly body: string | Buffer; readonly headers: Record<string, string> };

async function forgeriesOf(stage: Stage, target: Target, genuine: Composed): Promise<(readonly [string, Sent])[]> {
  const { signatureHeader, coversBody, signsTime } = target;
  const forgeries: (readonly [string, Sent])[] = [];
  const body = Buffer.from(genuine.body);
  for (let i = 0; coversBody && i < body.byteLength; i++) {
    const changed = Buffer.from(body);
    changed[i] = (changed[i] ?? 0) ^ 1;
    forgeries.push([`byte ${i} of the body changed`, { ...genuine, body: changed }]);
  }
  const name = Object.keys(genuine.headers).find(header => header.toLowerCase() === signatureHeader) ?? '';
  const signature = genuine.headers[name] ?? '';
  expect(signature.length > 20, `${target.provider}: the sandbox sends no ${signatureHeader}`);
  const withSignature = (text: string): Sent => ({ ...genuine, headers: { ...genuine.headers, [name]: text } });
  for (let i = 0; i < signature.length; i++) {
    // `Bearer` and a token's last character, whose lowest bits say nothing, have other spellings.
    if (!coversBody && (i < 7 || i === signature.length - 1)) continue;
    const other = signature[i] === 'A' ? 'B' : 'A';
    forgeries.push([
      `character ${i} of the signature changed`,
      withSignature(signature.slice(0, i) + other + signature.slice(i + 1)),
    ]);
  }
  const { [name]: _, ...unsigned } = genuine.headers;
  forgeries.push(['unsigned', { ...genuine, headers: unsigned }], ['signed with nothing', withSignature('')]);
  const foreign = target.provider === 'openai' ? `whsec_${Buffer.alloc(32, 7).toString('base64')}` : 'a-foreign-secret';
  forgeries.push(['signed with a foreign secret', await compose(stage, target, foreign)]);
  if (!signsTime) return forgeries;
  for (const [what, ms] of [
    ['stale', -3_600_000],
    ['from the future', 600_000],
  ] as const) {
    const delivery = { ...target.delivery, time: new Date(Date.now() + ms) };
    forgeries.push([what, await compose(stage, { ...target, delivery })]);
  }
  return forgeries;
}

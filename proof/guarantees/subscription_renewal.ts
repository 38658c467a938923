import type { Pool } from 'pg';
import { AuthKind } from '../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import type { Sandbox } from '../../src/sandbox/start.ts';
import { connect } from '../connecting.ts';
import { expect, expectEqual, type Figures, type Guarantee } from '../guarantee.ts';
import { onSubscriptions, type SubscriptionStage } from '../subscriptions.ts';

const days = 30;
const stepMs = 2 * 3_600_000;
const stepsADay = 12;
const project = 'renewal';
/** By provider: how many webhooks there are to be, and what happens there each time; nothing, where they only have to stand. */
const vendors = [
  { provider: 'github', hooks: 2, event: 'issues.opened' },
  { provider: 'linear', hooks: 1, event: 'Issue.create' },
  { provider: 'jira', hooks: 1, event: 'jira:issue_created' },
  // A channel lives a week and cannot be prolonged.
  { provider: 'google_drive', hooks: 1, event: undefined },
] as const;
const repositories = ['acme/api', 'acme/web'];

export const subscriptionRenewal: Guarantee = {
  name: 'subscription-renewal',
  shows: `${days} simulated days, 2 processes: no webhook lapses; deleted ones are made anew, and what was missed is told once`,
  prove: ground => onSubscriptions(ground, 2, prove),
};

async function prove(stage: SubscriptionStage): Promise<Figures> {
  const { sandbox, db, alive } = stage;
  await connectAll(stage);
  await stage.pass(1_000);
  const madeFirst = counts(sandbox);
  expectEqual(madeFirst, { github: 2, linear: 1, jira: 1, google_drive: 1 }, 'webhooks after connecting');
  const happened: string[] = [];
  const figures = { lapses: 0, deleted: 0, missed: 0, kills: 0, renewed: 0, replaced: 0 };
  const seen = new Map<string, { readonly id: string; readonly end: number | undefined }>();
  /** Deleted at the vendor and not looked for yet. */
  const gone = new Set<string>();
  const stands = (): void => {
    for (const { provider, hooks } of vendors) {
      const standing = sandbox.hooks(provider).all();
      if (!gone.has(provider) && standing.length !== hooks) figures.lapses += 1;
      expect(standing.length <= hooks, `${provider} has ${standing.length} webhooks, ${hooks} are wanted`);
      const [one] = standing;
      const before = seen.get(provider);
      if (one?.expireTime === undefined) continue;
      seen.set(provider, { id: one.id, end: one.expireTime.getTime() });
      if (before === undefined || gone.has(provider)) continue;
      if (before.id !== one.id) figures.replaced += 1;
      else if (before.end !== one.expireTime.getTime()) figures.renewed += 1;
    }
  };
  const occur = async (count = 1): Promise<void> => {
    for (const { provider, event } of vendors) {
      if (event === undefined) continue;
      for (let i = 0; i < count; i++) {
        const target = repositories[(happened.length + i) % repositories.length] ?? '';
        const { happening, deliveries } = await sandbox.happen(provider, { event, target });
        happened.push(`${provider} ${keyOf(provider, happening.object)}`);
        if (!deliveries.some(({ status }) => status === 200)) figures.missed += 1;
      }
    }
  };
  const appended: string[] = [];
  for (let step = 0; step < days * stepsADay; step++) {
    const [day, hour] = [Math.floor(step / stepsADay), step % stepsADay];
    if (hour === 3 && [5, 12, 20].includes(day)) {
      // Delivered a moment before it goes: the lists of the gap have it too.
      await occur();
      const provider = vendors[[5, 12, 20].indexOf(day)]?.provider ?? 'github';
      for (const { id } of sandbox.hooks(provider).all()) {
        sandbox.hooks(provider).remove(id);
        figures.deleted += 1;
      }
      gone.add(provider);
      seen.delete(provider);
      await occur(3);
    }
    if (hour === 5 && [8, 15].includes(day) && alive[0] !== undefined) {
      figures.kills += 1;
      await stage.kill(alive[0]);
    }
    if (hour === 9 && [8, 15].includes(day)) await stage.start();
    if (hour === 2 && day === 22) {
      // Nobody is there for half a day: what vendors send meanwhile finds no one.
      for (const process of [...alive]) await stage.kill(process);
      figures.kills += 2;
    }
    if (hour === 8 && day === 22) {
      await stage.start();
      await stage.start();
    }
    if (hour % 2 === 0) await occur();
    if (hour === 6) appended.push(append(sandbox, `day ${day}`));
    // The vendors' clocks are there first: what ends by then has ended.
    await stage.pass(stepMs, stands);
    if (alive.length > 0) gone.clear();
    stands();
  }
  // What was read is read again, should anything come twice.
  await stage.pass(stepMs, stands);
  const told = await publishedOf(db);
  const lost = happened.filter(key => !told.includes(key));
  const twice = told.length - new Set(told).size;
  expectEqual(figures.lapses, 0, 'times at which a webhook was missing');
  expectEqual(lost, [], 'events that were never told');
  expectEqual(twice, 0, 'events told twice');
  expectEqual(told.length, happened.length, 'events told');
  expectEqual(await rowsOf(db), appended, 'rows told by polling');
  const recovered = await countOf(db, `source = 'RECOVERED' and stage = 'RECORDED'`);
  expectEqual(recovered, figures.missed, 'events recovered');
  expectEqual(counts(sandbox), madeFirst, 'webhooks at the end');
  const isShown = figures.missed > 0 && figures.renewed > 0 && figures.replaced > 0;
  expect(isShown, 'nothing was missed, renewed or replaced: this shows nothing');
  return {
    days,
    ...figures,
    events: happened.length,
    recovered,
    polled: appended.length,
    lost: lost.length,
    twice,
  };
}

async function connectAll({ alive, sandbox }: SubscriptionStage): Promise<void> {
  const [first] = alive;
  if (first === undefined) throw new Error('no process');
  const integrations = first.rpc(IntegrationService);
  const { github, linear } = sandbox.seeds;
  await integrations.connectProvider({
    ...{ project, provider: 'github', authKind: AuthKind.API_KEY, credentials: { api_key: github.personalToken } },
    config: { repositories },
  });
  await integrations.connectProvider({ project, provider: 'linear', credentials: { api_key: linear.apiKey } });
  await connect(first, project, { provider: 'jira' });
  await connect(first, project, { provider: 'google_sheets' });
  await connect(first, project, { provider: 'google_drive' });
}

function counts(sandbox: Sandbox): Record<string, number> {
  return Object.fromEntries(vendors.map(({ provider }) => [provider, sandbox.hooks(provider).all().length]));
}

function append(sandbox: Sandbox, text: string): string {
  const [spreadsheet] = sandbox.seeds.google_sheets.spreadsheets;
  if (spreadsheet === undefined) throw new Error('no spreadsheet');
  sandbox.sheets.append(spreadsheet, 'Deploys', [[text, 'api', '1.0']]);
  return text;
}

const keyOf = (provider: string, object: Readonly<Record<string, unknown>>): string =>
  String(provider === 'github' ? object.number : object.id);

/** What the trigger engine got, by provider and object. */
async function publishedOf(db: Pool): Promise<string[]> {
  const { rows } = await db.query(
    `select e.provider || ' ' || coalesce(e.payload->'issue'->>'number', e.payload->'data'->>'id', e.payload->'issue'->>'id') as key
     from source_events s join integration_events e on e.project = s.project and e.id = s.integration_event_id
     where s.project = $1 and e.provider <> 'google_sheets'`,
    [project],
  );
  return rows.map(({ key }) => key);
}

async function rowsOf(db: Pool): Promise<string[]> {
  const { rows } = await db.query(
    `select e.payload->'values'->>'Time' as text from source_events s
     join integration_events e on e.project = s.project and e.id = s.integration_event_id
     where s.project = $1 and e.provider = 'google_sheets' and e.source = 'POLL' order by s.number`,
    [project],
  );
  return rows.map(({ text }) => text);
}

async function countOf(db: Pool, condition: string): Promise<number> {
  const query = `select count(*)::int as n from integration_events where project = $1 and ${condition}`;
  return (await db.query(query, [project])).rows[0].n;
}

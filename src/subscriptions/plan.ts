import type { EntityManager } from '@mikro-orm/postgresql';
import { typeid } from 'typeid-js';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { findIntegration } from '../integrations/choose.ts';
import type { Integration } from '../integrations/entity.ts';
import { feedFor, subscriptionsFor } from '../providers/catalog_index.ts';
import type { FeedTarget, Target } from '../providers/subscription.ts';
import { pgArray } from '../store/sql.ts';
import { type SubscriptionPlan, SubscriptionPlanEntity } from './entity.ts';
import { judgeFailure } from './failure.ts';
import { noteEventHealth } from './health.ts';
import {
  claimRow,
  FAILED_RETRY_MS,
  holdBack,
  LeaseLost,
  releaseRow,
  saveRow,
  unlessLost,
  type WorkPlace,
} from './lease.ts';
import { isSwitchedOff, openFor } from './open.ts';

const PLAN_EVERY_MS = 86_400_000;
const MAX_TARGETS = 200;

/** What a plan depends on, of an integration `i`. */
const SETTINGS = `md5(concat_ws('/', i.status, i.account_id, i.generation, i.auth_kind, i.config, i.granted_scopes,
  exists (select 1 from webhook_secrets w
           where w.project = i.project and w.integration_id = i.id and w.state = 'CURRENT')))`;

/** Every integration whose vendor makes webhooks or is read has a plan, due at once where it is new or changed. */
export async function keepPlans(
  em: EntityManager,
  deps: Pick<Deps, 'catalog' | 'now'>,
  project?: string,
): Promise<void> {
  const able = deps.catalog.providers.filter(({ subscriptions, feed }) => subscriptions ?? feed).map(({ id }) => id);
  await em.execute(
    `insert into subscription_plans (project, integration_id, provider, account_id, settings, is_paused, failures, next_time)
     select i.project, i.id, i.provider, i.account_id, ${SETTINGS}, false, 0, ?
       from integrations i where i.provider = any(?::text[]) ${project === undefined ? '' : 'and i.project = ?'}
     on conflict (project, integration_id) do update
       set settings = excluded.settings, plan_time = null, failures = 0, next_time = excluded.next_time
       where subscription_plans.settings <> excluded.settings`,
    [deps.now(), pgArray(able), ...(project === undefined ? [] : [project])],
  );
}

/** Asks what there is to bring events of, and makes, changes and removes rows accordingly: others work at these. */
export function workPlan(deps: Deps, place: WorkPlace): Promise<void> {
  return deps.flights.join(`subscription_plans/${place.project}/${place.id}`, async () => {
    const em = deps.store.em.fork();
    const holder = await claimRow(em, 'subscription_plans', place, deps.now());
    if (holder === undefined) return;
    const key = { project: place.project, integrationId: place.id };
    const plan = await deps.store.em.fork().findOne(SubscriptionPlanEntity, key);
    if (plan === null) return;
    try {
      await work(deps, plan, holder);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      await fail(deps, plan, holder, error);
    }
  });
}

async function work(deps: Deps, plan: SubscriptionPlan, holder: string): Promise<void> {
  const integration = await findIntegration(deps.store.em.fork(), plan.project, plan.integrationId);
  const provider = deps.catalog.provider(integration.provider);
  const place = placeOf(plan);
  if (provider === undefined || isSwitchedOff(deps, provider, plan.project) || integration.status !== 'ACTIVE') {
    return await deps.store.em.fork().transactional(tx => rest(tx, plan, holder, integration));
  }
  const subscriptions = subscriptionsFor(provider, integration.authKind);
  const feed = feedFor(provider, integration.authKind);
  const now = deps.now();
  const isChanged = plan.planTime === null || plan.planTime === undefined;
  const isDaily = isChanged || now.getTime() - (plan.planTime?.getTime() ?? 0) >= PLAN_EVERY_MS * 0.9;
  // A person who brought a signing secret makes the webhooks too.
  const isOurs = subscriptions !== undefined && !(await hasOwnSecret(deps.store.em.fork(), plan));
  let hooks: readonly Target[] | undefined = isOurs ? undefined : [];
  let feeds: readonly FeedTarget[] | undefined = feed === undefined ? [] : undefined;
  if (isOurs && isDaily) {
    const used = await openFor(deps, plan, () => subscriptions);
    hooks = (await subscriptions.targets(used.call())).slice(0, MAX_TARGETS);
    await saveRow(deps.store.em.fork(), 'subscription_plans', place, holder, {});
  }
  if (feed !== undefined) {
    const used = await openFor(deps, plan, () => feed);
    feeds = (await feed.targets(used.call())).slice(0, MAX_TARGETS);
  }
  await deps.store.em.fork().transactional(async tx => {
    await saveRow(tx, 'subscription_plans', place, holder, {
      account_id: integration.accountId,
      is_paused: false,
      failure: null,
      failures: 0,
      ...(isDaily && { plan_time: now }),
    });
    if (plan.accountId !== integration.accountId) await forgetTargets(tx, plan);
    if (plan.isPaused) await resume(tx, plan, now);
    if (hooks !== undefined) await keepSubscriptions(tx, integration, hooks, now, isChanged);
    if (feeds !== undefined) await keepFeeds(tx, integration, feeds, now, isChanged);
  });
  if (plan.failures > 0) await noteEventHealth(deps, plan);
  const isVersioned = feeds?.some(({ version }) => version !== undefined) === true;
  const everyMs = feed !== undefined && isVersioned ? feed.everyMs : PLAN_EVERY_MS;
  const to = new Date(now.getTime() + everyMs * (0.9 + deps.random() * 0.1));
  await releaseRow(deps.store.em.fork(), 'subscription_plans', place, holder, { from: plan.nextTime, to });
}

const placeOf = ({ project, integrationId }: SubscriptionPlan): WorkPlace => ({ project, id: integrationId });

/** Nothing is asked of the vendor until the integration changes. Of what a person switched off, nothing is told later either. */
async function rest(
  tx: EntityManager,
  plan: SubscriptionPlan,
  holder: string,
  integration: Integration,
): Promise<void> {
  const is_paused = plan.isPaused || integration.status === 'INACTIVE';
  const place = placeOf(plan);
  await releaseRow(tx, 'subscription_plans', place, holder, { from: plan.nextTime, to: null }, { is_paused });
  for (const table of ['subscriptions', 'feeds']) {
    await tx.execute(
      `update ${table} set next_time = null where project = ? and integration_id = ? and lease_end_time is null`,
      [plan.project, plan.integrationId],
    );
  }
}

async function resume(tx: EntityManager, { project, integrationId }: SubscriptionPlan, now: Date): Promise<void> {
  const place = [project, integrationId];
  await tx.execute('update subscriptions set good_time = ?, create_time = ? where project = ? and integration_id = ?', [
    now,
    now,
    ...place,
  ]);
  await tx.execute(
    'update feeds set cursor = null, read_version = null where project = ? and integration_id = ?',
    place,
  );
}

/** They were another account's, whose credential is gone. */
async function forgetTargets(tx: EntityManager, { project, integrationId }: SubscriptionPlan): Promise<void> {
  for (const table of ['subscriptions', 'feeds']) {
    await tx.execute(`delete from ${table} where project = ? and integration_id = ?`, [project, integrationId]);
  }
}

async function hasOwnSecret(em: EntityManager, { project, integrationId }: SubscriptionPlan): Promise<boolean> {
  const rows = await em.execute<unknown[]>(
    `select 1 from webhook_secrets where project = ? and integration_id = ? and state = 'CURRENT' limit 1`,
    [project, integrationId],
  );
  return rows.length > 0;
}

type Owner = Pick<Integration, 'project' | 'id' | 'provider'>;

/** `isChanged`: the integration did, so that whatever failed may work now. */
async function keepSubscriptions(
  tx: EntityManager,
  { project, id, provider }: Owner,
  targets: readonly Target[],
  now: Date,
  isChanged: boolean,
): Promise<void> {
  const rows = rowsOf(targets, 'sub');
  await tx.execute(
    `insert into subscriptions as s (project, id, integration_id, provider, target, label, event_types, settings, is_wanted,
       state, secret_version, tries, create_time, good_time, failures, next_time)
     select ?, r.id, ?, ?, r.target, r.label, r.event_types, r.settings, true, 'CREATING', 1, 0, ?, ?, 0, ?
       from jsonb_to_recordset(?::jsonb) as r (id text, target text, label text, event_types text[], settings jsonb)
     on conflict (project, integration_id, target) do update set label = excluded.label, is_wanted = true,
       event_types = excluded.event_types, settings = excluded.settings,
       next_time = case when ? or not s.is_wanted or (s.event_types, s.settings) <> (excluded.event_types, excluded.settings)
         then excluded.next_time else s.next_time end`,
    [project, id, provider, now, now, now, rows, isChanged],
  );
  await tx.execute(
    `update subscriptions set is_wanted = false, next_time = ?, failures = 0
      where project = ? and integration_id = ? and (is_wanted or ?) and not target = any(?::text[])`,
    [now, project, id, isChanged, pgArray(targets.map(({ key }) => key))],
  );
}

async function keepFeeds(
  tx: EntityManager,
  { project, id, provider }: Owner,
  targets: readonly FeedTarget[],
  now: Date,
  isChanged: boolean,
): Promise<void> {
  await tx.execute(
    `insert into feeds as f (project, id, integration_id, provider, target, label, event_types, settings, version,
       create_time, failures, next_time)
     select ?, r.id, ?, ?, r.target, r.label, r.event_types, r.settings, r.version, ?, 0, ?
       from jsonb_to_recordset(?::jsonb) as r (id text, target text, label text, event_types text[], settings jsonb,
         version text)
     on conflict (project, integration_id, target) do update set label = excluded.label, settings = excluded.settings,
       event_types = excluded.event_types, version = excluded.version,
       next_time = case when ? or f.settings <> excluded.settings
           or excluded.version is not null and f.read_version is distinct from excluded.version and f.failures = 0
         then least(f.next_time, excluded.next_time) else f.next_time end`,
    [project, id, provider, now, now, rowsOf(targets, 'feed'), isChanged],
  );
  await tx.execute('delete from feeds where project = ? and integration_id = ? and not target = any(?::text[])', [
    project,
    id,
    pgArray(targets.map(({ key }) => key)),
  ]);
}

/** A key that comes twice counts once. */
function rowsOf(targets: readonly FeedTarget[], prefix: 'sub' | 'feed'): string {
  const each = new Map(targets.map(target => [target.key, target]));
  return JSON.stringify(
    [...each.values()].map(({ key, label, eventTypes, settings = {}, version }) => ({
      id: typeid(prefix).toString(),
      target: key,
      label: label.slice(0, 512),
      event_types: [...new Set(eventTypes)].slice(0, MAX_TARGETS),
      settings,
      version: version ?? null,
    })),
  );
}

async function fail(deps: Deps, plan: SubscriptionPlan, holder: string, error: unknown): Promise<void> {
  const em = deps.store.em.fork();
  const place = placeOf(plan);
  const from = plan.nextTime;
  const release = (to: Date | null, columns = {}) =>
    releaseRow(em, 'subscription_plans', place, holder, { from, to }, columns);
  try {
    if (deps.stopping.aborted) return await release(from ?? null);
    // Deleted meanwhile, and the plan with it.
    if (error instanceof IntegrationError && error.reason === 'INTEGRATION_NOT_FOUND') return;
    const failed = judgeFailure(deps, error, plan.failures);
    deps.log.info({ provider: plan.provider, cause: failed.kind }, 'a vendor could not be asked what to subscribe to');
    await release(failed.retryTime, { failure: failed.kind, failures: plan.failures + 1 });
    if (failed.holdsBack) {
      await holdBack(em, plan.project, plan.integrationId, failed.retryTime);
    }
    await noteEventHealth(deps, plan);
  } catch (other) {
    if (other instanceof LeaseLost) return;
    await release(new Date(deps.now().getTime() + FAILED_RETRY_MS)).catch(unlessLost);
    throw other;
  }
}

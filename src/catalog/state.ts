import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import type { Provider } from '../providers/provider.ts';
import type { Caller } from '../rpc/caller.ts';
import { executePrepared } from '../store/sql.ts';
import { EXPIRY_NOTICE_MS, type IntegrationStanding, type Standing } from './readiness.ts';

/** A project's catalog is read for somebody: what they may not use is not READY. */
export type Reader = {
  readonly project: string;
  readonly caller: Caller;
  /** The permission that must come with the provider. */
  readonly permission: 'catalog.read' | 'references.read';
};

/** Integrations by provider. */
export type ProjectState = ReadonlyMap<string, readonly IntegrationStanding[]>;

type Row = {
  id: string;
  provider: string;
  name: string;
  is_default: boolean;
  status: IntegrationStanding['status'];
  health_cause: IntegrationStanding['healthCause'];
  health_message: string | null;
  account_id: string;
  account_label: string;
  account_url: string | null;
  auth_kind: IntegrationStanding['authKind'];
  granted_scopes: string[] | null;
  update_ms: number;
  create_ms: number;
  health_ms: number | null;
  version: number | null;
  expire_ms: number | null;
  refreshable: boolean | null;
  secret_fields: string[] | null;
};

/** Throws PROVIDER_NOT_FOUND. */
export function findProvider(deps: Pick<Deps, 'catalog'>, id: string): Provider {
  const provider = deps.catalog.provider(id);
  if (provider === undefined) throw new IntegrationError('PROVIDER_NOT_FOUND', { provider: id });
  return provider;
}

/**
 * Everything of the project that readiness depends on, in one query. Absent `provider`: of every provider. Planned anew for each call
 * it took 700 µs of PostgreSQL's processor, prepared 160.
 */
export async function loadState(em: EntityManager, project: string, provider?: string): Promise<ProjectState> {
  const rows = await executePrepared<Row>(
    em,
    `select i.id, i.provider, i.name, i.is_default, i.status, i.health_cause, i.health_message,
            i.account_id, i.account_label, i.account_url, i.auth_kind, i.granted_scopes,
            (extract(epoch from i.update_time) * 1000)::float8 as update_ms,
            (extract(epoch from i.create_time) * 1000)::float8 as create_ms,
            (extract(epoch from i.health_since) * 1000)::float8 as health_ms,
            c.version, (extract(epoch from c.expire_time) * 1000)::float8 as expire_ms, c.refreshable,
            c.secret_fields || array(select w.field from webhook_secrets w
              where w.project = i.project and w.integration_id = i.id and w.state = 'CURRENT') as secret_fields
       from integrations i
       left join credentials c on c.project = i.project and c.integration_id = i.id and c.state = 'CURRENT'
      where i.project = ? ${provider === undefined ? '' : 'and i.provider = ?'}
      order by i.create_time, i.id`,
    provider === undefined ? [project] : [project, provider],
  );
  return Map.groupBy(rows.map(readRow), integration => integration.provider);
}

function readRow(row: Row): IntegrationStanding {
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    isDefault: row.is_default,
    status: row.status,
    healthCause: row.health_cause,
    healthMessage: row.health_message ?? '',
    account: { id: row.account_id, label: row.account_label, url: row.account_url ?? '' },
    authKind: row.auth_kind,
    grantedScopes: row.granted_scopes,
    updateTime: new Date(row.update_ms),
    createTime: new Date(row.create_ms),
    healthSince: row.health_ms === null ? undefined : new Date(row.health_ms),
    credential:
      row.version === null
        ? undefined
        : {
            expireTime: row.expire_ms === null ? undefined : new Date(row.expire_ms),
            refreshable: row.refreshable === true,
            secretFields: row.secret_fields ?? undefined,
          },
  };
}

/** Whether a list shows it unasked: of the connect-only ones only what the platform has an app for, or the project is connected to. */
export function isShown(deps: Pick<Deps, 'platform'>, provider: Provider, state: ProjectState): boolean {
  return provider.support === undefined || state.has(provider.id) || deps.platform.appOf(provider) !== undefined;
}

/** Where the project stands with one provider, as the reader may know it. */
export function standingOf(
  deps: Pick<Deps, 'platform' | 'access' | 'now'>,
  reader: Reader,
  provider: Provider,
  state: ProjectState,
): Standing {
  const { project, caller, permission } = reader;
  const app = deps.platform.appOf(provider);
  return {
    provider,
    project,
    now: deps.now(),
    isDisabled: deps.platform.isDisabled(provider),
    isInPlan: deps.platform.isInPlan(provider, project),
    hasApp: app !== undefined,
    appSecrets: Object.entries(app?.secrets ?? {}).flatMap(([name, values]) => (values.length > 0 ? [name] : [])),
    hasPlatformCredential: deps.platform.credentialOf(provider) !== undefined,
    isPermitted: deps.access.permitsProvider(caller, provider.id, permission, project),
    integrations: state.get(provider.id) ?? [],
  };
}

/** When time alone changes a readiness next: a credential's end, or the notice of it. */
export function nextExpiry(state: ProjectState, now: Date): Date | undefined {
  const moments = [...state.values()]
    .flat()
    .flatMap(i => i.credential?.expireTime?.getTime() ?? [])
    .flatMap(end => [end - EXPIRY_NOTICE_MS, end])
    .filter(moment => moment > now.getTime());
  return moments.length === 0 ? undefined : new Date(Math.min(...moments));
}

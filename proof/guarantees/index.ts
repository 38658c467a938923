import type { Guarantee } from '../guarantee.ts';
import { auditChain } from './audit_chain.ts';
import { auditFailClosed } from './audit_fail_closed.ts';
import { breakGlass } from './break_glass.ts';
import { consumerCrash } from './consumer_crash.ts';
import { deadGrant } from './dead_grant.ts';
import { explain } from './explain.ts';
import { ingestExactlyOnce } from './ingest_exactly_once.ts';
import { kekRewrap } from './kek_rewrap.ts';
import { overload } from './overload.ts';
import { providerConformance } from './provider_conformance.ts';
import { reconnectRace } from './reconnect_race.ts';
import { referenceCompleteness } from './reference_completeness.ts';
import { referenceDrift } from './reference_drift.ts';
import { refreshClock } from './refresh_clock.ts';
import { refreshCrash } from './refresh_crash.ts';
import { refreshStorm } from './refresh_storm.ts';
import { rowSwap } from './row_swap.ts';
import { secretCanary } from './secret_canary.ts';
import { storeOutage } from './store_outage.ts';
import { subscriptionRenewal } from './subscription_renewal.ts';
import { tenantWall } from './tenant_wall.ts';
import { webhookForgeries } from './webhook_forgeries.ts';

/** In the order they are shown. */
export const guarantees: readonly Guarantee[] = [
  refreshStorm,
  refreshCrash,
  refreshClock,
  reconnectRace,
  deadGrant,
  auditFailClosed,
  auditChain,
  secretCanary,
  rowSwap,
  tenantWall,
  kekRewrap,
  breakGlass,
  ingestExactlyOnce,
  storeOutage,
  webhookForgeries,
  consumerCrash,
  explain,
  subscriptionRenewal,
  referenceCompleteness,
  referenceDrift,
  providerConformance,
  overload,
];

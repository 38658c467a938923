import type { CauseDetail } from '../catalog/causes.ts';
import type { Verdict } from '../catalog/readiness.ts';
import { FAILURE_TEXTS, needsReconnect } from '../subscriptions/failure.ts';
import type { ListedSubscription } from '../subscriptions/list.ts';
import type { EndpointSeen } from './activity.ts';
import { connectAgain, type DeliveryCause, refusal, type Stop, switchOn } from './explanation.ts';

/** What there is to say where nothing arrived. */
export type Absence = {
  readonly project: string;
  /** Undefined: any. */
  readonly provider: string | undefined;
  readonly displayName: string;
  readonly eventType: string | undefined;
  /** Undefined: no single type was asked for. */
  readonly readiness: Verdict | undefined;
  readonly isTriggerable: boolean;
  readonly integrations: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: 'ACTIVE' | 'INACTIVE' | 'EXPIRED';
  }[];
  readonly endpoints: readonly EndpointSeen[];
  /** Those that should have brought it. */
  readonly subscriptions: readonly ListedSubscription[];
  /** The time that was asked for. */
  readonly range: { readonly since: Date; readonly until: Date };
};

/** The most likely reason that nothing came, by what is known: the first that applies. */
export function explainAbsence(absence: Absence): Stop {
  const { project, provider, displayName, eventType, readiness, integrations, endpoints } = absence;
  const what = eventType === undefined ? 'Nothing' : `No ${eventType}`;
  const stop = (cause: DeliveryCause, message: string, fix?: Stop['fix']): Stop => ({
    stage: 'RECEIVED',
    cause,
    message: `${what} arrived: ${message}`,
    ...(fix && { fix }),
  });
  const by = (cause: DeliveryCause, detail: CauseDetail): Stop => stop(cause, detail.message, detail.fix);

  const off = causeAmong(readiness, ['NOT_IMPLEMENTED', 'DISABLED_BY_ENVIRONMENT', 'DISABLED_BY_PLAN']);
  if (off !== undefined) return by(off.cause === 'NOT_IMPLEMENTED' ? 'NOT_TRIGGERABLE' : 'NOT_RECEIVED', off);
  if (integrations.length === 0) {
    const fix = provider === undefined ? undefined : connectAgain(project, provider);
    return stop(
      'NO_INTEGRATION',
      `the project has no integration${displayName && ` with ${displayName}`}. Connect it.`,
      fix,
    );
  }
  if (integrations.every(i => i.status === 'EXPIRED')) {
    const [first] = integrations;
    return stop(
      'INTEGRATION_UNUSABLE',
      `the credential of "${first?.name}" is no longer usable, and the provider may have stopped sending. Connect it again.`,
      connectAgain(project, provider ?? '', first?.id),
    );
  }
  const lapse = lapseOf(absence);
  if (lapse !== undefined) return stop('SUBSCRIPTION_LAPSED', lapse.message, lapse.fix);
  const unmade = causeAmong(readiness, ['SUBSCRIPTION_LAPSED']);
  if (unmade !== undefined) return by('SUBSCRIPTION_LAPSED', unmade);
  const secret = causeAmong(readiness, ['PLATFORM_APP_MISSING', 'NOT_CONFIGURED']);
  if (secret !== undefined) return by('SECRET_MISSING', secret);
  const refused = endpoints.find(e => e.rejectedCount > 0 && e.lastRejection !== undefined);
  if (refused?.lastRejection !== undefined) {
    const inner = refusal(refused.lastRejection, refused.lastDetail, connectAgain(project, refused.provider));
    const whose = refused.project === '' ? 'which several projects may share' : 'which is the integration’s own';
    return {
      ...inner,
      message: `${what} was accepted; the endpoint "${refused.endpoint}" of ${refused.provider}, ${whose}, refused ${refused.rejectedCount} then, the last as follows. ${inner.message}`,
    };
  }
  const scope = readiness?.causes[0];
  if (scope !== undefined && scope.cause !== 'INACTIVE') return by('NOT_RECEIVED', scope);
  const inactive = integrations.find(i => i.status === 'INACTIVE');
  if (inactive !== undefined && integrations.every(i => i.status !== 'ACTIVE')) {
    return stop('INTEGRATION_UNUSABLE', `"${inactive.name}" is switched off.`, switchOn(project, inactive.id));
  }
  const last = endpoints.flatMap(e => e.deliveryTime ?? []).toSorted((a, b) => b.getTime() - a.getTime())[0];
  const seen =
    last === undefined
      ? 'Our address has never seen a delivery'
      : `Our address saw its last delivery at ${last.toISOString()}`;
  return stop(
    'NOT_RECEIVED',
    `the provider sent none, and nothing here kept it out. ${seen}. See at the provider that its webhook is on, includes the event and points to the address that GetProvider gives.`,
    {
      method: 'mobius.integrations.v1.CatalogService/GetProvider',
      arguments: { project, ...(provider && { provider }) },
    },
  );
}

/** A subscription that does not work now, or did not in the time asked for. */
function lapseOf({ project, subscriptions, range }: Absence): Pick<Stop, 'message' | 'fix'> | undefined {
  const lapsed = subscriptions.find(({ lapseTime }) => lapseTime !== undefined && lapseTime < range.until);
  if (lapsed?.lapseTime !== undefined) {
    const { target, lapseTime, failure, retryTime, integrationId } = lapsed;
    const why = failure === undefined ? '' : `: ${FAILURE_TEXTS[failure]}`;
    const isTheirs = failure !== undefined && needsReconnect(failure);
    const next = isTheirs
      ? ' Connect the integration again.'
      : retryTime === undefined
        ? ''
        : ` It is tried again at ${retryTime.toISOString()}.`;
    return {
      message: `the subscription of ${target} has been lapsed since ${lapseTime.toISOString()}${why}.${next}`,
      ...(isTheirs && { fix: connectAgain(project, lapsed.provider, integrationId) }),
    };
  }
  const missed = subscriptions.find(({ gap }) => gap && gap.start < range.until && gap.end > range.since);
  if (missed?.gap === undefined) return undefined;
  const { start, end, isRecovered } = missed.gap;
  const read = isRecovered
    ? 'what the provider still lists of that time was read'
    : 'the provider does not list what happened then';
  return {
    message: `the subscription of ${missed.target} did not stand from ${start.toISOString()} to ${end.toISOString()}, and ${read}.`,
  };
}

function causeAmong(verdict: Verdict | undefined, causes: readonly string[]): CauseDetail | undefined {
  return verdict?.causes.find(({ cause }) => causes.includes(cause));
}

import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from '../../gen/grpc/health/v1/health_pb.js';

export type ServiceStatus = 'SERVING' | 'NOT_SERVING';

/** The serving status of this process, and the grpc.health.v1 service that tells it. */
export type ProcessHealth = {
  /** Sets one service, or the whole server under ''. Ignored once draining. */
  set(service: string, status: ServiceStatus): void;
  /** What Check answers; undefined for a service that was never set. */
  get(service: string): ServiceStatus | undefined;
  /** Turns everything NOT_SERVING for good; every Watch stream says so and ends. */
  drain(): void;
  /** Registers the service. One health object may serve several listeners. */
  serve(router: ConnectRouter): void;
};

/** `known` are the services told apart; they and '' start as NOT_SERVING. */
export function createHealth(known: readonly string[] = []): ProcessHealth {
  const statuses = new Map<string, ServiceStatus>(['', ...known].map(name => [name, 'NOT_SERVING']));
  let change = Promise.withResolvers<void>();
  let draining = false;

  function announce() {
    const announced = change;
    change = Promise.withResolvers();
    announced.resolve();
  }

  async function* watch(service: string, signal: AbortSignal) {
    const aborted = new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
    let told: ServingStatus | undefined;
    while (!signal.aborted) {
      // Taken before the status is read: a change in between wakes the wait below at once.
      const changed = change.promise;
      const status = onWire(statuses.get(service));
      if (status !== told) yield { status };
      told = status;
      if (draining) return;
      await Promise.race([changed, aborted]);
    }
  }

  return {
    set(service, status) {
      if (draining || statuses.get(service) === status) return;
      statuses.set(service, status);
      announce();
    },
    get: service => statuses.get(service),
    drain() {
      draining = true;
      for (const service of statuses.keys()) statuses.set(service, 'NOT_SERVING');
      announce();
    },
    serve(router) {
      router.service(Health, {
        check({ service }) {
          const status = statuses.get(service);
          if (status === undefined) throw new ConnectError('this server has no such service', Code.NotFound);
          return { status: onWire(status) };
        },
        watch: ({ service }, { signal }) => watch(service, signal),
      });
    },
  };
}

function onWire(status: ServiceStatus | undefined): ServingStatus {
  return status === undefined ? ServingStatus.SERVICE_UNKNOWN : ServingStatus[status];
}

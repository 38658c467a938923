import {
  type DescMethod,
  type DescService,
  getOption,
  hasOption,
  type Message,
  toJsonString,
} from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import { ErrorInfoSchema } from '../../gen/google/rpc/error_details_pb.js';
import { requires } from '../../gen/mobius/access/v1/access_pb.js';
import { AuditService } from '../../gen/mobius/integrations/v1/audit_service_pb.js';
import { EventService } from '../../gen/mobius/integrations/v1/event_service_pb.js';
import { IntegrationService } from '../../gen/mobius/integrations/v1/integration_service_pb.js';
import { callers } from '../../src/dev/certificates.ts';
import { internalServices, publicServices } from '../../src/server.ts';
import { connect, resolve } from '../connecting.ts';
import type { Stage } from '../ground.ts';
import { expect, expectEqual, type Guarantee } from '../guarantee.ts';
import type { ServiceProcess } from '../service_process.ts';
import { type Names, namesOthers, requestOf } from '../wall_requests.ts';

const services: readonly DescService[] = [...publicServices, ...internalServices];
const methods = services.flatMap(service => service.methods.map(method => ({ service, method })));
const permissions = [...new Set(methods.map(({ method }) => permissionOf(method)))];
const streamMs = 400;
const marker = 'theirs-only';

export const tenantWall: Guarantee = {
  name: 'tenant-wall',
  shows:
    "every method called with another project's ids answers as for absent ones, and nothing of the other's gets out",
  prove: ground => {
    const access = (list: { callers: object[] }) =>
      void list.callers.push({ identity: callers.stranger, permissions, projects: ['mine'] });
    return ground.stage({ processes: 1, withSandbox: true, access }, async stage => {
      const [service] = stage.processes;
      if (service === undefined) throw new Error('no process');
      const theirs = await settle(stage, service);
      await connect(service, 'mine');
      const before = await theirRows(stage);
      const told = (await markersOf(stage)).filter(text => !Object.values(theirs).includes(text));

      let pairs = 0;
      let bytes = 0;
      const reasons = new Set<string>();
      for (const { service: of, method } of methods) {
        const known = method.input.fields.map(({ name }) => name);
        const aspects: { readonly foreign: Names; readonly absent: Names; readonly what: string }[] = [];
        const absent = absentNames(theirs);
        if (namesOthers(method)) {
          const own = { project: 'mine' };
          aspects.push({ what: 'ids', foreign: { ...theirs, ...own }, absent: { ...absent, ...own } });
        }
        if (known.includes('project') || known.includes('projects')) {
          aspects.push({ what: 'project', foreign: theirs, absent });
        }
        for (const { what, foreign, absent: gone } of aspects) {
          const name = `${of.name}/${method.name} with foreign ${what}`;
          const [a, b] = [await answer(service, of, method, foreign), await answer(service, of, method, gone)];
          expect(!/FIELD_INVALID/.test(b), `${name}: the proof does not know how to ask: ${b.slice(0, 200)}`);
          expectEqual(normal(a, foreign), normal(b, gone), name);
          const leaks = told.filter(text => a.includes(text));
          expectEqual(leaks, [], `${name}: what is the other's`);
          pairs += 1;
          bytes += a.length;
          reasons.add(a.split(' ')[0] ?? '');
        }
      }
      expect(reasons.size >= 3, `the answers are all alike: ${[...reasons]}`);
      expectEqual(await theirRows(stage), before, "the other's rows afterwards");
      const covered = methods.filter(({ method }) => method.input.fields.some(f => /^projects?$/.test(f.name)));
      return { methods: covered.length, pairs, bytes_searched: bytes, markers: told.length, differences: 0, leaked: 0 };
    });
  },
};

/** What the other project has of everything: integrations, a session, events, leases, audit records. */
async function settle(stage: Stage, service: ServiceProcess): Promise<Names> {
  const project = 'theirs';
  const integration = await connect(service, project);
  await connect(service, project, { provider: 'slack' });
  await service
    .rpc(IntegrationService)
    .updateIntegration({ project, integration, name: `${marker} name`, tags: { team: `${marker} tag` } });
  const { lease } = await resolve(service, project).then(({ leaseId }) => ({ lease: leaseId }));
  const { sessionId: session } = await service.rpc(IntegrationService).connectProvider({ project, provider: 'jira' });
  const payload = { text: `${marker} words` };
  const delivered = await stage.sandbox.deliver('slack', { event: 'message', payload, to: service.addresses.edge });
  expectEqual(delivered.status, 200, 'the delivery to the other project');
  const { events } = await service.rpc(EventService).listIntegrationEvents({ project });
  await service.rpc(AuditService).listAuditRecords({ project });
  const [event] = events;
  expect(event !== undefined, 'the other project has no event');
  const { integration: known } = await service.rpc(IntegrationService).getIntegration({ project, integration });
  return {
    project,
    sourceProject: project,
    integration,
    session,
    event: event.id,
    sourceEvent: event.sourceEvent?.id ?? '',
    lease,
    deliveryKey: event.deliveryKey,
    account: known?.account?.id ?? '',
    ackToken: 'x'.repeat(40),
  };
}

/** Names of the same shape that nothing has. */
function absentNames(names: Names): Names {
  const turned = Object.entries(names).map(([key, name]) => {
    const [prefix, rest] = /^[a-z]+_/.test(name)
      ? [name.slice(0, name.indexOf('_') + 1), name.slice(name.indexOf('_') + 1)]
      : ['', name];
    return [key, prefix + rest.replaceAll(/[a-y0-8]/g, c => String.fromCharCode(c.charCodeAt(0) + 1))];
  });
  return Object.fromEntries(turned) as Names;
}

/** Everything that came back, as text: code, reason, message, details, or the messages of the answer. */
async function answer(service: ServiceProcess, of: DescService, method: DescMethod, names: Names): Promise<string> {
  const client = service.internal(of, 'stranger') as Record<string, (request: Message, options: object) => unknown>;
  const told: string[] = [];
  try {
    const result = client[method.localName]?.(requestOf(method, names), {
      ...(method.methodKind === 'server_streaming' && { signal: AbortSignal.timeout(streamMs) }),
    });
    if (method.methodKind === 'unary') told.push(toJsonString(method.output, (await result) as never));
    else
      for await (const message of result as AsyncIterable<Message>)
        told.push(toJsonString(method.output, message as never));
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error;
    if (method.methodKind === 'server_streaming' && error.code === Code.Canceled) return `OPEN ${told.join('\n')}`;
    expect(error.code !== Code.Unimplemented, `${of.name}/${method.name} is not implemented`);
    const [info] = error.findDetails(ErrorInfoSchema);
    const details = error.details.map(detail =>
      'debug' in detail ? [detail.type, Buffer.from(detail.value).toString('latin1')] : [],
    );
    return [
      info?.reason ?? Code[error.code],
      Code[error.code],
      error.rawMessage,
      JSON.stringify(info?.metadata),
      JSON.stringify(details),
    ].join(' ');
  }
  return `OK ${told.join('\n')}`;
}

/** Without what varies by itself: the names that were asked for, times and ids of calls. */
function normal(text: string, names: Names): string {
  const sorted = Object.entries(names).toSorted(([, a], [, b]) => b.length - a.length);
  return sorted
    .reduce(
      (sofar, [key, name]) =>
        name === '' ? sofar : sofar.replaceAll(name, `<${/project/i.test(key) ? 'project' : key}>`),
      text,
    )
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<call>')
    .replaceAll(/\b(intg|csns|lease|ievt|sevt|audt)_[0-9a-z]{26}\b/g, '<own>');
}

/** Everything of the other project in the store that is longer than chance. */
async function markersOf({ db }: Stage): Promise<string[]> {
  const { rows } = await db.query(
    `select id from integrations where project = 'theirs' union all select name from integrations where project = 'theirs'
     union all select id from audit_records where project = 'theirs' union all select id from source_events where project = 'theirs'
     union all select id from credential_leases where project = 'theirs'
     union all select fingerprint from credentials where project = 'theirs'`,
  );
  return [...new Set([...rows.map(row => String(row.id)), marker])].filter(text => text.length >= 8);
}

/** A digest of every row that is the other's, in every table. */
async function theirRows({ db }: Stage): Promise<string> {
  const tables = await db.query<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'project' order by 1`,
  );
  const digests: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await db.query(
      `select count(*)::int as n, md5(string_agg(md5(t::text), '' order by md5(t::text))) as digest from "${name}" t where project = 'theirs'`,
    );
    digests.push(`${name} ${rows[0]?.n} ${rows[0]?.digest}`);
  }
  return digests.join('\n');
}

function permissionOf(method: DescMethod): string {
  return hasOption(method, requires) ? getOption(method, requires).permission : '';
}

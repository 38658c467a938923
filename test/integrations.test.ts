import { create, toJsonString } from '@bufbuild/protobuf';
import { Code, type ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditService } from '../gen/mobius/integrations/v1/audit_service_pb.js';
import { ConnectKind, IntegrationSchema, IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { openBrowser } from './browser.ts';
import { countIntegrations } from './count_integrations.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let project: string;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

let count = 0;
/** Each test works in a project of its own. */
beforeEach(() => {
  project = `p${++count}`;
});

const integrations = () => world.rpc(IntegrationService);

function connectLinear(apiKey = world.seeds.linear.apiKey, more: object = {}) {
  return integrations().connectProvider({ project, provider: 'linear', credentials: { api_key: apiKey }, ...more });
}

const stored = () => countIntegrations(world, project);

describe('connecting inline', () => {
  test('tries the key at the provider, then stores and activates', async () => {
    const { kind, integration } = await connectLinear();
    expect(kind).toBe(ConnectKind.COMPLETE);
    expect(integration?.status).toBe(IntegrationStatus.ACTIVE);
    expect(integration?.isDefault).toBe(true);
    expect(integration?.account?.label).toBe(world.seeds.linear.organizations[0]?.name);
    expect(toJsonString(IntegrationSchema, integration ?? create(IntegrationSchema))).not.toContain(
      world.seeds.linear.apiKey,
    );
  });

  test('a wrong key is refused and nothing is stored', async () => {
    expect(await reasonOf(connectLinear('lin_api_0123456789012345678901234567890123456789'))).toBe(
      'CREDENTIAL_REFUSED',
    );
    expect(await stored()).toBe(0);
  });

  test('a form that does not fit names its fields and stores nothing', async () => {
    const call = integrations().connectProvider({
      project,
      provider: 'linear',
      credentials: { api_key: 7, other: 'x' },
    });
    const error = await call.then(
      () => undefined,
      (e: unknown) => e as ConnectError,
    );
    expect(error?.code).toBe(Code.InvalidArgument);
    expect(error?.message).toContain('api_key');
    expect(await stored()).toBe(0);
  });

  test('a secret sent as config is refused', async () => {
    const call = integrations().connectProvider({
      project,
      provider: 'linear',
      config: { api_key: world.seeds.linear.apiKey },
    });
    expect(await reasonOf(call)).toBe('FIELD_INVALID');
  });

  test('a provider that is down or answers nonsense stores nothing', async () => {
    const down = world.sandbox.inject({ provider: 'linear', status: 500, times: 5 });
    expect(await reasonOf(connectLinear())).toBe('PROVIDER_UNAVAILABLE');
    down.remove();
    const fault = world.sandbox.inject({ provider: 'linear', status: 200, body: '<html>maintenance</html>', times: 5 });
    expect(await reasonOf(connectLinear())).toBe('PROVIDER_ANSWER_INVALID');
    fault.remove();
    expect(await stored()).toBe(0);
  });

  test('connecting the same account again rotates the credential under the same id', async () => {
    const first = await connectLinear();
    const second = await connectLinear();
    expect(second.integration?.id).toBe(first.integration?.id);
    expect(second.integration?.credential?.version).toBe(2);
    const { rows } = await world.db.query(
      'select version, state, sealed is null as gone from credentials where project = $1 order by version',
      [project],
    );
    expect(rows).toEqual([
      { version: 1, state: 'DESTROYED', gone: true },
      { version: 2, state: 'CURRENT', gone: false },
    ]);
  });

  test('a second integration of the provider needs its own name and is not the default', async () => {
    await connectLinear();
    const second = await connectLinear(undefined, { name: 'second' });
    expect(second.integration?.isDefault).toBe(false);
    const third = await connectLinear(undefined, { name: 'third', makeDefault: true });
    expect(third.integration?.isDefault).toBe(true);
    const { integrations: all } = await integrations().listIntegrations({ project });
    expect(all.filter(i => i.isDefault).map(i => i.name)).toEqual(['third']);
  });

  test('connects at once make one default', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    await Promise.all(names.map(name => connectLinear(undefined, { name })));
    const { integrations: all } = await integrations().listIntegrations({ project });
    expect(all.map(i => i.name).sort()).toEqual(names);
    expect(all.filter(i => i.isDefault)).toHaveLength(1);
  });

  test('forty connects at once in a fresh project all come through', async () => {
    const names = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const answers = await Promise.all(names.map(name => connectLinear(undefined, { name })));
    expect(new Set(answers.map(a => a.integration?.name)).size).toBe(40);
  });

  test('a repeated request_id gives the first answer, another request under it is refused', async () => {
    const [a, b] = await Promise.all([
      connectLinear(undefined, { requestId: 'r1', name: 'x' }),
      connectLinear(undefined, { requestId: 'r1', name: 'x' }),
    ]);
    expect(a.integration?.id).toBe(b.integration?.id);
    expect(a.integration?.credential?.version).toBe(1);
    expect(await reasonOf(connectLinear(undefined, { requestId: 'r1', name: 'y' }))).toBe('REQUEST_ID_REUSED');
  });

  test('an unknown provider is not found, a built-in one needs no connection', async () => {
    expect(await reasonOf(integrations().connectProvider({ project, provider: 'nobody' }))).toBe('PROVIDER_NOT_FOUND');
    expect(await reasonOf(integrations().connectProvider({ project, provider: 'table' }))).toBe('FIELD_INVALID');
  });
});

describe('keeping integrations', () => {
  test('an update changes what is given, under the etag last seen', async () => {
    const { integration } = await connectLinear();
    const id = integration?.id ?? '';
    const { integration: updated } = await integrations().updateIntegration({
      project,
      integration: id,
      etag: integration?.etag,
      name: 'renamed',
      status: IntegrationStatus.INACTIVE,
      tags: { team: 'core' },
    });
    expect([updated?.name, updated?.status, updated?.tags]).toEqual([
      'renamed',
      IntegrationStatus.INACTIVE,
      { team: 'core' },
    ]);
    const stale = integrations().updateIntegration({
      project,
      integration: id,
      etag: integration?.etag,
      name: 'again',
    });
    expect(await reasonOf(stale)).toBe('ETAG_MISMATCH');
  });

  test('a name is taken once for a provider', async () => {
    await connectLinear(undefined, { name: 'a' });
    const { integration } = await connectLinear(undefined, { name: 'b' });
    const call = integrations().updateIntegration({ project, integration: integration?.id, name: 'a' });
    expect(await reasonOf(call)).toBe('INTEGRATION_EXISTS');
  });

  test('the list pages through everything once, and a token is bound to its filter', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await connectLinear(undefined, { name });
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await integrations().listIntegrations({ project, pageSize: 2, pageToken });
      seen.push(...page.integrations.map(i => i.name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
    const { nextPageToken } = await integrations().listIntegrations({ project, pageSize: 2 });
    const other = integrations().listIntegrations({
      project,
      provider: 'slack',
      pageSize: 2,
      pageToken: nextPageToken,
    });
    expect(await reasonOf(other)).toBe('FIELD_INVALID');
    expect(await reasonOf(integrations().listIntegrations({ project, pageToken: 'nonsense' }))).toBe('FIELD_INVALID');
    expect(await reasonOf(integrations().listIntegrations({ project, pageSize: -1 }))).toBe('FIELD_INVALID');
  });

  test('another project finds nothing, in the same words as for what does not exist', async () => {
    const { integration } = await connectLinear();
    const message = (call: Promise<unknown>) =>
      call.then(
        () => '',
        (e: Error) => e.message.replace(/intg_\w+/, 'ID'),
      );
    const foreign = await message(
      integrations().getIntegration({ project: 'elsewhere', integration: integration?.id }),
    );
    const absent = await message(
      integrations().getIntegration({ project: 'elsewhere', integration: 'intg_01h455vb4pex5vsknk084sn02q' }),
    );
    expect(foreign).toBe(absent);
    expect(foreign).not.toBe('');
  });

  test('a delete revokes at the provider where it can and leaves nothing to resolve', async () => {
    const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider: 'slack' });
    await openBrowser().open(redirectUrl);
    const id = (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
    const { revocations } = await integrations().deleteIntegration({ project, integration: id });
    expect(revocations.map(r => r.outcome)).toEqual([1]);
    expect(world.sandbox.count({ provider: 'slack', path: /auth\.revoke/ })).toBeGreaterThan(0);
    expect(await stored()).toBe(0);
    expect(await reasonOf(integrations().deleteIntegration({ project, integration: id }))).toBe(
      'INTEGRATION_NOT_FOUND',
    );
  });

  test('a credential that the provider refuses expires the integration, and a reconnect mends it', async () => {
    const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider: 'slack' });
    await openBrowser().open(redirectUrl);
    const id = (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
    expect((await integrations().testIntegration({ project, integration: id })).accepted).toBe(true);
    world.sandbox.revoke('slack');
    const tested = await integrations().testIntegration({ project, integration: id });
    expect([tested.accepted, tested.integration?.status]).toEqual([false, IntegrationStatus.EXPIRED]);
    const again = await integrations().connectProvider({ project, provider: 'slack', integrationId: id });
    await openBrowser().open(again.redirectUrl);
    const { integration } = await integrations().getIntegration({ project, integration: id });
    expect([integration?.status, integration?.health]).toEqual([IntegrationStatus.ACTIVE, undefined]);
  });

  test('a copy works in the other project, and a rotating grant cannot be copied', async () => {
    const { integration } = await connectLinear();
    const copy = await integrations().copyIntegration({
      project: `${project}-copy`,
      sourceProject: project,
      sourceIntegrationId: integration?.id,
    });
    const tested = await integrations().testIntegration({
      project: `${project}-copy`,
      integration: copy.integration?.id,
    });
    expect(tested.accepted).toBe(true);
    const { redirectUrl, sessionId } = await integrations().connectProvider({ project, provider: 'jira' });
    await openBrowser().open(redirectUrl);
    const jira = (await integrations().getConnectSession({ project, session: sessionId })).session?.integrationId;
    const call = integrations().copyIntegration({
      project: 'other',
      sourceProject: project,
      sourceIntegrationId: jira,
    });
    expect(await reasonOf(call)).toBe('COPY_NOT_ALLOWED');
  });

  test('every change is on the audit list', async () => {
    const { integration } = await connectLinear();
    const id = integration?.id ?? '';
    await integrations().updateIntegration({ project, integration: id, name: 'renamed' });
    await integrations().deleteIntegration({ project, integration: id });
    const { records } = await world.rpc(AuditService).listAuditRecords({ project });
    expect(records.map(r => r.action)).toEqual(['integration.delete', 'integration.update', 'integration.connect']);
    expect(records[1]?.changes[0]).toMatchObject({ field: 'name', after: 'renamed' });
  });
});

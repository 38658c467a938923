import { Code, ConnectError } from '@connectrpc/connect';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Action,
  CatalogView,
  ConnectionState,
  ConnectMode,
  WebhookEndpointStatus,
} from '../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import {
  type CauseDetail,
  Mender,
  Readiness,
  ReadinessCause,
  RuntimeState,
} from '../gen/mobius/integrations/v1/readiness_pb.js';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

const narrow = 'user:narrow';

let world: World;
let project: string;
let count = 0;

beforeAll(async () => {
  world = await startWorld({
    platform: file => {
      file.plans = { small: { without: ['jira'] } };
      file.projects = { small: { plan: 'small' } };
      file.providers.clay = { ...file.providers.clay, disabled: true };
    },
    access: list =>
      list.callers.push({ identity: narrow, permissions: ['catalog.read'], projects: ['*'], providers: ['linear'] }),
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  project = `k${++count}`;
});

const catalog = () => world.rpc(CatalogService);

async function provider(id: string, view = CatalogView.BASIC, inProject = project) {
  const { provider: found } = await catalog().getProvider({ project: inProject, provider: id, view });
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

async function action(name: string): Promise<Action> {
  const { action: found } = await catalog().getAction({ project, action: name });
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

async function connectSlack(): Promise<string> {
  const integrations = world.rpc(IntegrationService);
  const { redirectUrl, sessionId } = await integrations.connectProvider({ project, provider: 'slack' });
  expect((await openBrowser().open(redirectUrl)).status).toBe(200);
  return (await integrations.getConnectSession({ project, session: sessionId })).session?.integrationId ?? '';
}

async function connectLinear(name: string, credentials: Record<string, string> = {}): Promise<string> {
  const request = {
    project,
    provider: 'linear',
    name,
    credentials: { api_key: world.seeds.linear.apiKey, ...credentials },
  };
  return (await world.rpc(IntegrationService).connectProvider(request)).integration?.id ?? '';
}

const causesOf = ({ causes }: { causes: CauseDetail[] }) => causes.map(c => ReadinessCause[c.cause]);

describe('providers', () => {
  test('are all listed, by id, with where the project stands', async () => {
    const { providers } = await catalog().listProviders({ project });
    const ids = providers.map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    const stands = providers.map(p => [p.id, [ConnectionState[p.connectionState], Readiness[p.readiness]]] as const);
    expect(Object.fromEntries(stands)).toMatchObject({
      clay: ['UNAVAILABLE', 'UNAVAILABLE'],
      github: ['NEEDS_SETUP', 'NEEDS_SETUP'],
      google_sheets: ['NEEDS_SETUP', 'NEEDS_SETUP'],
      integration: ['BUILT_IN', 'READY'],
      jira: ['NEEDS_SETUP', 'NEEDS_SETUP'],
      linear: ['NEEDS_SETUP', 'NEEDS_SETUP'],
      openai: ['BUILT_IN', 'READY'],
      slack: ['NEEDS_SETUP', 'NEEDS_SETUP'],
      table: ['BUILT_IN', 'READY'],
    });
    const table = providers.find(p => p.id === 'table');
    expect(table?.connectModes).toEqual([ConnectMode.BUILT_IN]);
    const openai = providers.find(p => p.id === 'openai');
    expect(openai?.connection).toMatchObject({ platformCredential: true, integrationId: '' });
  });

  test('have their schemas in the full view and only there', async () => {
    for (const { id } of (await catalog().listProviders({ project })).providers) {
      const [basic, full] = [await provider(id), await provider(id, CatalogView.FULL)];
      const schemas = (p: typeof basic) => [
        ...p.authKinds.flatMap(a => a.schema ?? []),
        ...p.eventTypes.flatMap(e => [e.payloadSchema ?? [], e.metaSchema ?? []].flat()),
        ...p.actions.flatMap(a => [a.inputSchema ?? [], a.outputSchema ?? []].flat()),
      ];
      expect(schemas(basic)).toEqual([]);
      expect(schemas(full).length).toBeGreaterThanOrEqual(2 * (full.eventTypes.length + full.actions.length));
      expect(full.actions.map(a => a.name)).toEqual(basic.actions.map(a => a.name));
    }
    const { authKinds } = await provider('linear', CatalogView.FULL);
    expect(authKinds.find(a => a.schema !== undefined)?.schema).toMatchObject({
      properties: { api_key: { writeOnly: true } },
    });
    const { webhookSigningField } = authKinds.find(a => a.schema !== undefined) ?? {};
    expect(webhookSigningField).toBe('webhook_secret');
    expect((await provider('clay', CatalogView.FULL)).authKinds.map(a => a.webhookSigningField)).toEqual(['']);
  });

  test('come in pages, each once; a token of another filter is refused', async () => {
    const ids: string[] = [];
    let pageToken = '';
    do {
      const page = await catalog().listProviders({ project, pageSize: 3, pageToken });
      ids.push(...page.providers.map(p => p.id));
      pageToken = page.nextPageToken;
      if (pageToken !== '') {
        const other = catalog().listProviders({ project, pageSize: 3, pageToken, category: 'Messaging' });
        expect(await reasonOf(other)).toBe('FIELD_INVALID');
      }
    } while (pageToken !== '');
    expect(ids).toEqual((await catalog().listProviders({ project })).providers.map(p => p.id));
  });

  test('are filtered by state and category', async () => {
    const builtIn = await catalog().listProviders({ project, connectionState: ConnectionState.BUILT_IN });
    expect(builtIn.providers.map(p => p.id)).toEqual(expect.arrayContaining(['integration', 'openai', 'table']));
    expect(new Set(builtIn.providers.map(p => p.connectionState))).toEqual(new Set([ConnectionState.BUILT_IN]));
    const messaging = await catalog().listProviders({ project, category: 'Messaging' });
    expect(messaging.providers.map(p => p.id)).toContain('slack');
    expect(new Set(messaging.providers.map(p => p.category))).toEqual(new Set(['Messaging']));
  });

  test('show the integration a call would use, and nothing of another project', async () => {
    const id = await connectSlack();
    const slack = await provider('slack');
    expect(slack).toMatchObject({ connectionState: ConnectionState.CONNECTED, readiness: Readiness.READY, causes: [] });
    expect(slack.connection).toMatchObject({
      integrationId: id,
      isDefault: true,
      status: IntegrationStatus.ACTIVE,
      account: { id: world.seeds.slack.workspaces[0]?.teamId },
    });
    expect((await provider('slack', CatalogView.BASIC, 'elsewhere')).connection).toBeUndefined();
  });

  test("take the project's own key before the platform's", async () => {
    const request = { project, provider: 'openai', credentials: { api_key: world.seeds.openai.projectKey } };
    const { integration } = await world.rpc(IntegrationService).connectProvider(request);
    const own = await provider('openai');
    expect(own.connectionState).toBe(ConnectionState.CONNECTED);
    expect(own.connection).toMatchObject({ integrationId: integration?.id, platformCredential: false });
  });

  test('say where deliveries go and whether they can be verified', async () => {
    const { webhookEndpoints } = await provider('slack');
    expect(webhookEndpoints.map(e => [e.url, e.status])).toEqual(
      ['', '/commands', '/interactions'].map(suffix => [
        `${world.edgeUrl}/v1/provider/slack/webhook${suffix}`,
        WebhookEndpointStatus.CONFIGURED,
      ]),
    );
  });

  test('give each integration that signs with a secret of its own an address of its own', async () => {
    const own = async () => (await provider('linear')).webhookEndpoints.filter(e => e.endpoint !== '');
    expect(await own()).toMatchObject([
      { endpoint: 'workspace', url: '', status: WebhookEndpointStatus.MISSING_SECRET },
    ]);
    const id = await connectLinear('one', { webhook_secret: 'a-signing-secret-of-the-workspace' });
    const status = WebhookEndpointStatus.CONFIGURED;
    const url = `${world.edgeUrl}/v1/provider/linear/webhook/${project}.${id}`;
    expect(await own()).toMatchObject([{ url, status, notes: expect.stringContaining('"one"') }]);
    await world.db.query(`delete from webhook_secrets where project = $1`, [project]);
    expect(await own()).toMatchObject([{ url, status: WebhookEndpointStatus.MISSING_SECRET }]);
  });

  test('that the operator or the plan rules out say so', async () => {
    const clay = await provider('clay');
    expect(causesOf(clay)).toEqual(['DISABLED_BY_ENVIRONMENT', 'NOT_CONFIGURED']);
    expect(clay.causes[0]).toMatchObject({
      mender: Mender.OPERATOR,
      fix: { method: '', setting: 'platform.yaml: providers.clay.disabled' },
    });
    const jira = await provider('jira', CatalogView.BASIC, 'small');
    expect(jira).toMatchObject({ connectionState: ConnectionState.UNAVAILABLE, readiness: Readiness.UNAVAILABLE });
    expect(causesOf(jira)[0]).toBe('DISABLED_BY_PLAN');
    expect((await provider('jira')).connectionState).toBe(ConnectionState.NEEDS_SETUP);
  });

  test('that the caller may not use are listed and never ready', async () => {
    await connectSlack();
    const asNarrow = world.rpc(CatalogService, { subject: narrow });
    const { provider: slack } = await asNarrow.getProvider({ project, provider: 'slack' });
    expect(slack?.readiness).toBe(Readiness.NEEDS_SETUP);
    expect(slack?.causes).toMatchObject([{ cause: ReadinessCause.PERMISSION_MISSING, mender: Mender.CALLER }]);
  });

  test('unknown are not found', async () => {
    expect(await reasonOf(catalog().getProvider({ project, provider: 'slak' }))).toBe('PROVIDER_NOT_FOUND');
    expect(await reasonOf(catalog().listActions({ project, provider: 'slak' }))).toBe('PROVIDER_NOT_FOUND');
    expect(await reasonOf(catalog().listEventTypes({ project, provider: 'slak' }))).toBe('PROVIDER_NOT_FOUND');
  });
});

describe('actions and event types', () => {
  test('an unknown action is not found, a known one answers with its readiness and its schemas', async () => {
    expect(await reasonOf(catalog().getAction({ project, action: 'slack.message.shout' }))).toBe('ACTION_NOT_FOUND');
    const post = await action('slack.message.post');
    expect(post).toMatchObject({ readiness: Readiness.NEEDS_SETUP, provider: 'slack' });
    expect(causesOf(post)).toEqual(['NOT_CONFIGURED']);
    expect(post.inputSchema).toMatchObject({ type: 'object' });
    expect(post.references).toMatchObject([{ inputField: '/channel', referenceType: 'slack.channel' }]);
  });

  test('a list of references is bound by each of its elements, with what it depends on', async () => {
    const { references } = await action('github.issue.add_labels');
    expect(references).toContainEqual(
      expect.objectContaining({
        inputField: '/labels/*',
        referenceType: 'github.label',
        dependsOn: { repository: '/repository' },
      }),
    );
  });

  test('planned ones are listed and never ready, whatever is connected', async () => {
    await connectSlack();
    const all = (await catalog().listActions({ project, pageSize: 200 })).actions;
    const events = (await catalog().listEventTypes({ project, pageSize: 200 })).eventTypes;
    const planned = [...all, ...events].filter(item => item.runtimeState === RuntimeState.PLANNED);
    expect(planned.length).toBeGreaterThan(0);
    for (const item of planned) {
      expect(item.readiness).toBe(Readiness.UNAVAILABLE);
      expect(causesOf(item)[0]).toBe('NOT_IMPLEMENTED');
    }
  });

  test('are ready once their provider is connected, but for scopes it was not granted', async () => {
    const id = await connectSlack();
    expect((await action('slack.message.post')).readiness).toBe(Readiness.READY);
    const upload = await action('slack.file.upload');
    expect(upload.causes).toMatchObject([
      { cause: ReadinessCause.SCOPE_MISSING, integrationId: id, scopes: upload.requiredScopes },
    ]);
    expect(upload.causes[0]?.fix?.arguments.scopes?.split(' ')).toEqual(
      expect.arrayContaining(['chat:write', ...upload.requiredScopes]),
    );
  });

  test('come by name and in pages, filtered by provider and readiness', async () => {
    await connectSlack();
    const names: string[] = [];
    let pageToken = '';
    do {
      const filter = { provider: 'slack', readiness: Readiness.READY };
      const page = await catalog().listActions({ project, ...filter, pageSize: 2, pageToken });
      expect(page.actions.every(a => a.provider === 'slack' && a.readiness === Readiness.READY)).toBe(true);
      names.push(...page.actions.map(a => a.name));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(names).toEqual([...new Set(names)].toSorted());
    expect(names).toContain('slack.message.post');
    expect(names).not.toContain('slack.file.upload');
  });

  test('event types come with the prefixes that trigger nothing', async () => {
    const { eventTypes, reservedPrefixes } = await catalog().listEventTypes({ project, pageSize: 200 });
    const prefixes = reservedPrefixes.map(r => r.prefix);
    expect(prefixes).toEqual(expect.arrayContaining(['run', 'signal', 'interaction', 'mobius']));
    expect(eventTypes.filter(e => prefixes.includes(e.name.split('.')[0] ?? ''))).toEqual([]);
    expect(prefixes).not.toContain('integration');
    const ofPlatform = (await catalog().listEventTypes({ project, provider: 'integration', view: CatalogView.FULL }))
      .eventTypes;
    expect(ofPlatform).toMatchObject([
      { name: 'integration.reference.broken', readiness: Readiness.READY, triggerable: true, waitable: true },
    ]);
    expect(ofPlatform[0]?.payloadSchema).toMatchObject({ properties: { value: { type: 'string' } } });
    const ofTables = (await catalog().listEventTypes({ project, provider: 'table' })).eventTypes;
    expect(ofTables.find(e => e.name === 'table.row.inserted')?.readiness).toBe(Readiness.READY);
  });

  test('an event needs an integration even where the platform has a key: what arrives must belong to a project', async () => {
    const { eventTypes } = await catalog().listEventTypes({ project, provider: 'openai' });
    const active = eventTypes.filter(e => e.runtimeState === RuntimeState.ACTIVE);
    expect(active.length).toBeGreaterThan(0);
    for (const event of active) expect(causesOf(event)).toContain('NOT_CONFIGURED');
  });

  test('several integrations without a default are ambiguous, and naming one as default mends it', async () => {
    const ids = [await connectLinear('one'), await connectLinear('two')];
    await world.rpc(IntegrationService).updateIntegration({ project, integration: ids[0], isDefault: false });
    const search = await action('linear.issue.create');
    expect(causesOf(search)).toEqual(['AMBIGUOUS_INTEGRATION']);
    expect((await provider('linear')).connection).toBeUndefined();
    await world.rpc(IntegrationService).updateIntegration({ project, integration: ids[1], isDefault: true });
    expect((await action('linear.issue.create')).readiness).toBe(Readiness.READY);
  });

  test('every fix names a method that exists and fields it has', async () => {
    const id = await connectSlack();
    await world
      .rpc(IntegrationService)
      .updateIntegration({ project, integration: id, status: IntegrationStatus.INACTIVE });
    await connectLinear('one');
    const { providers } = await catalog().listProviders({ project });
    const causes = providers.flatMap(p =>
      [p, ...p.actions, ...p.eventTypes, ...p.referenceTypes].flatMap(item => item.causes),
    );
    expect(new Set(causes.map(c => c.cause)).size).toBeGreaterThan(3);
    for (const { fix, mender } of causes) {
      expect(mender).not.toBe(Mender.UNSPECIFIED);
      if (fix?.method === '') {
        expect(fix.setting).toMatch(/^(platform|access)\.yaml: |release/);
        continue;
      }
      const [service, name] = fix?.method.split('/') ?? [];
      expect(service).toBe(IntegrationService.typeName);
      const method = IntegrationService.methods.find(m => m.name === name);
      const fields = method?.input.fields.map(f => f.name) ?? [];
      expect(fields).toEqual(expect.arrayContaining(Object.keys(fix?.arguments ?? {})));
    }
  });
});

describe('the catalog over REST', () => {
  test('is the same, in proto field names', async () => {
    const headers = { authorization: `Bearer ${await world.token()}` };
    const url = `${world.edgeUrl}/v1/projects/${project}/catalog/actions/github.issue.add_labels`;
    const answer = await fetch(url, { headers });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      action: { name: 'github.issue.add_labels', input_schema: { type: 'object' } },
    });
  });
});

test('a caller without the permission learns nothing', async () => {
  const stranger = world.rpc(CatalogService, { subject: 'user:nobody' });
  const error = await stranger.listProviders({ project }).then(
    () => undefined,
    (e: unknown) => ConnectError.from(e),
  );
  expect(error?.code).toBe(Code.PermissionDenied);
});

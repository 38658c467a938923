import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listEndpoints } from '../src/catalog/endpoints.ts';
import {
  assess,
  type Capability,
  EXPIRY_NOTICE_MS,
  type IntegrationStanding,
  type Standing,
} from '../src/catalog/readiness.ts';
import { providers } from '../src/providers/index.ts';
import type { Provider } from '../src/providers/provider.ts';

const now = new Date('2026-01-15T12:00:00Z');
const day = 24 * 3_600_000;

function provider(id: string): Provider {
  const found = providers.find(p => p.id === id);
  if (found === undefined) throw new Error(`no provider ${id}`);
  return found;
}

function standing(id: string, more: Partial<Standing> = {}): Standing {
  return {
    provider: provider(id),
    project: 'demo',
    now,
    isDisabled: false,
    isInPlan: true,
    hasApp: true,
    appSecrets: ['signing_secret', 'webhook_secret'],
    hasPlatformCredential: false,
    isPermitted: true,
    integrations: [],
    ...more,
  };
}

function integration(more: Partial<IntegrationStanding> = {}): IntegrationStanding {
  return {
    id: 'intg_1',
    provider: 'slack',
    name: 'Acme',
    isDefault: true,
    status: 'ACTIVE',
    healthCause: null,
    healthSince: undefined,
    createTime: new Date(0),
    healthMessage: '',
    account: { id: 'T1', label: 'Acme', url: '' },
    authKind: 'OAUTH2',
    grantedScopes: null,
    updateTime: now,
    credential: { expireTime: undefined, refreshable: false, secretFields: undefined },
    ...more,
  };
}

const act: Capability = { kind: 'ACTION', name: 'slack.message.post', runtimeState: 'ACTIVE', scopes: ['chat:write'] };
const happen: Capability = { kind: 'EVENT_TYPE', name: 'slack.event', runtimeState: 'ACTIVE', scopes: [] };

const told = (s: Standing, c: Capability = act) => {
  const { readiness, causes } = assess(s, c);
  return [readiness, ...causes.map(cause => cause.cause)];
};

describe('a capability', () => {
  test('needs an integration, and says how to get one', () => {
    expect(told(standing('slack'))).toEqual(['NEEDS_SETUP', 'NOT_CONFIGURED']);
    expect(assess(standing('slack'), act).causes[0]).toMatchObject({
      mender: 'PROJECT',
      fix: { method: 'mobius.integrations.v1.IntegrationService/ConnectProvider', arguments: { provider: 'slack' } },
    });
  });

  test('is ready with an active integration', () => {
    expect(told(standing('slack', { integrations: [integration()] }))).toEqual(['READY']);
    expect(told(standing('slack', { integrations: [integration()] }), happen)).toEqual(['READY']);
  });

  test('is out of reach where no way to connect is open, and not where one needs no app', () => {
    expect(told(standing('github', { hasApp: false, appSecrets: [] }))).toEqual(['NEEDS_SETUP', 'NOT_CONFIGURED']);
    const onlyRedirect = {
      ...provider('slack'),
      connect: provider('slack').connect.filter(m => m.mode === 'OAUTH_REDIRECT'),
    };
    expect(told(standing('slack', { provider: onlyRedirect, hasApp: false }))).toEqual([
      'UNAVAILABLE',
      'PLATFORM_APP_MISSING',
      'NOT_CONFIGURED',
    ]);
  });

  test('tells everything that stands in its way, what to mend first in front', () => {
    const off = standing('slack', {
      isDisabled: true,
      isInPlan: false,
      isPermitted: false,
      integrations: [integration({ status: 'INACTIVE', grantedScopes: [] })],
    });
    expect(told(off, { ...act, runtimeState: 'PLANNED' })).toEqual([
      'UNAVAILABLE',
      'NOT_IMPLEMENTED',
      'DISABLED_BY_ENVIRONMENT',
      'DISABLED_BY_PLAN',
      'PERMISSION_MISSING',
      'INACTIVE',
      'SCOPE_MISSING',
    ]);
  });

  test('names the missing scopes, and asks for them together with those granted before', () => {
    const granted = standing('slack', { integrations: [integration({ grantedScopes: ['users:read'] })] });
    expect(assess(granted, act).causes).toMatchObject([
      {
        cause: 'SCOPE_MISSING',
        scopes: ['chat:write'],
        integrationId: 'intg_1',
        fix: { arguments: { integration_id: 'intg_1', scopes: 'users:read chat:write' } },
      },
    ]);
  });

  test('is ambiguous with several integrations and no default; events arrive through each', () => {
    const two = [integration({ isDefault: false, status: 'EXPIRED' }), integration({ id: 'intg_2', isDefault: false })];
    expect(told(standing('slack', { integrations: two }))).toEqual(['NEEDS_SETUP', 'AMBIGUOUS_INTEGRATION']);
    expect(told(standing('slack', { integrations: two }), happen)).toEqual(['READY']);
  });

  test('runs on the platform credential only where the project has nothing of its own', () => {
    const capability: Capability = { kind: 'ACTION', name: 'openai.x', runtimeState: 'ACTIVE', scopes: [] };
    expect(told(standing('openai', { hasPlatformCredential: true }), capability)).toEqual(['READY']);
    const own = integration({ provider: 'openai', authKind: 'API_KEY', status: 'INACTIVE' });
    expect(told(standing('openai', { hasPlatformCredential: true, integrations: [own] }), capability)).toEqual([
      'NEEDS_SETUP',
      'INACTIVE',
    ]);
  });

  test('degrades a week before a credential ends that nobody renews, and expires at its end', () => {
    const ending = (inMs: number, refreshable = false) =>
      told(
        standing('slack', {
          integrations: [
            integration({
              credential: { expireTime: new Date(now.getTime() + inMs), refreshable, secretFields: undefined },
            }),
          ],
        }),
      );
    expect(ending(EXPIRY_NOTICE_MS + day)).toEqual(['READY']);
    expect(ending(3 * day)).toEqual(['DEGRADED', 'EXPIRED']);
    expect(ending(3 * day, true)).toEqual(['READY']);
    expect(ending(0)).toEqual(['NEEDS_SETUP', 'EXPIRED']);
    expect(ending(0, true)).toEqual(['READY']);
  });

  test('that is renewed with the app works without it until its end', () => {
    const ending = (inMs: number) => {
      const credential = { expireTime: new Date(now.getTime() + inMs), refreshable: true, secretFields: undefined };
      return told(standing('slack', { hasApp: false, integrations: [integration({ credential })] }));
    };
    expect(ending(day)).toEqual(['DEGRADED', 'PLATFORM_APP_MISSING']);
    expect(ending(0)).toEqual(['UNAVAILABLE', 'PLATFORM_APP_MISSING']);
  });

  test('degrades with what was noted on an active integration', () => {
    const noted = integration({ healthCause: 'PROVIDER_OUTAGE', healthMessage: 'Slack is failing.' });
    expect(assess(standing('slack', { integrations: [noted] }), act)).toMatchObject({
      readiness: 'DEGRADED',
      causes: [{ cause: 'PROVIDER_OUTAGE', message: 'Slack is failing.', mender: 'PROVIDER' }],
    });
  });

  test('that is an event needs a signing secret, the platform’s or the integration’s', () => {
    const noSecret = standing('slack', { appSecrets: [], integrations: [integration()] });
    expect(assess(noSecret, happen)).toMatchObject({
      readiness: 'UNAVAILABLE',
      causes: [
        { cause: 'PLATFORM_APP_MISSING', fix: { setting: 'platform.yaml: providers.slack.app.signing_secret' } },
      ],
    });
    const keyed = (secretFields: readonly string[]) =>
      standing('jira', {
        appSecrets: [],
        integrations: [
          integration({
            provider: 'jira',
            authKind: 'BASIC',
            credential: { expireTime: undefined, refreshable: false, secretFields },
          }),
        ],
      });
    const event: Capability = { kind: 'EVENT_TYPE', name: 'jira.issue.created', runtimeState: 'ACTIVE', scopes: [] };
    expect(told(keyed(['api_token']), event)).toEqual(['NEEDS_SETUP', 'NOT_CONFIGURED']);
    expect(told(keyed(['api_token', 'webhook_secret']), event)).toEqual(['READY']);
  });

  test('that is an event needs no signing secret where the service makes the webhooks, and minds when it cannot', () => {
    const event: Capability = { kind: 'EVENT_TYPE', name: 'linear.issue.created', runtimeState: 'ACTIVE', scopes: [] };
    const action: Capability = { ...event, kind: 'ACTION', name: 'linear.issue.create' };
    const keyed = (more: object = {}) => {
      const credential = { expireTime: undefined, refreshable: false, secretFields: ['api_key'] };
      const own = integration({ provider: 'linear', authKind: 'API_KEY', credential, ...more });
      return standing('linear', { appSecrets: [], integrations: [own] });
    };
    expect(told(keyed(), event)).toEqual(['READY']);
    const lapsed = keyed({ healthCause: 'SUBSCRIPTION_LAPSED', healthMessage: 'None is there.' });
    expect(told(lapsed, event)).toEqual(['DEGRADED', 'SUBSCRIPTION_LAPSED']);
    expect(told(lapsed, action)).toEqual(['READY']);
    // An address of such a webhook is nobody's to enter at the vendor.
    const made = provider('airtable').webhook?.endpoints.map(({ secret }) => secret);
    expect([made, listEndpoints({ publicUrl: () => 'https://x' }, standing('airtable'))]).toEqual([
      ['SUBSCRIPTION'],
      [],
    ]);
    // By OAuth the application's own webhook counts, whose secret is the operator's.
    expect(told(keyed({ authKind: 'OAUTH2' }), event)[0]).not.toBe('READY');
  });
});

const integrations = fc.array(
  fc.record({
    id: fc.constantFrom('intg_1', 'intg_2', 'intg_3'),
    isDefault: fc.boolean(),
    status: fc.constantFrom('ACTIVE' as const, 'INACTIVE' as const, 'EXPIRED' as const),
    healthCause: fc.constantFrom(
      null,
      'PLATFORM_APP_MISSING' as const,
      'EXPIRED' as const,
      'SCOPE_MISSING' as const,
      'PROVIDER_OUTAGE' as const,
    ),
    authKind: fc.constantFrom('OAUTH2' as const, 'API_KEY' as const, 'APP_INSTALLATION' as const, 'BOT_TOKEN' as const),
    grantedScopes: fc.option(fc.subarray(['chat:write', 'users:read', 'read'])),
    credential: fc.option(
      fc.record({
        expireTime: fc.option(
          fc.integer({ min: -10, max: 10 }).map(days => new Date(now.getTime() + days * day)),
          { nil: undefined },
        ),
        refreshable: fc.boolean(),
        secretFields: fc.option(fc.subarray(['webhook_secret', 'api_key']), { nil: undefined }),
      }),
      { nil: undefined },
    ),
  }),
  { maxLength: 3 },
);

const standings = fc.record({
  provider: fc.constantFrom(...providers),
  isDisabled: fc.boolean(),
  isInPlan: fc.boolean(),
  isPermitted: fc.boolean(),
  hasApp: fc.boolean(),
  appSecrets: fc.subarray(['signing_secret', 'webhook_secret']),
  hasPlatformCredential: fc.boolean(),
  integrations,
});

const capabilities = fc.record({
  kind: fc.constantFrom('PROVIDER' as const, 'EVENT_TYPE' as const, 'ACTION' as const, 'REFERENCE_TYPE' as const),
  name: fc.constant('any.thing.done'),
  runtimeState: fc.constantFrom('ACTIVE' as const, 'PLANNED' as const, 'DEPRECATED' as const),
  scopes: fc.subarray(['chat:write', 'users:read', 'read']),
});

describe('whatever the project has', () => {
  const arbitrary = fc.tuple(standings, capabilities).map(([s, capability]) => ({
    capability,
    standing: standing('slack', { ...s, integrations: s.integrations.map(i => integration(i)) }),
  }));

  test('nothing is READY that is planned, switched off, forbidden, or without anything active behind it', () => {
    fc.assert(
      fc.property(arbitrary, ({ standing: s, capability }) => {
        if (!['READY', 'DEGRADED'].includes(assess(s, capability).readiness)) return;
        expect(capability.runtimeState).not.toBe('PLANNED');
        expect([s.isDisabled, s.isInPlan, s.isPermitted]).toEqual([false, true, true]);
        const live = s.integrations.some(i => i.status === 'ACTIVE' && i.credential !== undefined);
        const byPlatform = s.integrations.length === 0 && s.hasPlatformCredential && capability.kind !== 'EVENT_TYPE';
        expect(live || byPlatform || s.provider.builtIn === true).toBe(true);
      }),
    );
  });

  test('it is READY exactly when there is no cause, and every cause says who mends it and how', () => {
    fc.assert(
      fc.property(arbitrary, ({ standing: s, capability }) => {
        const { readiness, causes } = assess(s, capability);
        expect(causes.length === 0).toBe(readiness === 'READY');
        expect(new Set(causes.map(c => c.cause)).size).toBe(causes.length);
        for (const cause of causes) {
          expect(cause.message).not.toBe('');
          expect(cause.message.length).toBeLessThanOrEqual(512);
          const hasFix = cause.fix.method !== undefined || cause.fix.setting !== undefined;
          expect(hasFix).toBe(cause.mender !== 'PROVIDER');
          if (cause.cause !== 'SCOPE_MISSING') expect(cause.scopes).toEqual([]);
        }
      }),
    );
  });

  test('asking twice answers the same', () => {
    fc.assert(
      fc.property(arbitrary, ({ standing: s, capability }) => {
        expect(assess(s, capability)).toEqual(assess(s, capability));
      }),
    );
  });
});

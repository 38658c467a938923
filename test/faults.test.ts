import { describe, expect, test } from 'vitest';
import { assertSound, faultsOf, openSchemaFaults } from '../src/faults/check.ts';
import { faultText } from '../src/faults/fault.ts';
import { providers } from '../src/providers/index.ts';
import { plainOAuth } from '../src/providers/kit/plain_oauth.ts';
import type { Action, EventType, Provider, ReferenceType } from '../src/providers/provider.ts';

/** What is said of a provider that is wrong, whoever wrote it; what manifests can get wrong is in manifests.test.ts. */

const schemaFaultsOf = openSchemaFaults();

const type = (name: string, dependsOn: ReferenceType['dependsOn'] = []): ReferenceType => ({
  name,
  title: 'Type',
  description: 'A type.',
  runtimeState: 'ACTIVE',
  scopes: [],
  dependsOn,
  source: 'PUBLISHED',
});
const on = (name: string, required = true) => ({ key: 'other', type: name, required });
const action = (name: string, more: Partial<Action> = {}): Action => ({
  name,
  title: 'Do',
  description: 'Does it.',
  runtimeState: 'ACTIVE',
  risk: 'LOW',
  annotations: { readOnly: true, idempotent: true, destructive: false },
  scopes: [],
  inputSchema: { type: 'object', additionalProperties: false, properties: {} },
  outputSchema: { type: 'object' },
  references: [],
  ...more,
});
const eventType = (name: string, more: Partial<EventType> = {}): EventType => ({
  name,
  description: 'It happened.',
  schemaVersion: 1,
  runtimeState: 'ACTIVE',
  triggerable: true,
  waitable: true,
  scopes: [],
  payloadSchema: { type: 'object' },
  ...more,
});
const acme = (more: Partial<Provider> = {}): Provider => ({
  id: 'acme',
  displayName: 'Acme',
  description: 'A vendor.',
  category: 'Storage',
  docsUrl: 'https://docs.example',
  logo: 'monogram',
  endpoints: {},
  credentialEndpoints: [],
  builtIn: true,
  connect: [],
  eventTypes: [],
  actions: [],
  references: [],
  ...more,
});

test('the providers that need no manifest are sound, which a start makes sure of', () => {
  expect(() => assertSound(providers)).not.toThrow();
  expect(() => assertSound([...providers, acme({ id: 'slack' }), acme({ id: 'run' })])).toThrow(
    'slack: /id: there is a provider slack already; take another id; run: /id: run is reserved for the product’s own names; take another id',
  );
});

describe('is told', () => {
  test.each<[string, Partial<Provider>, string]>([
    ['an id of another form', { id: 'Acme' }, 'Acme: /id: must be 2 to 31 lower case letters, digits and underscores'],
    ['a reserved id', { id: 'signal' }, 'signal: /id: signal is reserved for the product’s own names; take another id'],
    [
      'a name that is not below the id',
      { eventTypes: [eventType('other.made')] },
      'acme: /eventTypes/0/name: must begin with acme.',
    ],
    [
      'an action twice',
      { actions: [action('acme.thing.get'), action('acme.thing.get')] },
      'acme: /actions/1/name: acme.thing.get is the name of number 1 of the actions already',
    ],
    [
      'more event types than the contract has room for',
      { eventTypes: Array.from({ length: 501 }, (_, i) => eventType(`acme.thing.made_${i}`)) },
      'acme: /eventTypes: holds 501 event types; 500 are the most',
    ],
    [
      'no way to connect',
      { builtIn: undefined },
      'acme: /connect: needs a way to connect, and only what is built in has none',
    ],
    [
      'a token endpoint at a host that a setting names whole',
      {
        builtIn: undefined,
        endpoints: { api: 'https://{host}' },
        connect: [
          plainOAuth({
            authorize: { endpoint: 'api', path: '/authorize' },
            token: { endpoint: 'api', path: '/token' },
            scopes: { default: [], separator: ' ' },
            client: 'body',
            pkce: true,
            refresh: 'NONE',
            identify: async () => ({ account: { id: '1', label: 'Ada' } }),
          }),
        ],
      },
      'acme: /connect/0: sends the app’s secret to whatever host a setting names; the token endpoint needs a host of the vendor’s',
    ],
    [
      'an endpoint without TLS',
      { endpoints: { api: 'http://api.acme.example' } },
      'acme: /endpoints/api: must begin with https://; plain http goes to loopback only',
    ],
    [
      'a picker that waits for itself',
      { references: [type('acme.a', [on('acme.b')]), type('acme.b', [on('acme.a')])] },
      'acme: /references/0/dependsOn: is a circle: acme.a, which needs acme.b, which needs acme.a',
    ],
    [
      'a picker that depends on one that does not exist',
      { references: [type('acme.a', [on('acme.z')])] },
      'acme: /references/0/dependsOn/0/type: there is no reference type acme.z',
    ],
    [
      'an input of a type that does not exist',
      {
        actions: [
          action('acme.thing.get', {
            inputSchema: {
              type: 'object',
              additionalProperties: false,
              properties: { thing: { type: 'string', maxLength: 9 } },
            },
            references: [{ field: 'thing', type: 'acme.thing' }],
          }),
        ],
      },
      'acme: /actions/0/references/0/type: there is no reference type acme.thing',
    ],
  ])('%s', (_, more, text) => {
    expect(faultsOf([acme(more as Provider)]).map(faultText)).toContain(text);
  });

  test.each<[string, Partial<Provider>, string]>([
    [
      'a schema that does not compile',
      {
        eventTypes: [
          eventType('acme.thing.made', { payloadSchema: { type: 'object', properties: { a: { type: 'txt' } } } }),
        ],
      },
      'acme: /eventTypes/0/payloadSchema: does not compile: ',
    ],
    [
      'a keyword that nobody knows',
      { actions: [action('acme.thing.get', { outputSchema: { type: 'object', propertys: {} } })] },
      'acme: /actions/0/outputSchema: may not have the keyword propertys',
    ],
    [
      'a list without a bound, behind a choice',
      {
        actions: [
          action('acme.thing.get', {
            inputSchema: {
              type: 'object',
              additionalProperties: false,
              properties: { a: { anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'integer' } }] } },
            },
          }),
        ],
      },
      'acme: /actions/0/inputSchema/properties/a/anyOf/1: needs maxItems, for people type it',
    ],
    [
      'a sample that does not fit',
      {
        eventTypes: [eventType('acme.thing.made', { payloadSchema: { type: 'object', required: ['a'] } })],
        samples: [
          { eventType: 'acme.thing.made', variant: 'default', name: 'A', description: 'A.', payload: {}, meta: {} },
        ],
      },
      'acme: /samples/0/payload: does not fit the payload schema of acme.thing.made: ',
    ],
  ])('%s', (_, more, text) => {
    const told = schemaFaultsOf(acme(more as Provider)).map(faultText);
    expect(
      told.some(fault => fault.startsWith(text)),
      told.join('\n'),
    ).toBe(true);
  });
});

test('a picker that may be picked without the other is no circle', () => {
  const tree = [type('acme.folder', [on('acme.folder', false)])];
  expect(faultsOf([acme({ references: tree })])).toEqual([]);
});

import { create, type DescField, type DescMessage, getOption, ScalarType } from '@bufbuild/protobuf';
import { DurationSchema, TimestampSchema } from '@bufbuild/protobuf/wkt';
import { createValidator } from '@bufbuild/protovalidate';
import { describe, expect, test } from 'vitest';
import { type FieldRules, field as fieldRules } from '../gen/buf/validate/validate_pb.js';
import {
  ResolveCredentialRequestSchema,
  WatchCredentialsRequestSchema,
} from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { AcknowledgeSourceEventsRequestSchema } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { ListIntegrationEventsRequestSchema } from '../gen/mobius/integrations/v1/event_service_pb.js';
import {
  ConnectProviderRequestSchema,
  ListIntegrationsRequestSchema,
  UpdateIntegrationRequestSchema,
  WaitConnectSessionRequestSchema,
} from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { isPublic, isRedacted, messages, methods, reachable } from './contract_messages.ts';

describe('every field', () => {
  test.each(messages.map(message => [message.typeName, message] as const))('of %s is bounded', (_, message) => {
    const unbounded = message.fields.filter(field => !bounded(field, getOption(field, fieldRules)));
    expect(unbounded.map(field => field.name)).toEqual([]);
  });

  test('that is a time or duration of a request is bounded', () => {
    const missing = reachable(methods.map(method => method.input)).flatMap(message =>
      message.fields.filter(field => {
        const { type } = getOption(field, fieldRules);
        const time = field.message?.typeName === TimestampSchema.typeName && type.case !== 'timestamp';
        const duration = field.message?.typeName === DurationSchema.typeName && type.case !== 'duration';
        return time || duration;
      }),
    );
    expect(missing.map(String)).toEqual([]);
  });

  test('that may hold a secret is redacted', () => {
    const redacted = messages
      .flatMap(message => message.fields.filter(isRedacted))
      .map(field => `${field.parent.name}.${field.name}`);
    expect(redacted.toSorted()).toEqual([
      'ApiKey.key',
      'BasicLogin.password',
      'BearerToken.token',
      'CheckActionInputsRequest.inputs',
      'ConnectProviderRequest.credentials',
      'ConnectionString.value',
      'Credential.api_key',
      'Credential.basic',
      'Credential.bearer',
      'Credential.connection_string',
      'Credential.headers',
      'Credential.query_parameters',
      'Credential.service_account',
      'Credential.webhook',
      'ResolveCredentialResponse.credential',
      'RotateCredentialRequest.credentials',
      'SendAuthorizedRequestRequest.body',
      'SendAuthorizedRequestResponse.body',
      'ServiceAccountKey.key_json',
      'WebhookTarget.secret',
      'WebhookTarget.url',
    ]);
    const named = messages.flatMap(message =>
      message.fields.filter(field => /secret|password|credentials$|^(token|key_json|api_key)$/.test(field.name)),
    );
    const text = named.filter(field => field.fieldKind !== 'enum' && !isRedacted(field) && !field.message);
    expect(text.map(String)).toEqual([]);
  });

  test('of what a public method answers is free of secrets', () => {
    const answers = reachable(methods.filter(isPublic).map(method => method.output));
    expect(answers.flatMap(message => message.fields.filter(isRedacted)).map(String)).toEqual([]);
  });
});

describe('the rules', () => {
  const validator = createValidator();
  const broken = (schema: DescMessage, value: object) =>
    validator.validate(schema, create(schema, value as never)).violations?.map(violation => violation.ruleId) ?? [];

  test('of every message compile', () => {
    for (const message of messages) expect(validator.validate(message, create(message)).kind).not.toBe('error');
  });

  test('accept what is well formed', () => {
    expect(
      broken(ListIntegrationsRequestSchema, { project: 'demo', pageSize: 500, provider: 'google_sheets' }),
    ).toEqual([]);
    const target = { case: 'provider', value: 'slack' };
    const want = {
      project: 'demo',
      target,
      purpose: 'slack.message.post',
      runId: 'run_1',
      minValidity: { seconds: 60n },
    };
    expect(broken(ResolveCredentialRequestSchema, want)).toEqual([]);
    expect(broken(WatchCredentialsRequestSchema, { projects: ['*'] })).toEqual([]);
    expect(broken(UpdateIntegrationRequestSchema, { project: 'demo', integration: 'intg_absent' })).toEqual([]);
  });

  test.each([
    ['an empty project', ListIntegrationsRequestSchema, { project: '' }, 'string.pattern'],
    ['a project with a path', ListIntegrationsRequestSchema, { project: '../etc' }, 'string.pattern'],
    ['a negative page size', ListIntegrationsRequestSchema, { project: 'demo', pageSize: -1 }, 'int32.gte'],
    [
      'a long page token',
      ListIntegrationsRequestSchema,
      { project: 'demo', pageToken: 'x'.repeat(1025) },
      'string.max_len',
    ],
    ['an unknown enum value', ListIntegrationsRequestSchema, { project: 'demo', status: 99 }, 'enum.defined_only'],
    [
      'a pattern that is none',
      ListIntegrationEventsRequestSchema,
      { project: 'demo', eventType: 'github.**' },
      'string.pattern',
    ],
    [
      'a time out of range',
      ListIntegrationEventsRequestSchema,
      { project: 'demo', since: { seconds: 10n ** 12n } },
      'timestamp.gte_lte',
    ],
    [
      'an empty name',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: 'intg_a', name: '' },
      'string.min_len',
    ],
    [
      'an enum value not allowed here',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: 'intg_a', status: 3 },
      'enum.in',
    ],
    [
      'an id with a quote',
      UpdateIntegrationRequestSchema,
      { project: 'demo', integration: "intg_' or 1=1" },
      'string.pattern',
    ],
    [
      'a long wait',
      WaitConnectSessionRequestSchema,
      { project: 'demo', session: 'csns_a', timeout: { seconds: 60n } },
      'duration.gte_lte',
    ],
    [
      'a tag of the system',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', tags: { 'mobius:x': '' } },
      'string.not_contains',
    ],
    [
      'a scope named twice',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', scopes: ['a', 'a'] },
      'repeated.unique',
    ],
    [
      'a return URL that is none',
      ConnectProviderRequestSchema,
      { project: 'demo', provider: 'slack', returnUrl: 'no url' },
      'string.uri',
    ],
    [
      'a resolve without a target',
      ResolveCredentialRequestSchema,
      { project: 'demo', purpose: 'slack.message.post', runId: 'run_1' },
      'required',
    ],
    ['no projects', WatchCredentialsRequestSchema, {}, 'repeated.min_items'],
    [
      'an acknowledgement of no kind',
      AcknowledgeSourceEventsRequestSchema,
      { consumer: 'c', acknowledgements: [{ ackToken: 't' }] },
      'enum.not_in',
    ],
  ] as const)('refuse %s', (_, schema, value, rule) => {
    expect(broken(schema, value)).toEqual([rule]);
  });
});

/** Whether the rules bound the field. Times and messages of ours count as bounded by themselves, a Struct by the size of a request. */
function bounded(field: DescField, rules: FieldRules): boolean {
  const { case: kind, value } = rules.type;
  if (field.fieldKind === 'list') {
    if (kind !== 'repeated' || value.maxItems === 0n) return false;
    return field.listKind === 'message' || (value.items !== undefined && boundedValue(field.scalar, value.items));
  }
  if (field.fieldKind === 'map') {
    if (kind !== 'map' || value.maxPairs === 0n || !value.keys || !value.values) return false;
    return boundedValue(field.mapKey, value.keys) && boundedValue(field.scalar, value.values);
  }
  return field.fieldKind === 'message' || boundedValue(field.scalar, rules);
}

/** A scalar, or an enum when there is no scalar type. */
function boundedValue(scalar: ScalarType | undefined, rules: FieldRules): boolean {
  if (scalar === ScalarType.BOOL) return true;
  const { case: kind, value } = rules.type;
  if (kind === 'string')
    return value.maxLen > 0n || value.in.length > 0 || /^\^[^*+]*\$$/.test(value.pattern.replaceAll('\\*', ''));
  if (kind === 'bytes') return value.maxLen > 0n;
  if (kind === 'int32' || kind === 'int64') return value.greaterThan.case !== undefined;
  return scalar === undefined && kind === 'enum' && value.definedOnly;
}

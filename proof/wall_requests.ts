import { create, type DescField, type DescMethod, type Message, ScalarType } from '@bufbuild/protobuf';

/** Whose things the ids of a request name. */
export type Names = {
  readonly project: string;
  readonly sourceProject: string;
  readonly integration: string;
  readonly session: string;
  readonly event: string;
  readonly sourceEvent: string;
  readonly lease: string;
  readonly deliveryKey: string;
  readonly account: string;
  readonly ackToken: string;
};

/** What each field is filled with, by its name: a field of a new method is filled as those before it. */
const values: Readonly<Record<string, (names: Names) => unknown>> = {
  project: n => n.project,
  confirm_project: n => n.project,
  projects: n => [n.project],
  source_project: n => n.sourceProject,
  integration: n => n.integration,
  integration_id: n => n.integration,
  source_integration_id: n => n.integration,
  integration_ids: n => [n.integration],
  resource: n => n.integration,
  session: n => n.session,
  event_id: n => n.event,
  event_ids: n => [n.event],
  sample_id: n => n.event,
  source_event_id: n => n.sourceEvent,
  source_event_ids: n => [n.sourceEvent],
  lease_id: n => n.lease,
  account_id: n => n.account,
  delivery_key: n => n.deliveryKey,
  acknowledgements: n => [{ ackToken: n.ackToken, kind: 1 }],
  consumer: () => 'wall',
  patterns: () => ['jira.*'],
  action: () => 'jira.issue.get',
  provider: () => 'jira',
  purpose: () => 'jira.issue.get',
  run_id: () => 'run_1',
  reference_type: () => 'jira.project',
  values: () => ['10000'],
  method: () => 'GET',
  url: () => 'https://api.atlassian.com/oauth/token/accessible-resources',
  slot: () => 1,
  outcome: () => 1,
  change: () => 1,
  mode: () => 1,
  dry_run: () => true,
  name: () => 'wall',
  event_type: () => 'jira.issue.created',
};

/** Fields that are left empty for a method, or filled otherwise than their name says. */
const departures: Readonly<Record<string, Readonly<Record<string, ((names: Names) => unknown) | undefined>>>> = {
  ListAuditRecords: { action: undefined, run_id: undefined, outcome: undefined },
  ListCredentialLeases: { run_id: undefined },
  CheckActionInputs: { inputs: () => ({}) },
  RevokeIntegrations: { account_id: undefined },
  ExplainDelivery: {
    event_type: undefined,
    source_event_id: undefined,
    delivery_key: undefined,
    integration_id: undefined,
  },
  ReplayIntegrationEvents: { event_type: undefined, integration_id: undefined, provider: undefined },
  ReviveSourceEvents: { event_type: undefined },
  ListDeadSourceEvents: { event_type: undefined, consumer: undefined },
  FireTestEvent: { delivery_key: undefined, sample_id: undefined },
  PutReferences: { reference_type: () => 'table.table', references: () => [{ value: 'w', label: 'w', version: 1n }] },
  RemoveReferences: { reference_type: () => 'table.table', references: () => [{ value: 'w', version: 1n }] },
};

/** A request of the method about what the names say. */
export function requestOf(method: DescMethod, names: Names): Message {
  const departure = departures[method.name] ?? {};
  const isChosen = new Set<string>();
  const filled: Record<string, unknown> = {};
  // Of the ways to say what is meant the last one is the most exact: `provider` comes before `integration_id`.
  for (const field of method.input.fields.toReversed()) {
    const fill = field.name in departure ? departure[field.name] : values[field.name];
    if (fill === undefined || isRefused(field)) continue;
    if (field.oneof !== undefined) {
      if (isChosen.has(field.oneof.name)) continue;
      isChosen.add(field.oneof.name);
      filled[field.oneof.localName] = { case: field.localName, value: fill(names) };
    } else filled[field.localName] = fill(names);
  }
  return create(method.input, filled as never);
}

/** A name that stands for another kind of value there. */
function isRefused(field: DescField): boolean {
  return field.name === 'method' && field.scalar !== ScalarType.STRING;
}

/** Whether the request holds anything but the project that belongs to somebody. */
export function namesOthers(method: DescMethod): boolean {
  const departure = departures[method.name] ?? {};
  const own = ['project', 'confirm_project', 'projects'];
  const theirs =
    /^(integration|integration_id|source_integration_id|integration_ids|resource|session|event_id|event_ids|sample_id|source_event_id|source_event_ids|lease_id|account_id|delivery_key|acknowledgements|source_project)$/;
  return method.input.fields.some(
    ({ name }) => theirs.test(name) && !own.includes(name) && (!(name in departure) || departure[name] !== undefined),
  );
}

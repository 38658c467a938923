import type { Lifecycle, ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { formBody, jsonBody, jsonObject } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { textFingerprint } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import { isObject, type Json, readId, readString } from '../kit/read.ts';

export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhook URL of the GitHub App; its installations share it',
      signature: 'hmac-sha256',
      secret: 'PLATFORM_APP',
      secretField: 'webhook_secret',
    },
    {
      suffix: 'hook',
      description: 'Payload URL of a repository or organization webhook, for integrations by token',
      signature: 'hmac-sha256',
      secret: 'INTEGRATION',
      secretField: 'webhook_secret',
    },
  ],
  deliveryHeader: 'x-github-delivery',
  verify: hmac({ header: 'x-hub-signature-256', prefix: 'sha256=' }),
  parse,
};

/** The object an event is about, where it is not called as the event is. */
const SUBJECTS: Readonly<Record<string, string>> = {
  code_scanning_alert: 'alert',
  commit_comment: 'comment',
  dependabot_alert: 'alert',
  discussion_comment: 'comment',
  installation_repositories: 'installation',
  issue_comment: 'comment',
  issues: 'issue',
  pull_request_review: 'review',
  pull_request_review_comment: 'comment',
  pull_request_review_thread: 'thread',
  secret_scanning_alert: 'alert',
};

/** What a body of the event must hold. The event's name is in a header, which is not under the signature. */
const PROOFS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(Object.entries(SUBJECTS).map(([event, subject]) => [event, [subject]])),
  ...Object.fromEntries(
    ['check_run', 'check_suite', 'deployment', 'discussion', 'installation', 'label', 'milestone', 'release']
      .concat(['pull_request', 'repository', 'workflow_job', 'workflow_run'])
      .map(event => [event, [event]]),
  ),
  create: ['ref', 'ref_type'],
  delete: ['ref', 'ref_type'],
  deployment_status: ['deployment_status', 'deployment'],
  fork: ['forkee'],
  issue_comment: ['comment', 'issue'],
  push: ['ref', 'before', 'after'],
};

function parse(verified: Verified): readonly ParsedEvent[] {
  const event = readString(verified.headers['x-github-event'], 'x-github-event');
  if (!/^[a-z][a-z0-9_-]{0,63}$/.test(event)) throw invalid('x-github-event is not an event');
  const body = bodyOf(verified);
  if (event === 'ping') return [];
  const deliveryKey = readString(verified.headers['x-github-delivery'], 'x-github-delivery').slice(0, 128);
  return [eventOf(event, body, { deliveryKey, accountId: accountOf(verified, body) })];
}

/** A webhook's body as an event. `version`: of its subject when it happened, where the body has a later one. */
export function eventOf(
  event: string,
  body: Json,
  of: { readonly deliveryKey: string; readonly accountId: string; readonly version?: string },
): ParsedEvent {
  const missing = PROOFS[event]?.find(name => body[name] === undefined);
  if (missing !== undefined) throw invalid(`a ${event} without ${missing}`);
  const resource = event.replaceAll('-', '_');
  const eventType = nameOf(resource, body);
  const subject = subjectOf(resource, body);
  const occurTime = of.version === undefined ? occurred(resource, body, subject) : momentOf(of.version);
  const semanticKey = semanticKeyOf(eventType, resource, body, subject, of.version);
  return {
    eventType,
    schemaVersion: 1,
    deliveryKey: of.deliveryKey,
    ...(semanticKey !== undefined && { semanticKey }),
    ...objectOf(at(body, 'repository', 'id'), thingOf(body, subject)),
    accountId: of.accountId,
    ...(occurTime !== undefined && { occurTime }),
    payload: body,
    meta: metaOf({
      action: body.action,
      repository: at(body, 'repository', 'full_name'),
      sender: at(body, 'sender', 'login'),
      number: at(body, 'issue', 'number') ?? at(body, 'pull_request', 'number') ?? at(body, 'discussion', 'number'),
      ref: body.ref,
    }),
    ...lifecycleOf(event, body),
  };
}

const LIFECYCLE: Readonly<Record<string, Lifecycle['kind']>> = {
  deleted: 'ENDED',
  suspend: 'SUSPENDED',
  unsuspend: 'RESUMED',
};

/** The installation's own times are those of its last change, which a deletion is not: GitHub is asked. */
function lifecycleOf(event: string, body: Json): { readonly lifecycle?: Lifecycle } {
  const kind = event === 'installation' ? LIFECYCLE[String(body.action)] : undefined;
  return kind === undefined ? {} : { lifecycle: { kind, authKind: 'APP_INSTALLATION' } };
}

/** Hooks made by hand send a form by default, with the JSON in its field `payload`. */
function bodyOf(verified: Verified): Json {
  if (!(verified.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
    return jsonBody(verified);
  return jsonObject(readString(formBody(verified).payload, 'payload'), 'payload');
}

/** `github.<event>.<action>`; the action of a repository_dispatch is the sender's own text and stays in `meta`. */
function nameOf(resource: string, body: Json): string {
  if (resource === 'repository_dispatch' || body.action === undefined || body.action === null)
    return `github.${resource}`;
  const action = readString(body.action, 'action').replaceAll('-', '_').toLowerCase();
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(action)) throw invalid('action is not a name');
  return `github.${resource}.${action}`;
}

/**
 * The App's deliveries name the installation. A hook's secret is known to the customer alone, who could sign any body:
 * its deliveries belong to the integration whose secret fitted, and the account is left empty.
 */
function accountOf(verified: Verified, body: Json): string {
  if (verified.suffix !== '') return '';
  const installation = at(body, 'installation', 'id');
  if (installation !== undefined) return readId(installation, 'installation.id');
  const owner = at(body, 'organization', 'id') ?? at(body, 'repository', 'owner', 'id');
  return owner === undefined ? '' : `account:${readId(owner, 'owner.id')}`;
}

function subjectOf(resource: string, body: Json): Json | undefined {
  const subject = body[SUBJECTS[resource] ?? resource];
  return isObject(subject) ? subject : undefined;
}

/** What keeps its order within a repository: an issue or pull request with all that hangs on it, a ref, else the subject. */
function thingOf(body: Json, subject: Json | undefined): unknown {
  const number = at(body, 'issue', 'number') ?? at(body, 'pull_request', 'number') ?? at(body, 'discussion', 'number');
  return number ?? body.ref ?? subject?.node_id ?? subject?.id;
}

function occurred(resource: string, body: Json, subject: Json | undefined): Date | undefined {
  const pushed = at(body, 'repository', 'pushed_at');
  if (resource === 'push' && typeof pushed === 'number' && Math.abs(pushed) < 1e11) return new Date(pushed * 1000);
  const times = [
    subject?.updated_at,
    subject?.completed_at,
    subject?.submitted_at,
    subject?.created_at,
    body.starred_at,
  ];
  return times.map(momentOf).find(time => time !== undefined);
}

/** Told twice, by the App and by a hook, a happening differs in these only. */
const ROUTE = new Set(['action', 'enterprise', 'installation', 'organization', 'repository', 'sender']);

/** What happens to an object once and never again: told twice, it differs in whatever happened since. */
const ONCE = new Set(['github.issues.opened', 'github.pull_request.opened', 'github.issue_comment.created']);

/**
 * Object, version, and a digest of what else the body tells: several changes of one second have one version. Undefined
 * where the object has no version.
 */
function semanticKeyOf(
  eventType: string,
  resource: string,
  body: Json,
  subject: Json | undefined,
  versionThen: string | undefined,
): string | undefined {
  const repository = at(body, 'repository', 'id');
  const push = resource === 'push';
  const id = push ? repository : (subject?.node_id ?? subject?.id);
  if (ONCE.has(eventType)) {
    return typeof id === 'string' || typeof id === 'number' ? `${eventType}:${String(id).slice(0, 128)}` : undefined;
  }
  const updated = push ? at(body, 'repository', 'pushed_at') : (subject?.updated_at ?? subject?.completed_at);
  const version = versionThen ?? updated;
  if (
    (typeof id !== 'string' && typeof id !== 'number') ||
    (typeof version !== 'string' && typeof version !== 'number')
  ) {
    return undefined;
  }
  const about = SUBJECTS[resource] ?? resource;
  const rest = Object.entries(body).filter(([name]) => !ROUTE.has(name) && name !== about);
  const told = push ? { ref: body.ref, before: body.before, after: body.after } : rest;
  return `${eventType}:${String(id).slice(0, 128)}:${String(version).slice(0, 64)}:${textFingerprint(JSON.stringify(told))}`;
}

function invalid(message: string): ProviderError {
  return new ProviderError({ kind: 'invalid_answer' }, new Error(message));
}

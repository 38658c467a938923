import type { ParsedEvent, Verified, Webhook } from '../delivery.ts';
import { jsonBody } from '../kit/body.ts';
import { ProviderError } from '../kit/error.ts';
import { bodyKey } from '../kit/fingerprint.ts';
import { hmac } from '../kit/hmac.ts';
import { at, metaOf, momentOf, objectOf } from '../kit/meta.ts';
import type { Json } from '../kit/read.ts';

/** Source: support.atlassian.com/bitbucket-cloud, event payloads and webhook secrets. */
export const webhook: Webhook = {
  endpoints: [
    {
      suffix: '',
      description: 'Webhooks of the workspaces and repositories that the connected person administers',
      signature: 'hmac-sha256',
      secret: 'SUBSCRIPTION',
      secretField: 'secret',
    },
  ],
  deliveryHeader: 'x-request-uuid',
  verify: hmac({ header: 'x-hub-signature', prefix: 'sha256=' }),
  parse,
};

/** What happened stands in a header, which the signature does not cover; nobody else gets to see a signed body. */
function parse(verified: Verified): readonly ParsedEvent[] {
  const body = jsonBody(verified);
  const name = (verified.headers['x-event-key'] ?? '').replace(':', '.');
  if (!/^[a-z][a-z_]{0,63}\.[a-z][a-z_]{0,63}$/.test(name)) {
    throw new ProviderError({ kind: 'invalid_answer' }, new Error('x-event-key is not a name'));
  }
  const { pullrequest, issue, repository, project } = body;
  const occurTime = timeOf(body, name);
  const repo = at(repository, 'uuid');
  return [
    {
      eventType: `bitbucket.${name}`,
      schemaVersion: 1,
      // Whether a repeat has the same X-Request-UUID is not said; it has the same text.
      deliveryKey: `${name}/${bodyKey(verified.body)}`,
      ...objectOf(
        name.split('.')[0],
        repo ?? at(project, 'uuid'),
        at(pullrequest, 'id') ?? at(issue, 'id') ?? at(body.commit_status, 'key') ?? '',
      ),
      accountId: '',
      ...(occurTime !== undefined && { occurTime }),
      payload: body,
      meta: metaOf({
        repository: repo,
        path: at(repository, 'full_name'),
        workspace: at(repository, 'workspace', 'slug'),
        project: at(project, 'key') ?? at(repository, 'project', 'key'),
        actor: at(body.actor, 'uuid'),
        pull_request: at(pullrequest, 'id'),
        issue: at(issue, 'id'),
        state: at(pullrequest, 'state') ?? at(issue, 'state') ?? at(body.commit_status, 'state'),
      }),
    },
  ];
}

/** The moment of what happened, where the body tells it; never that of something older. */
function timeOf(body: Json, name: string): Date | undefined {
  const [object] = name.split('.');
  const told = [
    at(body.approval, 'date'),
    at(body.changes_request, 'date'),
    at(body.comment, 'updated_on'),
    at(body.commit_status, 'updated_on'),
    ...(object === 'pullrequest' ? [at(body.pullrequest, 'updated_on')] : []),
    ...(object === 'issue' ? [at(body.issue, 'updated_on')] : []),
  ];
  return told.map(momentOf).find(time => time !== undefined);
}

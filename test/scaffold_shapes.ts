import type { Given } from '../src/scaffold/questions.ts';

/** New providers of several shapes: what is said of each, and what its documentation would have shown, in the fixtures' order. */
export type Shape = {
  readonly id: string;
  readonly said: Given;
  /** Source text for each thing to be filled in. */
  readonly fills: readonly string[];
};

const about = {
  name: 'Sample',
  description: 'Forms that people fill in.',
  category: 'Productivity',
  docs: 'https://docs.sample.example/api',
};
const page = "'https://docs.sample.example/api/page'";

/** By consent and by key; deliveries signed with a secret of each integration, without a time; pages by number. */
const plain: Shape = {
  // The other ids begin so.
  id: 'sample',
  said: {
    ...about,
    api: 'https://api.sample.example/v1',
    identity: '/me',
    connect: 'oauth,key',
    'authorize-url': 'https://www.sample.example/oauth/authorize',
    'token-url': 'https://api.sample.example/v1/oauth/token',
    scopes: 'forms:read,forms:write',
    pkce: 'yes',
    'client-auth': 'body',
    refresh: 'rotating',
    'token-life': '3600',
    'key-hint': 'From the account’s settings.',
    webhook: 'hmac',
    'webhook-secret': 'integration',
    'webhook-header': 'Sample-Signature',
    'webhook-encoding': 'base64',
    'webhook-prefix': 'sha256=',
    event: 'form.answered',
    'event-description': 'Somebody answered a form.',
    'event-kind-at': 'event_type',
    'event-kind': 'form_response',
    'event-id-at': 'event_id',
    'event-time-at': 'answer.submitted_at',
    action: 'form.create',
    'action-title': 'Create a form',
    'action-description': 'Adds a form to the account.',
    'action-effect': 'adds',
    'action-scope': 'forms:write',
    'action-input': 'title,like?,form?',
    reference: 'form',
    'reference-description': 'A form of the account.',
    'reference-path': '/forms',
    'reference-items': 'items',
    'reference-label': 'title',
    'reference-one': '/forms/{id}',
    'reference-scope': 'forms:read',
    paging: 'page',
    'page-at': 'page',
    'page-size': 'page_size',
    'page-most': '200',
  },
  fills: [
    ...[page, "{ id: 'u1', name: 'Ada' }", "{ id: 'u1', label: 'Ada' }"],
    ...[page, "{ access_token: 'a', token_type: 'Bearer', expires_in: 3600, refresh_token: 'r' }", "'a'"],
    page,
    "{ event_id: 'e1', event_type: 'form_response', answer: { submitted_at: '2026-05-04T03:02:01Z' } }",
    ...[page, "{ items: [{ id: 'f1', title: 'One' }] }", "[{ value: 'f1', label: 'One' }]", 'true'],
    ...[page, "{ id: 'f2' }"],
    ...["'sample secret'", 'new Date(0)'],
    "{ 'sample-signature': 'sha256=hBNO9LUoUm8ht9ib955g2/ZdfdGhGg1FKbJzWYMsXYg=' }",
    `'{"event_type":"form_response","event_id":"e1"}'`,
    "'Sample signs the body alone; a repeat is told by its id.'",
  ],
};

/** By consent alone, an authorization server of another host; deliveries signed for the app, time and signature in one header. */
const timed: Shape = {
  id: 'sample_calls',
  said: {
    ...about,
    api: 'https://api.sample.example',
    identity: '/users/me',
    'identity-id': 'resource.uri',
    'identity-label': 'resource.name',
    connect: 'oauth',
    'authorize-url': 'https://auth.sample.example/oauth/authorize',
    'token-url': 'https://auth.sample.example/oauth/token',
    'revoke-url': 'https://auth.sample.example/oauth/revoke',
    scopes: 'a,b',
    'scope-separator': 'comma',
    pkce: 'no',
    'client-auth': 'basic',
    refresh: 'none',
    webhook: 'hmac',
    'webhook-secret': 'app',
    'webhook-header': 'Sample-Signature',
    'webhook-prefix': 'v1=',
    'webhook-timestamp': 't=',
    event: 'call.ended',
    'event-description': 'A call ended.',
    'event-kind-at': 'event',
    'event-kind': 'call.ended',
    'event-account-at': 'payload.owner',
    reference: 'kind',
    'reference-description': 'A kind of call.',
    'reference-path': '/kinds',
    'reference-items': 'collection',
    paging: 'cursor',
    'page-at': 'page_token',
    'page-size': 'count',
    'page-most': '100',
    'page-next': 'pagination.next_page_token',
  },
  fills: [
    ...[page, "{ resource: { uri: 'u1', name: 'Ada' } }", "{ id: 'u1', label: 'Ada' }"],
    ...[page, "{ access_token: 'a', token_type: 'bearer' }", "'a'"],
    ...[page, "{ event: 'call.ended', payload: { owner: 'u1' } }", "'u1'"],
    ...[page, "{ collection: [{ id: 'k', name: 'K' }], pagination: { next_page_token: 'n' } }"],
    ...["[{ value: 'k', label: 'K' }]", 'false'],
    ...["'sample secret'", 'new Date(1_777_863_721_000)'],
    "{ 'sample-signature': 't=1777863721,v1=faf73f7f8f8f197c64d458508a2b49f72ec3d6c7e2f5e9b086bacd9ec57850c6' }",
    `'{"event":"call.ended","payload":{"owner":"u1"}}'`,
  ],
};

/** By a key in a header of its own; nothing but a list that is given whole, and is the whole answer. */
const keyed: Shape = {
  id: 'sample_list',
  said: {
    ...about,
    api: 'https://api.sample.example',
    identity: '/account',
    connect: 'key',
    'key-header': 'X-Sample-Key',
    'key-hint': 'From the account’s settings.',
    reference: 'board',
    'reference-description': 'A board of the account.',
    'reference-path': '/boards',
    paging: 'whole',
  },
  fills: [
    ...[page, "{ id: 7, name: 'Ada' }", "{ id: '7', label: 'Ada' }"],
    ...[page, "[{ id: 1, name: 'B' }]", "[{ value: '1', label: 'B' }]", 'true'],
  ],
};

/** By user and password; the time of a delivery in a header; the last item begins the next page. */
const basic: Shape = {
  id: 'sample_basic',
  said: {
    ...about,
    api: 'https://api.sample.example',
    identity: '/account',
    connect: 'basic',
    'basic-user': 'Account SID',
    'basic-password': 'Auth token',
    webhook: 'hmac',
    'webhook-secret': 'integration',
    'webhook-header': 'X-Signature',
    'webhook-timestamp': 'X-Timestamp',
    'webhook-signed': 'v0:{timestamp}:{body}',
    event: 'message.sent',
    'event-description': 'A message was sent.',
    'event-kind-at': 'kind',
    'event-kind': 'sent',
    'event-id-at': 'id',
    reference: 'customer',
    'reference-description': 'A customer of the account.',
    'reference-path': '/customers',
    'reference-items': 'data',
    paging: 'last',
    'page-at': 'starting_after',
    'page-size': 'limit',
    'page-most': '100',
    'page-more': 'has_more',
  },
  fills: [
    ...[page, "{ id: 'u1', name: 'Ada' }", "{ id: 'u1', label: 'Ada' }"],
    ...[page, "{ id: 'm1', kind: 'sent' }"],
    ...[page, "{ data: [{ id: 'c1', name: 'C' }], has_more: true }", "[{ value: 'c1', label: 'C' }]", 'false'],
    ...["'sample secret'", 'new Date(1_777_863_721_000)'],
    "{ 'x-timestamp': '1777863721', 'x-signature': '29f95026047be6ffbf22509f43eea0f381c3b50766649bce46c9031659baa90f' }",
    `'{"id":"m1","kind":"sent"}'`,
  ],
};

/** All three ways beside each other, the key by a word of its own; an action that reads; numbers in a Link header. */
const mixed: Shape = {
  id: 'sample_mixed',
  said: {
    ...about,
    api: 'https://api.sample.example/v2',
    identity: '/account',
    connect: 'oauth,key,basic',
    'authorize-url': 'https://www.sample.example/authorize',
    'token-url': 'https://www.sample.example/token',
    pkce: 'yes',
    'client-auth': 'body',
    refresh: 'reusable',
    'token-life': '600',
    'key-prefix': 'Token',
    'key-hint': 'From the account’s settings.',
    'basic-user': 'User',
    'basic-password': 'Password',
    action: 'note.list',
    'action-title': 'List notes',
    'action-description': 'Reads the notes of the account.',
    'action-effect': 'reads',
    'action-output': 'notes',
    reference: 'note',
    'reference-description': 'A note of the account.',
    'reference-path': '/notes',
    paging: 'link',
    'page-size': 'per_page',
    'page-most': '100',
  },
  fills: [
    ...[page, "{ id: 'u1', name: 'Ada' }", "{ id: 'u1', label: 'Ada' }"],
    ...[page, "{ access_token: 'a', token_type: 'bearer', expires_in: 600, refresh_token: 'r' }", "'a'"],
    ...[page, "[{ id: 'n1', name: 'N' }]", "[{ value: 'n1', label: 'N' }]", 'false'],
    `{ link: '<https://api.sample.example/v2/notes?page=2>; rel="next"' }`,
    ...[page, "{ notes: 'none' }"],
  ],
};

/** A key alone, items counted from zero. */
const counted: Shape = {
  id: 'sample_offset',
  said: {
    ...about,
    api: 'https://api.sample.example',
    identity: '/account',
    connect: 'key',
    'key-hint': 'From the account’s settings.',
    reference: 'row',
    'reference-description': 'A row of the account.',
    'reference-path': '/rows',
    'reference-items': 'data.rows',
    'reference-value': 'key.id',
    'reference-label': 'key.title',
    paging: 'offset',
    'page-at': 'offset',
    'page-size': 'limit',
    'page-most': '50',
  },
  fills: [
    ...[page, "{ id: 'u1', name: 'Ada' }", "{ id: 'u1', label: 'Ada' }"],
    ...[page, "{ data: { rows: [{ key: { id: 'r1', title: 'R' } }] } }", "[{ value: 'r1', label: 'R' }]", 'true'],
  ],
};

export const shapes: readonly Shape[] = [plain, timed, keyed, basic, mixed, counted];

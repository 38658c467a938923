import { request as send } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectLine } from '../src/sandbox/page.ts';
import { type Sandbox, startSandbox } from '../src/sandbox/start.ts';
import { type Edge, openEdge } from './sandbox-visitor.ts';

/** What a person gets at the sandbox's root. That the lines connect, and the deliveries are taken, is in conformance.test.ts. */

let sandbox: Sandbox;
let edge: Edge;

beforeAll(async () => {
  edge = await openEdge();
  sandbox = await startSandbox();
  sandbox.useEdge(edge.url);
});
afterAll(async () => {
  await sandbox?.stop();
  await edge?.close();
});

/** `fetch` lets nobody choose the Host. */
function ask(
  path: string,
  method = 'GET',
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = send(`${sandbox.url}${path}`, { method, headers }, answer => {
      const parts: Buffer[] = [];
      answer.on('data', part => parts.push(part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
    });
    call.once('error', reject);
    call.end();
  });
}

test('the page has a line for each way to connect, with all that its form requires', async () => {
  const { status, text } = await ask('/');
  expect(status).toBe(200);
  for (const offer of sandbox.offers) {
    expect(text).toContain(`<h2 id="${offer.provider.id}">`);
    for (const method of offer.provider.connect) {
      const schema = 'schema' in method ? method.schema : 'settings' in method ? method.settings : undefined;
      const line = connectLine(offer, method);
      expect(text).toContain(line.split(' --set ')[0]!.split(' --config ')[0]);
      for (const field of (schema?.required ?? []) as string[]) expect(line).toMatch(new RegExp(`[ ']${field}=`));
    }
  }
  const [slack] = sandbox.offers;
  expect(text).toContain(`bot_token=${slack?.forms.BOT_TOKEN?.bot_token}`);
});

describe('a delivery asked for by POST', () => {
  test('is sent as the vendor sends it, the first one where none is named', async () => {
    const { status, text } = await ask('/-/deliver/slack', 'POST');
    expect([status, text]).toEqual([
      200,
      `message was sent to ${edge.url}/v1/provider/slack/webhook, which answered 200: seen\n`,
    ]);
    const { headers, path } = edge.received.at(-1)!;
    expect([path, headers['x-slack-signature']]).toEqual(['/v1/provider/slack/webhook', expect.stringMatching(/^v0=/)]);
    await ask('/-/deliver/github?event=push', 'POST');
    expect(edge.received.at(-1)!.headers['x-github-event']).toBe('push');
  });

  test('goes to the integration that is named, where each has a secret of its own', async () => {
    const unnamed = await ask('/-/deliver/openai', 'POST');
    expect([unnamed.status, unnamed.text]).toEqual([400, expect.stringMatching(/^integration is missing/)]);
    expect((await ask('/-/deliver/openai?integration=demo.intg_1', 'POST')).status).toBe(200);
    expect(edge.received.at(-1)!.path).toBe('/v1/provider/openai/webhook/demo.intg_1');
  });

  test('goes to the webhook made by API, and is refused while none stands', async () => {
    const none = await ask('/-/deliver/asana', 'POST');
    expect([none.status, none.text]).toEqual([400, expect.stringMatching(/^no webhook of the service stands/)]);
    const hook = { id: '1', url: `${edge.url}/hook`, secret: 's', account: 'acme', facts: {} };
    sandbox.hooks('asana').add(hook);
    expect((await ask('/-/deliver/asana', 'POST')).status).toBe(200);
    expect(edge.received.at(-1)!.path).toBe('/hook');
  });

  test.each([
    ['by GET', '/-/deliver/slack', 'GET', {}, 405],
    ['of a provider that is not played', '/-/deliver/nobody', 'POST', {}, 404],
    ['of one that delivers nothing', '/-/deliver/clay', 'POST', {}, 404],
    ['of an event that it does not send', '/-/deliver/slack?event=nothing', 'POST', {}, 400],
    ['by another site’s page', '/-/deliver/slack', 'POST', { origin: 'https://elsewhere.example' }, 403],
    ['under another name', '/-/deliver/slack', 'POST', { host: 'elsewhere.example' }, 403],
  ] as const)('is refused %s, and nothing is sent', async (_, path, method, headers, status) => {
    const before = edge.received.length;
    expect((await ask(path, method, headers)).status).toBe(status);
    expect(edge.received.length).toBe(before);
  });

  test('the page is not shown under another name', async () => {
    expect((await ask('/', 'GET', { host: 'elsewhere.example' })).status).toBe(403);
  });
});

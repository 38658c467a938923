import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Deps } from '../src/deps.ts';
import { IntegrationError } from '../src/errors.ts';
import { networkFetch, openCall } from '../src/outbound.ts';
import { indexCatalog } from '../src/providers/catalog_index.ts';
import { providers } from '../src/providers/index.ts';
import type { LookupRequest } from '../src/references/lookup.ts';
import { lookupAtProvider } from '../src/references/lookup_provider.ts';
import { matcher } from '../src/references/match.ts';
import { startVendor, type VendorServer } from './vendor-server.ts';

/** Slack's pager against a vendor of ours: only so can a list be long, and fail in its middle. */

const found = indexCatalog(providers).referenceType('slack.channel');
if (found?.type.source !== 'PROVIDER') throw new Error('slack.channel is not looked up at its provider');
const { provider, type } = found as typeof found & { type: typeof found.type };

let vendor: VendorServer;
let channels: { id: string; name: string; purpose?: { value: string } }[];
/** Answered instead of the page that begins there. */
let troubles: Record<number, object>;

beforeAll(async () => {
  vendor = await startVendor();
});
afterAll(() => vendor.close());

beforeEach(() => {
  channels = Array.from({ length: 1_000 }, (_, i) => ({ id: `C${i}`, name: `channel-${i}` }));
  troubles = {};
  vendor.play(({ body }) => {
    const { cursor = '0', limit } = body as { cursor?: string; limit: string };
    const start = Number(cursor);
    const trouble = troubles[start];
    if (trouble !== undefined) return { body: { ok: false, ...trouble } };
    const end = start + Number(limit);
    const next = end < channels.length ? String(end) : '';
    return { body: { ok: true, channels: channels.slice(start, end), response_metadata: { next_cursor: next } } };
  });
});

const now = () => new Date('2026-01-15T12:00:00Z');

function lookup(q: string, size: number, pageToken = '', signal = new AbortController().signal) {
  const call = (ended = signal) =>
    openCall({
      fetch: networkFetch,
      now,
      provider,
      endpoints: { api: vendor.origin, web: vendor.origin },
      app: undefined,
      credential: { kind: 'BOT_TOKEN', secrets: {} },
      config: {},
      headers: {},
      signal: ended,
    });
  const source = { source: 'PROVIDER', type, provider, open: async () => ({ call }), integration: { id: 'intg_1' } };
  const request = { project: 'demo', q, dependsOn: {}, pageToken } as unknown as LookupRequest;
  return lookupAtProvider(
    { now } as Deps,
    source as unknown as Parameters<typeof lookupAtProvider>[1],
    request,
    size,
    signal,
  );
}

async function walk(q: string, size: number) {
  const labels: string[] = [];
  let token = '';
  for (let page = 0; page < 2_000; page++) {
    const answer = await lookup(q, size, token);
    expect(answer.items.length).toBeLessThanOrEqual(size);
    labels.push(...answer.items.map(item => item.label));
    token = answer.nextPageToken;
    if (token === '') return { labels, last: answer };
    expect(answer.completeness.complete).toBe(false);
  }
  throw new Error('the list has no end');
}

describe('a list of the provider', () => {
  test.each([1, 37, 150, 200])('is walked to its end in pages of %i, each item once', async size => {
    channels = channels.slice(0, 450);
    const { labels, last } = await walk('', size);
    expect(labels).toEqual(channels.map(c => `#${c.name}`));
    expect(last.completeness).toMatchObject({ complete: true, known: 450, gaps: [] });
  });

  test('is filtered by what was typed, over all its pages, without a match lost', async () => {
    const { labels, last } = await walk('channel-9', 7);
    const wanted = channels.filter(c => c.name.startsWith('channel-9')).map(c => `#${c.name}`);
    expect(labels.toSorted()).toEqual(wanted.toSorted());
    expect(last.completeness).toMatchObject({ complete: true, known: 1_000 });
  });

  test('is not read further than the page needs', async () => {
    await lookup('channel', 10);
    expect(vendor.requests).toHaveLength(1);
  });

  test('is read twenty pages a call, and the next call goes on from there', async () => {
    channels = Array.from({ length: 4_500 }, (_, i) => ({ id: `C${i}`, name: i === 4_400 ? 'needle' : `hay-${i}` }));
    const first = await lookup('needle', 10);
    expect(vendor.requests).toHaveLength(20);
    expect(first).toMatchObject({ items: [], completeness: { complete: false, known: 4_000, gaps: [] } });
    const second = await lookup('needle', 10, first.nextPageToken);
    expect(second.items.map(i => i.value)).toEqual(['C4400']);
    expect(second).toMatchObject({ nextPageToken: '', completeness: { complete: true, known: 4_500 } });
  });

  test.each([
    [{ error: 'ratelimited' }, 'RATE_LIMITED'],
    [{ error: 'internal_error' }, 'PROVIDER_UNAVAILABLE'],
    [{ error: 'missing_scope', needed: 'groups:read' }, 'SCOPE_MISSING'],
    [{ error: 'access_denied' }, 'PERMISSION_MISSING'],
  ])(
    'that fails with %o after some pages is told with the gap, and goes on from the failed page',
    async (trouble, cause) => {
      troubles[400] = trouble;
      const part = await lookup('channel-399', 10);
      expect(part.items.map(i => i.value)).toEqual(['C399']);
      expect(part.completeness).toMatchObject({ complete: false, known: 400, gaps: [{ cause }] });
      if (cause === 'SCOPE_MISSING') expect(part.completeness.gaps[0]?.scopes).toEqual(['groups:read']);
      troubles = {};
      const rest = await lookup('channel-399', 10, part.nextPageToken);
      expect(rest.completeness).toMatchObject({ complete: true, known: 1_000, gaps: [] });
    },
  );

  test.each([
    [0, { error: 'ratelimited' }, 'RATE_LIMITED'],
    [0, { error: 'internal_error' }, 'PROVIDER_UNAVAILABLE'],
    [400, { error: 'token_revoked' }, 'CREDENTIAL_REFUSED'],
  ])('that fails at item %i with %o is an error', async (at, trouble, reason) => {
    troubles[at] = trouble;
    const error = await lookup('channel-399', 10).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(IntegrationError);
    expect((error as IntegrationError).reason).toBe(reason);
  });

  test('whose vendor no longer takes the cursor asks to begin anew', async () => {
    const { nextPageToken } = await lookup('', 100);
    troubles[100] = { error: 'invalid_cursor' };
    await expect(lookup('', 100, nextPageToken)).rejects.toMatchObject({
      reason: 'FIELD_INVALID',
      metadata: { field: 'page_token' },
    });
  });

  test('whose page names itself as the next is refused, not walked forever', async () => {
    vendor.play(() => ({ body: { ok: true, channels: [], response_metadata: { next_cursor: 'same' } } }));
    expect((await lookup('', 10)).completeness.gaps).toMatchObject([{ cause: 'PROVIDER_UNAVAILABLE' }]);
  });

  test('is no longer read when the caller went away', async () => {
    const gone = new AbortController();
    gone.abort(new Error('gone'));
    await expect(lookup('', 10, '', gone.signal)).rejects.toThrow('gone');
  });

  test('takes a token back only for the same search, and only one of ours', async () => {
    const { nextPageToken } = await lookup('channel', 10);
    await expect(lookup('other', 10, nextPageToken)).rejects.toMatchObject({ reason: 'FIELD_INVALID' });
    const parts = JSON.parse(Buffer.from(nextPageToken, 'base64url').toString()) as string[];
    for (const [at, wrong] of [
      [2, '-1'],
      [3, '0'],
      [3, '99999'],
      [4, 'x'],
    ] as const) {
      const token = Buffer.from(JSON.stringify(parts.with(at, wrong))).toString('base64url');
      await expect(lookup('channel', 10, token)).rejects.toMatchObject({ reason: 'FIELD_INVALID' });
    }
  });
});

describe('what was typed', () => {
  const rank = (q: string, label: string, more: object = {}) =>
    matcher(q)({ value: 'C1', label, state: 'PRESENT', ...more });

  test('matches whatever the case and the accents', () => {
    expect(rank('CAFE', '#café-général')).toBe(1);
    expect(rank('général', '#CAFE-GENERAL')).toBe(2);
  });

  test('ranks exact, prefix, word, part, description', () => {
    expect(rank('general', '#general')).toBe(0);
    expect(rank('gene', '#general')).toBe(1);
    expect(rank('lead', '#team-leads')).toBe(2);
    expect(rank('eads', '#team-leads')).toBe(3);
    expect(rank('lunch', '#random', { description: 'Where to have lunch' })).toBe(4);
    expect(rank('nothing', '#random')).toBeUndefined();
  });

  test('finds by id, and by a pasted address that holds the id', () => {
    expect(rank('C1', '#other')).toBe(0);
    expect(rank('https://acme.slack.com/archives/C1', '#other')).toBe(0);
    expect(rank('https://acme.slack.com/archives/C2', '#other')).toBeUndefined();
  });
});

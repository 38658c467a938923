import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CatalogService } from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { connectOnlyProviders } from '../src/connect_only/list.ts';
import { contrast } from '../src/logos/contrast.ts';
import { drawLogo, tileFor } from '../src/logos/draw.ts';
import { drawnMarkSchema, markOf, readMarks } from '../src/logos/marks.ts';
import { monogramOf } from '../src/logos/monogram.ts';
import { logoPath } from '../src/logos/path.ts';
import { providers as full } from '../src/providers/index.ts';
import { startWorld, type World } from './world.ts';

const providers = [...full, ...connectOnlyProviders];
const slice = readMarks();
const isDrawnMark = new Ajv2020({ allErrors: true }).compile(drawnMarkSchema);
const darkPage = '#18181b';
const mark = { path: 'M0 0h24v24H0z', color: '#ff7a59' };

describe('the slice of marks', () => {
  test('has what providers name and nothing else', () => {
    const named = providers.map(({ logo }) => logo).filter(logo => logo !== 'monogram');
    expect(Object.keys(slice.marks)).toEqual([...new Set(named)].toSorted());
    expect(Object.keys(slice.marks).length).toBeGreaterThan(100);
  });

  test('keeps the notice of its source', () => {
    expect(slice.notice).toMatch(/Simple Icons .* CC0 1\.0/);
  });

  test.each(Object.entries(slice.marks))('%s is path data and a colour that stands out from its tile', (_, each) => {
    expect(isDrawnMark({ path: each.path, color: each.color })).toBe(true);
    expect(contrast(each.color, tileFor(each.color))).toBeGreaterThanOrEqual(3);
  });
});

describe('a mark', () => {
  test('stands out from its tile whatever its colour is', () => {
    const color = fc.integer({ min: 0, max: 0xffffff }).map(number => `#${number.toString(16).padStart(6, '0')}`);
    fc.assert(fc.property(color, each => contrast(each, tileFor(each)) >= 3));
  });

  test('keeps its brand’s colour, on white where that can be seen', () => {
    expect(drawLogo('Notion', { ...mark, color: '#000000' })).toMatch(/fill="#ffffff".*fill="#000000"/);
    expect(drawLogo('HubSpot', mark)).toMatch(/fill="#18181b".*fill="#ff7a59"/);
  });

  test.each([
    ['leaves its attribute', { ...mark, path: 'M0 0"/><script/>' }],
    ['names an address', { ...mark, path: 'url(https://elsewhere.example)' }],
    ['does not begin with a move', { ...mark, path: 'L1 1' }],
    ['is too long', { ...mark, path: `M${'0'.repeat(8192)}` }],
    ['has a colour that is not plain', { ...mark, color: 'red' }],
    ['has more than a path and a colour', { ...mark, href: 'x' }],
    ['has no colour', { path: mark.path }],
  ])('that people bring is refused when it %s', (_, brought) => {
    expect(isDrawnMark(mark)).toBe(true);
    expect(isDrawnMark(brought)).toBe(false);
  });

  test('that a manifest brings is drawn', () => {
    const [first] = providers;
    expect(markOf({ ...first!, logo: mark }, slice)).toBe(mark);
    expect(markOf({ ...first!, logo: 'constructor' }, slice)).toBeUndefined();
  });
});

describe('a monogram', () => {
  test.each([
    ['Slack', 'S'],
    ['Microsoft Teams', 'MT'],
    ['OneDrive and Excel', 'OD'],
    ['SendGrid', 'SG'],
    ['monday.com', 'M'],
    ['  the (new) thing', 'TN'],
    ['ärzte', 'Ä'],
    ['百度', '百'],
    ['123 Form', '1F'],
    ['…', '★'],
  ])('of %s is %s', (name, letters) => {
    expect(monogramOf(name).letters).toBe(letters);
  });

  test('has letters that can be read, on a tile seen on light and on dark pages', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), name => {
        const { background } = monogramOf(name);
        expect(background).toMatch(/^#[0-9a-f]{6}$/);
        expect(contrast(background, '#ffffff')).toBeGreaterThanOrEqual(4.5);
        expect(contrast(background, darkPage)).toBeGreaterThanOrEqual(3);
      }),
    );
  });

  test('is the same every time, and another for another name', () => {
    const names = providers.filter(({ logo }) => logo === 'monogram').map(({ displayName }) => displayName);
    const drawn = names.map(name => drawLogo(name, undefined));
    expect(names.map(name => drawLogo(name, undefined))).toEqual(drawn);
    expect(new Set(drawn.map(svg => svg.replace(/<title>.*<\/title>/, ''))).size).toBe(names.length);
  });
});

describe('a name', () => {
  const elements = (svg: string): string[] => [...svg.matchAll(/<(\w+)/g)].map(match => match[1] ?? '');

  test('adds no markup, whatever it is', () => {
    const name = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('</title><script>alert(1)</script>&amp;"\'\u0000\u0008'),
    );
    fc.assert(
      fc.property(name, each => {
        const svg = drawLogo(each, undefined);
        expect(elements(svg)).toEqual(['svg', 'title', 'rect', 'text']);
        expect(elements(drawLogo(each, mark))).toEqual(['svg', 'title', 'rect', 'rect', 'path']);
        expect(svg).not.toMatch(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u);
        expect(svg.replaceAll(/&#\d+;/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('the edge', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  }, 60_000);
  afterAll(() => world?.stop());

  const ask = (provider: string, request: RequestInit = {}) => fetch(world.edgeUrl + logoPath(provider), request);

  test('serves the logo of every provider to anybody', async () => {
    for (const { id } of world.service.deps.catalog.providers) {
      const answer = await ask(id);
      expect(answer.status, id).toBe(200);
      expect(await answer.text(), id).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" .*<\/svg>\n$/);
    }
  });

  test('is where the catalog says', async () => {
    const { provider } = await world.rpc(CatalogService).getProvider({ project: world.project, provider: 'stripe' });
    expect(provider).toMatchObject({ logo: 'stripe', logoUrl: world.edgeUrl + logoPath('stripe') });
    const { providers: listed } = await world.rpc(CatalogService).listProviders({ project: world.project });
    expect(listed.map(({ id, logoUrl }) => [id, logoUrl])).toEqual(
      listed.map(({ id }) => [id, world.edgeUrl + logoPath(id)]),
    );
  });

  test('says what it is, that any page may show it, and that it can do nothing', async () => {
    const { headers } = await ask('stripe');
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'cross-origin',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'cache-control': 'public, max-age=86400, stale-while-revalidate=604800',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
    });
  });

  test('spares the body of whom has it, and HEAD’s', async () => {
    const full = await ask('slack');
    const body = await full.text();
    const etag = full.headers.get('etag') ?? '';
    const again = await ask('slack', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    expect(again.headers.get('cache-control')).toBe(full.headers.get('cache-control'));
    expect((await ask('github', { headers: { 'if-none-match': etag } })).status).toBe(200);
    const head = await ask('slack', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-length')).toBe(Buffer.byteLength(body).toString());
  });

  test('answers a provider that is not there, and other methods, as REST does', async () => {
    const absent = await ask('nobody');
    expect([absent.status, absent.headers.get('cache-control')]).toEqual([404, 'no-store']);
    expect(await absent.json()).toEqual({
      error: expect.objectContaining({
        code: 'NOT_FOUND',
        reason: 'PROVIDER_NOT_FOUND',
        metadata: { provider: 'nobody' },
      }),
    });
    const post = await ask('slack', { method: 'POST', body: 'x' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await post.json()).toHaveProperty('error.code', 'UNIMPLEMENTED');
  });
});

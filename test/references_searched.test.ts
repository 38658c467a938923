import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { GapCause } from '../gen/mobius/integrations/v1/reference_pb.js';
import { ReferenceService } from '../gen/mobius/integrations/v1/reference_service_pb.js';
import { openBrowser } from './browser.ts';
import { reasonOf } from './reason.ts';
import { startWorld, type World } from './world.ts';

/** Types that the provider searches, while it is away. */

const referenceType = 'google_sheets.spreadsheet';
let world: World;
let project: string;
let count = 0;
const faults: { remove(): void }[] = [];

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(async () => {
  project = `s${++count}`;
  await connect('google_sheets');
});
afterEach(() => {
  for (const fault of faults.splice(0)) fault.remove();
});

async function connect(provider: string): Promise<void> {
  const { redirectUrl } = await world.rpc(IntegrationService).connectProvider({ project, provider });
  expect((await openBrowser().open(redirectUrl)).status).toBe(200);
}

const lookup = (q = '', more: object = {}) =>
  world.rpc(ReferenceService).lookupReferences({ project, referenceType, q, ...more });
const labelsOf = (answer: { references: { label: string }[] }) => answer.references.map(({ label }) => label);
const gapsOf = (answer: Awaited<ReturnType<typeof lookup>>) =>
  (answer.completeness?.gaps ?? []).map(({ cause }) => GapCause[cause]);
const answer = (status: number, headers: Record<string, string> = {}) => {
  faults.push(
    world.sandbox.inject({ provider: 'google_sheets', path: /drive\/v3\/files/, status, headers, times: 99 }),
  );
};
const mend = () => {
  for (const fault of faults.splice(0)) fault.remove();
};

describe('a provider that is away', () => {
  test('is answered for by what it found before, which says that it is old and not all', async () => {
    const all = await lookup();
    expect(all.references.length).toBeGreaterThan(1);
    expect(all.completeness?.complete).toBe(true);
    const [first] = all.references;
    answer(503);
    const kept = await lookup(first?.label.slice(0, 5).toUpperCase());
    expect(kept.references[0]).toMatchObject({ value: first?.value, label: first?.label });
    expect(kept.completeness).toMatchObject({ complete: false, known: all.references.length });
    expect(gapsOf(kept)).toEqual(['PROVIDER_UNAVAILABLE', 'STALE']);
    expect(kept.completeness?.gaps[1]?.fix).toMatchObject({
      method: 'mobius.integrations.v1.ReferenceService/LookupReferences',
      arguments: { project, reference_type: referenceType, integration_id: kept.integrationId },
    });
    const asOf = Number(kept.completeness?.asOf?.seconds);
    expect(asOf).toBeLessThanOrEqual(Number(first?.lastSeenTime?.seconds));
    expect(kept.timings?.providerTime).toBeDefined();
    const none = await lookup('nothing of the kind');
    expect(none.references).toEqual([]);
    expect(none.completeness?.complete).toBe(false);
    const byUrl = await lookup(`https://docs.google.com/spreadsheets/d/${first?.value}/edit`);
    expect(byUrl.references.map(r => r.value)).toEqual([first?.value]);
    mend();
    expect((await lookup()).completeness).toMatchObject({ complete: true, gaps: [] });
  });

  test('is an error where nothing was found before', async () => {
    answer(503);
    expect(await reasonOf(lookup())).toBe('PROVIDER_UNAVAILABLE');
  });

  test('or asks us to slow down, or answers something else, is told apart', async () => {
    await lookup();
    answer(429, { 'retry-after': '1' });
    expect(gapsOf(await lookup())).toEqual(['RATE_LIMITED', 'STALE']);
    mend();
    faults.push(
      world.sandbox.inject({ provider: 'google_sheets', path: /files/, status: 200, body: '<html>', times: 9 }),
    );
    expect(gapsOf(await lookup())).toEqual(['PROVIDER_UNAVAILABLE', 'STALE']);
  });

  test('leaves pages that go on among what was found before, even when it is back', async () => {
    const all = labelsOf(await lookup());
    answer(503);
    const first = await lookup('', { pageSize: 1 });
    expect(labelsOf(first)).toHaveLength(1);
    mend();
    const walked = labelsOf(first);
    for (let pageToken = first.nextPageToken; pageToken !== ''; ) {
      const page = await lookup('', { pageSize: 1, pageToken });
      expect(gapsOf(page)).toEqual(['STALE']);
      walked.push(...labelsOf(page));
      pageToken = page.nextPageToken;
    }
    expect(walked.toSorted()).toEqual(all.toSorted());
  });

  test('ends the pages of its own search', async () => {
    const { nextPageToken } = await lookup('', { pageSize: 1 });
    expect(nextPageToken).not.toBe('');
    answer(503);
    expect(await reasonOf(lookup('', { pageSize: 1, pageToken: nextPageToken }))).toBe('PROVIDER_UNAVAILABLE');
  });
});

describe('what was found before', () => {
  test('is not told where the provider refuses the credential', async () => {
    await lookup();
    answer(401);
    expect(await reasonOf(lookup())).toBe('CREDENTIAL_REFUSED');
    mend();
    answer(403);
    expect(await reasonOf(lookup())).toBe('SCOPE_MISSING');
  });

  test("of one account is nothing to another's", async () => {
    await lookup();
    await world.db.query(
      `update integrations set account_id = 'other', generation = generation + 1 where project = $1`,
      [project],
    );
    answer(503);
    expect(await reasonOf(lookup())).toBe('PROVIDER_UNAVAILABLE');
  });

  test('is bounded: what was seen last stays', async () => {
    const { references } = await lookup();
    const { rows } = await world.db.query('select id from reference_lists where project = $1', [project]);
    await world.db.query(
      `insert into indexed_references (project, list, value, label, metadata, state, name, extra, generation, seen_time)
       select $1, $2, 'old-' || i, 'old', '{}', 'PRESENT', 'old', '', 0, now() - interval '1 day'
         from generate_series(1, 2500) i`,
      [project, rows[0].id],
    );
    await world.db.query('update reference_lists set known = known + 2500 where project = $1', [project]);
    await lookup();
    const left = await world.db.query(
      `select count(*)::int as n, count(*) filter (where value not like 'old-%')::int as found
         from indexed_references where project = $1`,
      [project],
    );
    expect(left.rows).toEqual([{ n: 2_000, found: references.length }]);
    answer(503);
    expect((await lookup()).completeness?.known).toBe(2_000);
  });
});

test('a value depended on that the provider does not know is named', async () => {
  await connect('jira');
  const call = world.rpc(ReferenceService).lookupReferences({
    ...{ project, referenceType: 'jira.issue' },
    dependsOn: { project: 'no such project!' },
  });
  expect(await call.then(String, String)).toContain('depends_on.project');
});

test('a token that cannot be minted is the provider being away', async () => {
  await connect('github');
  faults.push(world.sandbox.inject({ provider: 'github', path: /access_tokens/, status: 503, times: 99 }));
  await world.db.query('update credentials set sealed_minted = null, minted_expire_time = null where project = $1', [
    project,
  ]);
  const request = { project, referenceType: 'github.issue', dependsOn: { repository: 'acme/api' } };
  expect(await reasonOf(world.rpc(ReferenceService).lookupReferences(request))).toBe('PROVIDER_UNAVAILABLE');
});

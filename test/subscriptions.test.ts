import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cutAfter, HOUR_MS, openWorld, type Stage } from './subscription_stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openWorld();
});
afterAll(() => stage.world.stop());
beforeEach(() => stage.begin());

const hooks = () => stage.hooks('github');

describe('at connect', () => {
  test('a webhook is made for each repository, and brings its events to the integration alone', async () => {
    const other = stage.project;
    await stage.connectGitHub({ repositories: ['acme/docs'] });
    stage.next();
    const id = await stage.connectGitHub({ repositories: ['acme/api', 'acme/web'] });
    expect(hooks()).toHaveLength(0);
    await stage.work();
    expect(
      hooks()
        .map(({ facts }) => facts.repository)
        .toSorted(),
    ).toEqual(['acme/api', 'acme/docs', 'acme/web']);
    const { deliveries } = await stage.happen('github', { event: 'issues.opened', target: 'acme/api' });
    expect(deliveries.map(({ status }) => status)).toEqual([200]);
    expect(await stage.receipts()).toEqual(['github.issues.opened WEBHOOK RECORDED']);
    expect(await stage.receipts(other)).toEqual([]);
    const { rows } = await stage.world.db.query('select integration_id from source_events where project = $1', [
      stage.project,
    ]);
    expect(rows).toEqual([{ integration_id: id }]);
  });

  test('a delivery signed with the secret of another webhook is refused, and every one has its own', async () => {
    await stage.connectGitHub({ repositories: ['acme/api', 'acme/web'] });
    await stage.work();
    const [one, two] = hooks();
    expect(one?.secret).toMatch(/^[0-9a-f]{64}$/);
    expect(one?.secret).not.toBe(two?.secret);
    const forged = { event: 'issues.opened', hook: one!.id };
    expect((await stage.world.sandbox.deliver('github', forged)).status).toBe(200);
    const moved = { event: 'issues.opened', endpoint: one!.url.split('/webhook/')[1]!, secret: two!.secret };
    expect((await stage.world.sandbox.deliver('github', moved)).status).toBe(401);
    expect(await stage.receipts()).toHaveLength(1);
  });

  test('the secret is in the store sealed, and in no log', async () => {
    await stage.connectGitHub();
    await stage.work();
    const [hook] = hooks();
    const { rows } = await stage.world.db.query(`select s::text as text from subscriptions s`);
    expect(rows.length).toBeGreaterThan(0);
    for (const text of [...rows.map(row => row.text), ...stage.world.logs]) expect(text).not.toContain(hook!.secret);
  });

  test('none is made where a person brought a signing secret, where none is wanted, and where the way has an app', async () => {
    await stage.connectGitHub({ secret: 'made-by-hand' });
    await stage.work();
    expect(hooks()).toEqual([]);
    stage.next();
    await stage.connectGitHub({ repositories: [] });
    await stage.connectByRedirect('linear');
    await stage.work();
    expect([...hooks(), ...stage.hooks('linear')]).toEqual([]);
    expect(await stage.rows()).toEqual([]);
  });

  test('repositories that are no longer wanted lose theirs, new ones get one', async () => {
    const integration = await stage.connectGitHub({ repositories: ['acme/api', 'acme/web'] });
    await stage.work();
    await stage.update(integration, { config: { repositories: ['acme/web', 'acme/docs'] } });
    await stage.work();
    expect(
      hooks()
        .map(({ facts }) => facts.repository)
        .toSorted(),
    ).toEqual(['acme/docs', 'acme/web']);
    expect((await stage.rows()).map(({ label }) => label)).toEqual(['acme/docs', 'acme/web']);
  });
});

describe('in time', () => {
  test('one that expires is renewed at half its life, and not before', async () => {
    await stage.connectByRedirect('jira');
    await stage.work();
    const [made] = stage.hooks('jira');
    const refreshes = () => stage.count('jira', 'PUT', /\/webhook\/refresh$/);
    const before = refreshes();
    stage.advance(13 * 24 * HOUR_MS);
    await stage.work();
    expect(refreshes()).toBe(before);
    stage.advance(2 * 24 * HOUR_MS);
    await stage.work();
    expect(refreshes()).toBe(before + 1);
    const [renewed] = stage.hooks('jira');
    expect(renewed?.id).toBe(made?.id);
    expect(renewed!.expireTime!.getTime() - made!.expireTime!.getTime()).toBeGreaterThan(14 * 24 * HOUR_MS);
    await stage.work();
    expect(refreshes()).toBe(before + 1);
  });

  test('one that was removed at the vendor is made anew, and what happened meanwhile is recovered once', async () => {
    await stage.connectGitHub();
    await stage.work();
    const { happening } = await stage.happen('github', { event: 'issues.opened' });
    stage.advance(10 * 60_000);
    stage.removeHooks('github');
    const missed = await stage.happen('github', { event: 'issues.opened' });
    await stage.happen('github', { event: 'issue_comment.created', object: String(missed.happening.object.id) });
    await stage.happen('github', { event: 'issues.closed', object: String(happening.object.id) });
    expect(missed.deliveries).toEqual([]);
    expect(await stage.receipts()).toHaveLength(1);
    stage.advance(2 * HOUR_MS);
    await stage.work();
    expect(hooks()).toHaveLength(1);
    const told = (await stage.receipts()).filter(text => !text.endsWith('DUPLICATE'));
    expect(told.slice(1).toSorted()).toEqual([
      'github.issue_comment.created RECOVERED RECORDED',
      'github.issues.closed RECOVERED RECORDED',
      'github.issues.opened RECOVERED RECORDED',
    ]);
    expect(await stage.published()).toBe(4);
    const [row] = await stage.rows();
    expect([row?.gap_state, row?.lapse_time]).toEqual(['RECOVERED', null]);
    // It is looked for every hour: nothing comes twice.
    stage.advance(2 * HOUR_MS);
    await stage.work();
    expect(await stage.published()).toBe(4);
    await stage.happen('github', { event: 'issues.opened' });
    expect(await stage.published()).toBe(5);
  });

  test('what happened before the connect is not told, however soon the webhook goes', async () => {
    await stage.happen('github', { event: 'issues.opened' });
    stage.advance(2_000);
    await stage.connectGitHub();
    await stage.work();
    stage.removeHooks('github');
    stage.advance(2 * HOUR_MS);
    await stage.work();
    expect((await stage.rows())[0]?.gap_state).toBe('RECOVERED');
    expect(await stage.receipts()).toEqual([]);
  });

  test('what a webhook told before it went, or tells after all, is not told again', async () => {
    await stage.connectGitHub();
    await stage.work();
    const { happening } = await stage.happen('github', { event: 'issues.opened' });
    const again = await stage.happen('github', { event: 'issues.opened' });
    const late = { event: 'issues.opened', raw: JSON.stringify(again.happening.body) };
    const endpoint = hooks()[0]!.url.split('/webhook/')[1]!;
    const { secret } = hooks()[0]!;
    stage.removeHooks('github');
    const missed = await stage.happen('github', { event: 'issues.opened' });
    stage.advance(2 * HOUR_MS);
    await stage.work();
    expect(await stage.published()).toBe(3);
    const raw = JSON.stringify(missed.happening.body);
    expect(
      (await stage.world.sandbox.deliver('github', { event: 'issues.opened', raw, endpoint, secret })).status,
    ).toBe(200);
    expect((await stage.world.sandbox.deliver('github', { ...late, endpoint, secret })).status).toBe(200);
    expect(await stage.published()).toBe(3);
    expect(happening.event).toBe('issues.opened');
    expect((await stage.receipts()).filter(text => text.endsWith('DUPLICATE')).length).toBeGreaterThan(0);
  });

  test('one that the vendor switched off is removed and made anew', async () => {
    await stage.connectGitHub();
    await stage.work();
    const [off] = hooks();
    stage.world.sandbox.hooks('github').add({ ...off!, facts: { ...off!.facts, active: false } });
    stage.advance(2 * HOUR_MS);
    await stage.work();
    expect(hooks()).toHaveLength(1);
    expect(hooks()[0]?.id).not.toBe(off?.id);
  });

  test('one that lapsed while no process ran is made anew, and its gap read', async () => {
    await stage.connectByRedirect('jira');
    await stage.work();
    stage.advance(31 * 24 * HOUR_MS);
    const missed = await stage.happen('jira', { event: 'jira:issue_created' });
    await stage.happen('jira', { event: 'jira:issue_updated', object: String(missed.happening.object.id) });
    await stage.happen('jira', { event: 'comment_created', object: String(missed.happening.object.id) });
    expect(missed.deliveries).toEqual([]);
    await stage.work();
    expect(stage.hooks('jira')).toHaveLength(1);
    expect((await stage.receipts()).toSorted()).toEqual([
      'jira.comment.created RECOVERED RECORDED',
      'jira.issue.created RECOVERED RECORDED',
      'jira.issue.updated RECOVERED RECORDED',
    ]);
  });

  test('one of Linear lapses and comes back with what its lists tell', async () => {
    await stage.connectLinear();
    await stage.work();
    const { happening } = await stage.happen('linear', { event: 'Issue.create' });
    stage.advance(10 * 60_000);
    stage.removeHooks('linear');
    await stage.happen('linear', { event: 'Issue.update', object: String(happening.object.id) });
    await stage.happen('linear', { event: 'Issue.create' });
    await stage.happen('linear', { event: 'Comment.create' });
    stage.advance(2 * HOUR_MS);
    await stage.work();
    const told = (await stage.receipts()).filter(text => !text.endsWith('DUPLICATE'));
    expect(told[0]).toBe('linear.issue.created WEBHOOK RECORDED');
    expect(told.slice(1).toSorted()).toEqual([
      'linear.comment.created RECOVERED RECORDED',
      'linear.issue.created RECOVERED RECORDED',
      'linear.issue.updated RECOVERED RECORDED',
    ]);
  });

  test('a page of a gap that was not kept is read again, one that was kept is not', async () => {
    await stage.connectLinear();
    await stage.work();
    stage.advance(10 * 60_000);
    stage.removeHooks('linear');
    for (let i = 0; i < 120; i++) await stage.happen('linear', { event: 'Issue.create' });
    stage.advance(2 * HOUR_MS);
    // The second page finds the vendor down: what the first brought is kept, with where to go on.
    await stage.work(cutAfter(1, (_, body) => body.includes('issues(first')));
    expect(await stage.published()).toBe(100);
    const [row] = await stage.rows();
    expect([row?.gap_state, row?.state, row?.failure]).toEqual(['OPEN', 'ACTIVE', 'unavailable']);
    stage.advance(HOUR_MS);
    await stage.work();
    expect(await stage.published()).toBe(120);
    expect((await stage.receipts()).filter(text => text.endsWith('DUPLICATE'))).toEqual([]);
  });
});

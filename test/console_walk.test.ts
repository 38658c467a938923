import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CredentialService } from '../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import { SourceEventOutcome } from '../gen/mobius/integrations/internal/v1/source_event_pb.js';
import { SourceEventService } from '../gen/mobius/integrations/internal/v1/source_event_service_pb.js';
import { IntegrationStatus } from '../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { findSecrets, openSecretBook } from '../src/demo/secrets.ts';
import {
  chromiumPath,
  type ManyChannels,
  openManyChannels,
  openWiretap,
  secretsOf,
  type Wiretap,
} from './console_stage.ts';
import { openVisitor, type Visitor } from './console_visitor.ts';
import { answer, arrived, type OpenedStream, openStream, tokensOf } from './event_stage.ts';
import { startWorld, type World } from './world.ts';

/**
 * The whole story in a real browser, in order: each step goes on where the one before ended. MOBIUS_SCREENSHOTS=on also
 * writes the pictures of docs/.
 */

if (chromiumPath === undefined) console.log('test/console_walk.test.ts is skipped: there is no chromium here');

const project = 'demo';
const wrongKey = `lin_api_${'x'.repeat(40)}`;
const limits = { retry: 0, timeout: 30_000 };
const names = Array.from({ length: 10_000 }, (_, i) => `team-${String(i).padStart(5, '0')}`);
names[7_321] = 'deploys-production';

let world: World;
let tap: Wiretap;
let channels: ManyChannels;
let engine: OpenedStream;
let visitor: Visitor;
let page: Visitor['page'];

const open = (path: string) => visitor.open(path);
const choose = (label: string, text: string) => visitor.choose(label, text);
const accessible = (...rules: string[]) => visitor.accessible(...rules);
const picture = (name: string) => visitor.picture(name);
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const account = (name: string | RegExp) => page.getByRole('article', { name });
const dialog = () => page.getByRole('dialog').first();

describe.skipIf(chromiumPath === undefined)('the console in a browser', () => {
  beforeAll(async () => {
    [tap, channels] = await Promise.all([openWiretap(), openManyChannels(names)]);
    world = await startWorld({
      console: true,
      environment: { MOBIUS_PUBLIC_URL: tap.url, MOBIUS_REFERENCE_CRAWL: 'on' },
      platform: file => {
        const endpoints = file.providers.slack?.endpoints;
        if (endpoints?.api === undefined) throw new Error('the sandbox has no Slack');
        channels.target = endpoints.api;
        endpoints.api = channels.url;
      },
    });
    tap.target = world.edgeUrl;
    engine = openStream(world, { projects: [project], patterns: ['slack.*'] });
    const pictures = process.env.MOBIUS_SCREENSHOTS === 'on';
    visitor = await openVisitor(chromiumPath ?? '', { base: tap.url, project, pictures });
    page = visitor.page;
  }, 60_000);

  afterAll(async () => {
    await visitor?.close();
    await engine?.close();
    await world?.stop();
    await Promise.all([tap?.close(), channels?.close()]);
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    console.log(`what the browser showed: ${await visitor.pictureOfFailure()}`);
  });

  test('signs in with one click and shows every provider within a second', limits, async () => {
    await page.goto(`${tap.url}/console/`);
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await accessible();
    await visitor.signIn(/Demo Manager/);
    await page.getByRole('link', { name: 'Slack', exact: true }).waitFor();
    await accessible();
    // The machine may be busy: the best of several.
    const tookMs: number[] = [];
    while (tookMs.length < 5 && !tookMs.some(ms => ms < 1_000)) {
      await open('integrations');
      await page.getByRole('link', { name: 'Slack', exact: true }).waitFor();
      tookMs.push(await page.evaluate(() => performance.now()));
    }
    console.log(`console: the first page can be used after ${Math.round(Math.min(...tookMs))} ms`);
    expect(Math.min(...tookMs)).toBeLessThan(1_000);
  });

  test('connects Slack by way of Slack’s own pages', limits, async () => {
    await page.getByRole('searchbox', { name: 'Search providers' }).fill('slack');
    await page.getByRole('link', { name: 'Connect', exact: true }).click();
    await dialog().waitFor();
    await accessible();
    await button(/Continue at Slack/).click();
    await page.getByText('Slack is connected').waitFor();
    await account(/.+/).getByText('Active', { exact: true }).waitFor();
    expect(page.url()).toContain('connect_status=completed');
    await button('Close').click();
    await expect.poll(() => page.url()).not.toContain('connect_');
    await accessible();
  });

  test('follows what others change, without a reload', limits, async () => {
    await open('integrations');
    const card = page.getByRole('article').filter({ hasText: 'Slack' });
    await card.getByText('Connected', { exact: true }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const { integrations } = await world.rpc(IntegrationService).listIntegrations({ project });
    const change = (status: IntegrationStatus) =>
      world.rpc(IntegrationService).updateIntegration({ project, integration: integrations[0]?.id ?? '', status });
    await change(IntegrationStatus.INACTIVE);
    await card.getByText(/was switched off/).waitFor();
    await card.getByRole('button', { name: 'Switch on' }).click();
    await card.getByText('Connected', { exact: true }).waitFor();
  });

  test('tells a wrong key at its form and connects with the right one', limits, async () => {
    await open('providers/linear?connect=new');
    await page.getByText('API key', { exact: true }).first().click();
    const key = page.getByLabel('API key', { exact: true }).last();
    expect(await key.getAttribute('type')).toBe('password');
    await key.fill('short');
    await button('Connect').last().click();
    await expect.poll(() => key.getAttribute('aria-invalid')).toBe('true');
    await key.fill(wrongKey);
    await button('Connect').last().click();
    await page.getByText('Linear refused it').waitFor();
    await accessible();
    await key.fill(world.seeds.linear.apiKey);
    await button('Connect').last().click();
    await page
      .getByText(/^Connected as/)
      .first()
      .waitFor();
    await account(/.+/).waitFor();
  });

  test('rotates with overlap and shows what became of the old secret', limits, async () => {
    await button('Rotate').click();
    await dialog()
      .getByLabel(/API key/)
      .fill(world.seeds.linear.apiKey);
    await dialog().getByLabel('Keep the old one for').selectOption({ label: '1 hour' });
    await accessible();
    await dialog().getByRole('button', { name: 'Rotate' }).click();
    await page.getByText('The old secret is kept until the overlap ends.').waitFor();
    await button('Credential history').click();
    await page.getByRole('row').filter({ hasText: 'Credential 1' }).getByText('In overlap').waitFor();
    await page.getByRole('row').filter({ hasText: 'Credential 2' }).getByText('Current', { exact: true }).waitFor();
    await accessible();
    await picture('provider');
  });

  test('shows a delivery as it arrives, and its way to the engine', limits, async () => {
    await open('activity');
    await heading('Activity').waitFor();
    await page.getByText('Nothing has arrived yet').waitFor();
    await accessible();
    const payload = { text: '<img src=x onerror=alert(1)> ship it' };
    expect((await world.sandbox.deliver('slack', { event: 'message', payload })).status).toBe(200);
    await button('slack.event').waitFor();
    await arrived(engine, 1);
    await answer(world, tokensOf(engine));
    await world.internal(SourceEventService, 'trigger').reportOutcome({
      ...{ project, consumer: 'engine', sourceEventId: engine.ids()[0] ?? '', runIds: ['run-7'] },
      outcome: SourceEventOutcome.SUCCEEDED,
    });
    await page.getByRole('row').getByText('Succeeded').waitFor();
    await button('slack.event').click();
    await dialog().getByText('Its way').waitFor();
    await dialog().getByRole('listitem').filter({ hasText: 'Succeeded' }).waitFor();
    // What a provider sent is text: nothing of it became an element.
    await dialog().getByText('<img src=x').waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await accessible();
    await picture('delivery');
    await button('Replay').click();
    await dialog().getByText('Replays', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('row').getByText('Webhook, replay').waitFor();
  });

  test('fires a sample after showing what it would do', limits, async () => {
    await button('Fire a sample').click();
    await choose('Sample', 'slack.event');
    await dialog().getByText('Goes to engine').waitFor();
    await accessible();
    await button('Fire it').click();
    await dialog().getByRole('definition').getByText('Synthetic').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Source').selectOption({ label: 'Synthetic' });
    await expect.poll(() => page.url()).toContain('source=SYNTHETIC');
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await page.reload();
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    await open('activity');
    await expect.poll(() => page.getByRole('row').count()).toBe(4);
  });

  test('explains a forged delivery, which has no receipt', limits, async () => {
    const forged = await world.sandbox.deliver('slack', { event: 'message', secret: 'not-the-secret-of-slack' });
    expect(forged.status).toBe(401);
    await open('explain');
    await page.getByText('Nothing asked yet').waitFor();
    await accessible();
    await choose('Provider', 'jira');
    await button('Explain').click();
    await heading('No integration').waitFor();
    await choose('Provider', 'slack');
    await choose('Event type', 'slack.command');
    await button('Explain').click();
    await heading('Signature wrong').waitFor();
    expect(page.url()).toContain('provider=slack');
    await page.getByText('1 refused, the last: signature wrong').waitFor();
    await accessible();
    await picture('explain');
  });

  test('picks a channel among ten thousand by its name', limits, async () => {
    await open('pickers?type=slack.channel');
    await page.getByText('10,000').first().waitFor({ timeout: 20_000 });
    await page.getByText('Complete', { exact: true }).waitFor({ timeout: 20_000 });
    const picker = page.getByRole('combobox', { name: 'Channel', exact: true });
    await picker.click();
    await page.getByText(/First 50 shown, all 10,000 searched/).waitFor();
    await page.keyboard.type('deploys');
    await page.getByRole('option', { name: /deploys-production/ }).waitFor();
    await accessible();
    await picture('picker');
    await page.keyboard.press('Enter');
    await page.getByText('What became of it').waitFor();
    await page.getByText('"channel": "C000007321"').waitFor();
    await page.getByText('Present', { exact: true }).waitFor();
    await accessible();
    await page.reload();
    await picker.getByText('deploys-production').waitFor();
  });

  test('shows who was handed which credential for what, and verifies the chain', limits, async () => {
    const purpose = 'linear.issue.create';
    await world
      .internal(CredentialService, 'executor')
      .resolveCredential({ project, target: { case: 'provider', value: 'linear' }, purpose, runId: 'run-42' });
    await open('audit');
    await page.getByLabel('Action').selectOption({ label: 'Credentials handed out' });
    await expect.poll(() => page.getByRole('row').count()).toBe(2);
    const row = page.getByRole('row').filter({ hasText: 'run-42' });
    await row.getByText('spiffe://mobius.dev/action-executor').waitFor();
    await row.getByText(purpose).waitFor();
    await button('Verify the chain').click();
    await page.getByText(/^Intact: \d+ records verified/).waitFor();
    await accessible();
    await row.getByRole('button', { name: 'credential.resolve' }).click();
    await dialog().getByText('Its place in the chain').waitFor();
    await accessible();
    await page.keyboard.press('Escape');
    await page.getByLabel('Action').selectOption({ label: 'Everything' });
    await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(5);
    await picture('audit');
  });

  test('deletes only after what would stop was shown and the name was typed', limits, async () => {
    await open('providers/linear');
    const name = (await account(/.+/).getAttribute('aria-label')) ?? '';
    await button(`More for ${name}`).click();
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await dialog().getByText('linear.issue.create once').waitFor();
    expect(await button('Delete for good').isDisabled()).toBe(true);
    await accessible();
    await dialog().getByRole('textbox').fill(name);
    await picture('delete');
    await button('Delete for good').click();
    await button('Done').or(page.getByText('No account yet')).first().waitFor();
    if (await button('Done').isVisible()) await button('Done').click();
    await page.getByText('No account yet').waitFor();
    const { integrations } = await world.rpc(IntegrationService).listIntegrations({ project });
    expect(integrations.map(each => each.provider)).toEqual(['slack']);
  });

  test('shows an error with its reason, and mends itself when the service is back', limits, async () => {
    const target = tap.target;
    await open('audit');
    await page.getByRole('row').nth(1).waitFor();
    tap.target = 'http://127.0.0.1:9';
    await page.getByLabel('Outcome').selectOption({ label: 'Denied' });
    await page.getByText('The records could not be loaded').waitFor({ timeout: 20_000 });
    tap.target = target;
    await button('Try again').click();
    await page.getByText('No record matches').waitFor();
  });

  test('was never sent a secret, and never broke a rule of its policy', limits, async () => {
    const book = secretsOf(world, channels, await visitor.context.cookies());
    book.keep('wrong key', wrongKey);
    expect(channels.tokens.length).toBeGreaterThan(0);
    expect(book.entries.size).toBeGreaterThan(12);
    expect(tap.count()).toBeGreaterThan(200);
    const heard = tap.heard();
    // The search finds what is there: the account's name was on the page.
    const probe = openSecretBook();
    probe.keep('probe', world.seeds.slack.workspaces[0]?.teamId ?? '');
    expect(findSecrets(probe, { 'the page': heard })).toHaveLength(1);
    expect(findSecrets(book, { 'the page': heard })).toEqual([]);
    expect(heard).not.toMatch(/eyJ[\w-]{16,}\.eyJ/);
    // The service was away for a moment, which the browser tells too.
    expect(visitor.problems.filter(each => !/Failed to load resource/.test(each))).toEqual([]);
  });
});

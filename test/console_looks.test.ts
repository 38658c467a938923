import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { IntegrationService } from '../gen/mobius/integrations/v1/integration_service_pb.js';
import { chromiumPath } from './console_stage.ts';
import { openVisitor, type Visitor } from './console_visitor.ts';
import { startWorld, type World } from './world.ts';

/** The console by keyboard, in the dark, on a narrow screen, and for whom may only look. */

if (chromiumPath === undefined) console.log('test/console_looks.test.ts is skipped: there is no chromium here');

const project = 'demo';
const limits = { retry: 0, timeout: 30_000 };

let world: World;
let visitor: Visitor;
let page: Visitor['page'];

const open = (path: string) => visitor.open(path);
const accessible = (...rules: string[]) => visitor.accessible(...rules);
const picture = (name: string) => visitor.picture(name);
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const account = (name: string | RegExp) => page.getByRole('article', { name });
const dialog = () => page.getByRole('dialog').first();

describe.skipIf(chromiumPath === undefined)('the console', () => {
  beforeAll(async () => {
    world = await startWorld({ console: true });
    const credentials = { api_key: world.seeds.linear.apiKey };
    await world.rpc(IntegrationService).connectProvider({ project, provider: 'linear', credentials });
    await world.sandbox.deliver('linear', { event: 'Issue.create' });
    const pictures = process.env.MOBIUS_SCREENSHOTS === 'on';
    visitor = await openVisitor(chromiumPath ?? '', { base: world.edgeUrl, project, pictures });
    page = visitor.page;
    await visitor.signIn(/Demo Manager/);
  }, 60_000);

  afterAll(async () => {
    await visitor?.close();
    await world?.stop();
  });

  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    console.log(`what the browser showed: ${await visitor.pictureOfFailure()}`);
  });

  test('works by keyboard alone', limits, async () => {
    await open('integrations');
    await page.getByRole('link', { name: 'Linear', exact: true }).waitFor();
    const press = async (key: string, times = 1): Promise<void> => {
      for (let i = 0; i < times; i++) await page.keyboard.press(key);
    };
    const focused = () => page.evaluate<string>('document.activeElement?.textContent.trim()');
    await press('Tab');
    expect(await focused()).toBe('Skip to content');
    await press('Enter');
    await press('Tab');
    await page.keyboard.type('jira');
    await expect.poll(() => page.getByRole('article').count()).toBe(1);
    // State, category, then the card and its button.
    await press('Tab', 3);
    expect(await focused()).toBe('Jira');
    await press('Enter');
    await heading('Jira').waitFor();
    await expect.poll(() => page.evaluate<string>('document.activeElement?.id')).toBe('main');
    await button('Connect Jira').focus();
    await press('Enter');
    await dialog().waitFor();
    await press('Escape');
    await dialog().waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: /Accounts/ }).focus();
    await press('ArrowRight');
    await page
      .getByRole('tabpanel', { name: /Events/ })
      .getByText('Addresses for its deliveries')
      .waitFor();
    await press('ArrowRight');
    await page.getByRole('tabpanel', { name: /Actions/ }).waitFor();
    await button(/Demo Manager/).waitFor();
  });

  const places = [
    'integrations',
    'providers/linear',
    'providers/linear?tab=actions',
    'activity',
    'explain?provider=linear',
    'pickers?type=linear.team',
    'audit',
  ];

  test('is as good in the dark', { ...limits, timeout: 60_000 }, async () => {
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const place of places) {
      await open(place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
      await accessible('color-contrast');
      if (place === 'integrations') await picture('integrations-dark');
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await open('integrations');
    await page.getByRole('link', { name: 'Linear', exact: true }).waitFor();
    await picture('integrations');
  });

  test('shows every provider’s logo, and a letter where one does not come', limits, async () => {
    await page.route('**/providers/slack/logo.svg', route => route.abort());
    await open('integrations');
    await page.getByRole('link', { name: 'Slack', exact: true }).waitFor();
    const card = (name: string) =>
      page.getByRole('article').filter({ has: page.getByRole('link', { name, exact: true }) });
    await expect.poll(() => card('Slack').locator('.logo-letter').textContent()).toBe('S');
    const loaded = '[...document.querySelectorAll("img.logo")].every(each => each.complete && each.naturalWidth > 0)';
    await expect.poll(() => page.evaluate<boolean>(loaded)).toBe(true);
    expect(await page.locator('.logo-letter').count()).toBe(1);
    expect(await page.locator('img.logo').count()).toBe((await page.getByRole('article').count()) - 1);
    await page.unroute('**/providers/slack/logo.svg');
  });

  test('fits a narrow screen', { ...limits, timeout: 60_000 }, async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    for (const place of places) {
      await open(place);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await expect.poll(() => page.locator('.skeleton').count()).toBe(0);
      const beyond = await page.evaluate<number>(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(beyond, place).toBeLessThanOrEqual(0);
      await accessible('link-name', 'button-name', 'label', 'target-size', 'scrollable-region-focusable');
      if (place === 'activity') await picture('narrow');
    }
    await page.setViewportSize({ width: 1280, height: 860 });
  });

  test('offers nothing to whom may only look', limits, async () => {
    await open('integrations');
    await button(/Demo Manager/).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('link', { name: 'Sign in' }).waitFor();
    await visitor.signIn(/Demo Viewer/);
    await page.getByRole('link', { name: 'Linear', exact: true }).waitFor();
    expect(await page.getByText(/^(Connect|Switch on)$/).count()).toBe(0);
    await open('providers/linear');
    await account(/.+/).waitFor();
    for (const name of ['Rotate', 'Test', /More for/, /Connect/]) expect(await button(name).count()).toBe(0);
    await open('activity');
    await page.getByRole('row').first().waitFor();
    expect(await button('Fire a sample').count()).toBe(0);
  });
});

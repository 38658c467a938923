import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

/** Somebody in front of the console, with a real browser. */
export type Visitor = {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser complained of: thrown errors, broken policies. */
  readonly problems: readonly string[];
  /** Opens a place of the project. */
  open(path: string): Promise<unknown>;
  signIn(as: RegExp): Promise<void>;
  /** Picks the first option that the text finds. */
  choose(label: string, text: string): Promise<void>;
  /** Holds the page, as it is, against axe's rules: those named, or all. */
  accessible(...rules: string[]): Promise<void>;
  /** Takes a picture for docs/, where they are wanted. */
  picture(name: string): Promise<void>;
  /** What is to be seen now, for whoever looks after a failure; answers where the picture lies. */
  pictureOfFailure(): Promise<string>;
  close(): Promise<void>;
};

export async function openVisitor(
  executablePath: string,
  place: { readonly base: string; readonly project: string; readonly pictures: boolean },
): Promise<Visitor> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, colorScheme: 'light' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error') problems.push(message.text());
  });

  /** Until nothing moves: transitions have colours and places of their own. */
  const settle = async (): Promise<void> => {
    const finite = 'document.getAnimations().filter(each => each.effect.getTiming().iterations === 1)';
    await page.evaluate(`Promise.allSettled(${finite}.map(each => each.finished))`);
  };
  return {
    page,
    context,
    problems,
    open: path => page.goto(`${place.base}/console/projects/${place.project}/${path}`),
    async signIn(as) {
      await page.goto(`${place.base}/console/`);
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByRole('link', { name: as }).click();
      await page.getByRole('heading', { name: 'Integrations', level: 1 }).waitFor();
    },
    async choose(label, text) {
      await page.getByRole('combobox', { name: label, exact: true }).click();
      await page.getByRole('combobox', { name: `Search: ${label}` }).fill(text);
      await page.getByRole('listbox').getByRole('option').first().click();
    },
    async accessible(...rules) {
      await settle();
      const axe = new AxeBuilder({ page });
      const { violations } = await (rules.length > 0 ? axe.withRules(rules) : axe).analyze();
      const found = violations.map(each => `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`);
      expect(found, page.url()).toEqual([]);
    },
    async picture(name) {
      if (!place.pictures) return;
      const docs = resolve(import.meta.dirname, '../docs');
      mkdirSync(docs, { recursive: true });
      await settle();
      await page.waitForFunction('[...document.images].every(each => each.complete)');
      await page.screenshot({ path: join(docs, `console-${name}.png`) });
    },
    async pictureOfFailure() {
      const path = join(tmpdir(), 'mobius-console-failed.png');
      await page.screenshot({ path });
      return path;
    },
    close: () => browser.close(),
  };
}

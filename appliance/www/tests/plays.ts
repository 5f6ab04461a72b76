/*
 * What the system tests have a person do at the appliance's own console, in a real browser.
 *
 *	node plays.cjs PLAY ADDRESS PASSWORD
 *
 * A play prints a line at each place where the test has to look, and goes on when it reads one.
 * Any complaint of the browser, and any step that does not come, ends it with the reason.
 */
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';
import { PAGES } from '../src/router.ts';
import { browserStart, pageOpen, shoot } from './browser.ts';

/* An emulated machine under the load of other tests: seconds for a handshake are nothing. */
const WAIT_MS = 60_000;

const [, , play = '', address = '', password = ''] = process.argv;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/* Hands over to the test, with a word for what has been reached. */
async function reached(what: string): Promise<void> {
  process.stdout.write(`${what}\n`);
  await lines.next();
}

async function enter(page: Page): Promise<void> {
  await page.goto(address);
  const first = page.getByRole('heading', { name: /administrator's password/ });
  const login = page.getByRole('heading', { name: /^Sign in/ });
  await first.or(login).waitFor();
  await page.getByLabel('Password').fill(password);
  if (await first.isVisible()) {
    await page.getByLabel('Once more').fill(password);
    await page.getByRole('button', { name: 'Set password and enter' }).click();
  } else {
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  await page.locator('.liveness.live').waitFor();
}

async function goTo(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title }).click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

const generationOf = async (page: Page, service: string): Promise<number> => {
  const label = await page
    .getByRole('button', { name: new RegExp(`^${service}:`) })
    .getAttribute('aria-label');
  return Number(/generation (\d+)/.exec(label ?? '')?.[1]);
};

const plays: Record<string, (page: Page) => Promise<void>> = {
  /* Every page with what the appliance itself says; no section may fail to load. */
  async visit(page) {
    await page.goto(address);
    await page.getByRole('heading', { name: /administrator's password/ }).waitFor();
    await shoot(page, 'appliance-setup');
    await enter(page);
    for (const { id, title } of [...PAGES.slice(1), PAGES[0]]) {
      await goTo(page, title);
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      await shoot(page, `appliance-${id}`);
      const failed = await page.locator('.notice.bad').allTextContents();
      assert.deepEqual(failed, [], title);
    }
  },

  async forward(page) {
    await enter(page);
    await goTo(page, 'Firewall');
    await page.getByRole('button', { name: 'Add port forward' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Protocol').selectOption('tcp');
    await dialog.getByLabel('Port', { exact: true }).fill('8443');
    await dialog.getByLabel('Host', { exact: true }).fill('192.168.1.10');
    await dialog.getByLabel('Host port').fill('7443');
    await dialog.getByRole('button', { name: 'Add' }).click();
    await page.getByText('checked, not in force yet').waitFor();
    await page.getByRole('button', { name: 'Review and commit' }).click();
    await dialog.getByLabel('Comment').fill('a server for everybody');
    await dialog.getByLabel('Go back by itself').setChecked(true);
    await dialog.getByRole('button', { name: 'Commit' }).click();
    await page.getByRole('region', { name: 'Configuration on trial' }).waitFor();
    await reached('in force');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('region', { name: 'Configuration on trial' }).waitFor({ state: 'detached' });
    await shoot(page, 'appliance-forward');
  },

  async restart(page) {
    await enter(page);
    await goTo(page, 'System');
    const before = await generationOf(page, 'port0');
    await page.getByRole('button', { name: /^port0:/ }).click();
    await reached('ready');
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    await page
      .getByRole('button', { name: new RegExp(`^port0: running, generation ${before + 1},`) })
      .waitFor();
    await shoot(page, 'appliance-restart');
    await reached('back');
  },

  /* The server's own death: told, and over by itself, without signing in again. */
  async reconnect(page) {
    await enter(page);
    await reached('ready');
    await page.locator('.frame.stale').waitFor();
    await page.locator('.liveness.live').waitFor();
    assert.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Overview');
  },
};

async function main(): Promise<void> {
  const act = plays[play];
  if (act === undefined) throw new Error(`no play '${play}'`);
  const browser = await browserStart();
  const { page, complaints } = await pageOpen(browser, 'light');
  page.context().setDefaultTimeout(WAIT_MS);
  try {
    await act(page);
    assert.deepEqual(complaints, []);
  } catch (error) {
    await shoot(page, `failed-appliance-${play}`).catch(() => undefined);
    throw error;
  } finally {
    await browser.close();
  }
  process.stdout.write('done\n');
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);

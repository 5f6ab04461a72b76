/*
 * What the system tests have a person do at the appliance's own console, in a real browser.
 *
 *	node plays.cjs PLAY ADDRESS PASSWORD
 *
 * A play prints a line at each place where the test has to look, and goes on when it reads one.
 * Any complaint of the browser, and any step that does not come, ends it with the reason.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { browserStart, pageOpen, shoot } from './browser.ts';
import { commit, enter, forwardAdd, play, reached } from './person.ts';
import { trial } from './trial.ts';

/* An emulated machine under the load of other tests: seconds for a handshake are nothing. */
const WAIT_MS = 60_000;

const plays: Record<string, (page: Page) => Promise<void>> = {
  trial,

  async forward(page) {
    await enter(page);
    await forwardAdd(page);
    await commit(page, 'a server for everybody', true);
    await page.getByRole('region', { name: 'Configuration on trial' }).waitFor();
    await reached('in force');
    await page.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('region', { name: 'Configuration on trial' }).waitFor({ state: 'detached' });
    await shoot(page, 'appliance-forward');
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

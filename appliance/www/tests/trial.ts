/*
 * The console as a new owner tries it: first visit, mail, a port forward, a driver's crash, every page.
 * The test has the mail server, the clients and the download.
 */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { PAGES } from '../src/router.ts';
import { shoot, type Look } from './browser.ts';
import { address, commit, enter, forwardAdd, generationOf, goTo, reached } from './person.ts';

const PHONE = { width: 390, height: 844 };
const SCREEN = { width: 1360, height: 900 };

async function mailConfigure(page: Page): Promise<void> {
  await goTo(page, 'Alerts');
  const form = page.getByRole('region', { name: 'Mail', exact: true });
  await form.getByLabel('Enabled').setChecked(true);
  await form.getByLabel('Server', { exact: true }).fill('a25.example');
  await form.getByLabel('Security').selectOption('starttls');
  await form.getByLabel('User', { exact: true }).fill('router');
  await form.getByLabel('Password', { exact: true }).fill("it's a secret");
  await form.getByLabel('From', { exact: true }).fill('router@example.net');
  await form.getByRole('button', { name: 'Add to To' }).click();
  await form.getByLabel('To, number 1').fill('owner@example.net');
  await form.getByLabel('Interval').fill('10');
  await shoot(page, 'trial-mail-settings');
  await commit(page, 'mail to me', false);
}

/* With a wrong server first: an owner does that, and wants to know what is wrong. */
async function mailTest(page: Page): Promise<void> {
  const test = page.getByRole('region', { name: 'Test', exact: true });
  await test.getByRole('button', { name: 'Send a test mail' }).click();
  await test.getByText('It did not work: the mail server cannot be reached.').waitFor();
  await shoot(page, 'trial-mail-unreachable');
  await reached('no mail server');
  await test.getByRole('button', { name: 'Send a test mail' }).click();
  await test.getByText('The server took the mail.').waitFor();
  const dialogue = await test.getByLabel('Dialogue with the mail server').textContent();
  assert.match(dialogue ?? '', /C: AUTH PLAIN \*\*\*\n/);
  assert.match(dialogue ?? '', /S: 250 taken/);
  assert.doesNotMatch(dialogue ?? '', /secret|aXQncyBhIHNlY3JldA/);
  await shoot(page, 'trial-mail-test');
  await reached('mail tested');
}

async function forwardUse(page: Page): Promise<void> {
  await forwardAdd(page);
  await commit(page, 'a server for everybody', false);
  await shoot(page, 'trial-forward');
  await reached('forward in force');
}

async function driverCrash(page: Page): Promise<void> {
  await goTo(page, 'System');
  const before = await generationOf(page, 'port0');
  await page.getByRole('button', { name: /^port0:/ }).click();
  await reached('before the crash');
  await page.getByRole('button', { name: 'Crash…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Crash' }).click();
  await page
    .getByRole('button', { name: new RegExp(`^port0: running, generation ${before + 1},`) })
    .waitFor();
  await page.locator('.liveness.live').waitFor();
  await shoot(page, 'trial-crash');
  await reached('after the crash');
}

async function alertsRead(page: Page): Promise<void> {
  await goTo(page, 'Alerts');
  const row = page.getByRole('row').filter({ hasText: 'port0 died' });
  await row.getByText('sent', { exact: true }).waitFor();
}

/* Every page with what the appliance itself says; no section may fail to load. */
async function tour(page: Page, look: Look): Promise<void> {
  await page.emulateMedia({ colorScheme: look === 'dark' ? 'dark' : 'light' });
  await page.setViewportSize(look === 'phone' ? PHONE : SCREEN);
  for (const { id, title } of [...PAGES.slice(1), PAGES[0]]) {
    await page.goto(`${address}#/${id}`);
    await page.getByRole('heading', { name: title, level: 1 }).waitFor();
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    await page.locator('.liveness.live').waitFor();
    const failed = await page.locator('.notice.bad').allTextContents();
    assert.deepEqual(failed, [], title);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${title} is ${wide} pixels too wide`);
    await shoot(page, `appliance-${id}-${look}`);
  }
}

export async function trial(page: Page): Promise<void> {
  await page.goto(address);
  await page.getByRole('heading', { name: /administrator's password/ }).waitFor();
  await shoot(page, 'appliance-setup');
  await enter(page);
  await mailConfigure(page);
  await mailTest(page);
  await forwardUse(page);
  await driverCrash(page);
  await alertsRead(page);
  for (const look of ['light', 'dark', 'phone'] as const) await tour(page, look);
}

/* What a person does at the appliance's console again and again, and how a play takes turns with the test. */
import { createInterface } from 'node:readline';
import type { Page } from 'playwright-core';

export const [, , play = '', address = '', password = ''] = process.argv;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/* Hands over to the test, with a word for what has been reached. */
export async function reached(what: string): Promise<void> {
  process.stdout.write(`${what}\n`);
  await lines.next();
}

export async function enter(page: Page): Promise<void> {
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

export async function goTo(page: Page, title: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: title }).click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
}

export async function forwardAdd(page: Page): Promise<void> {
  await goTo(page, 'Firewall');
  await page.getByRole('button', { name: 'Add port forward' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Protocol').selectOption('tcp');
  await dialog.getByLabel('Port', { exact: true }).fill('8443');
  await dialog.getByLabel('Host', { exact: true }).fill('192.168.1.10');
  await dialog.getByLabel('Host port').fill('7443');
  await dialog.getByRole('button', { name: 'Add' }).click();
}

/* Until it is in force; `guarded`: until it is on trial. */
export async function commit(page: Page, comment: string, guarded: boolean): Promise<void> {
  const dialog = page.getByRole('dialog');
  await page.getByText('checked, not in force yet').waitFor();
  await page.getByRole('button', { name: 'Review and commit' }).click();
  await dialog.getByLabel('Comment').fill(comment);
  await dialog.getByLabel('Go back by itself').setChecked(guarded);
  await dialog.getByRole('button', { name: 'Commit' }).click();
  await dialog.waitFor({ state: 'detached' });
}

export const generationOf = async (page: Page, service: string): Promise<number> => {
  const label = await page
    .getByRole('button', { name: new RegExp(`^${service}:`) })
    .getAttribute('aria-label');
  return Number(/generation (\d+)/.exec(label ?? '')?.[1]);
};

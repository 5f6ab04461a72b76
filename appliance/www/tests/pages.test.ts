import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { PAGES } from '../src/router.ts';
import { browserStart, Mock, pageOpen, PASSWORD, shoot, signIn, type Look } from './browser.ts';

let browser: Browser;
let mock: Mock;

before(async () => {
  [browser, mock] = await Promise.all([browserStart(), Mock.start()]);
});

after(async () => {
  await browser.close();
  mock.stop();
});

/* A page of a console that is signed in; it fails if the browser complains. */
const onConsole = (name: string, look: Look, play: (page: Page) => Promise<void>): Promise<void> =>
  test(name, async () => {
    const { page, complaints } = await pageOpen(browser, look);
    try {
      await signIn(page, mock.address);
      await play(page);
      assert.deepEqual(complaints, []);
    } catch (error) {
      await shoot(page, `failed-${name.replace(/\W+/g, '-')}`);
      throw error;
    } finally {
      await page.context().close();
    }
  });

const goTo = async (page: Page, title: string): Promise<void> => {
  await page.getByRole('navigation').getByRole('link', { name: title }).click();
  await page.getByRole('heading', { name: title, level: 1 }).waitFor();
};

const bar = (page: Page) => page.getByRole('region', { name: 'Changes not in force yet' });

async function commit(page: Page, guarded: boolean): Promise<void> {
  await bar(page).getByRole('button', { name: 'Review and commit' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Comment').fill('by the tests');
  await dialog.getByLabel('Go back by itself unless I confirm').setChecked(guarded);
  await dialog.getByRole('button', { name: 'Commit' }).click();
  await dialog.waitFor({ state: 'detached' });
}

for (const look of ['light', 'dark', 'phone'] as const) {
  void onConsole(`every page is whole in ${look}`, look, async (page) => {
    /* The overview last: its plots fill meanwhile. */
    for (const { id, title } of [...PAGES.slice(1), PAGES[0]]) {
      await page.goto(`${mock.address}#/${id}`);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await page.locator('.loading').first().waitFor({ state: 'detached' });
      await page.locator('.liveness.live').waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `${title} is ${wide} pixels too wide`);
      const unnamed = await page.evaluate(
        () =>
          [...document.querySelectorAll<HTMLInputElement>('main input, main select')].filter(
            (input) => input.labels?.length === 0 && !input.getAttribute('aria-label'),
          ).length,
      );
      assert.equal(unnamed, 0, `${title}: inputs without a label`);
      /* Plots of a few seconds make a better picture; nothing depends on it. */
      if (id === 'overview') await page.waitForTimeout(3000);
      await shoot(page, `${id}-${look}`);
    }
  });
}

void onConsole('the picture shows what a service may do, in every look', 'light', async (page) => {
  await goTo(page, 'System');
  await page.getByRole('button', { name: /^firewall: running/ }).click();
  await page.getByRole('complementary', { name: 'Service firewall' }).getByText('netconf').waitFor();
  await shoot(page, 'service-light');
});

void onConsole('a driver that is restarted is seen to come back', 'light', async (page) => {
  await goTo(page, 'System');
  const node = page.getByRole('button', { name: /^port0:/ });
  const generation = Number(/generation (\d+)/.exec((await node.getAttribute('aria-label')) ?? '')?.[1]);
  await node.click();
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  await page.getByRole('button', { name: /^port0: starting/ }).waitFor();
  await shoot(page, 'restart-light');
  await page
    .getByRole('button', { name: new RegExp(`^port0: running, generation ${generation + 1},`) })
    .waitFor();
  await page
    .getByRole('status')
    .filter({ hasText: 'port0 runs.' })
    .or(page.getByText('port0 was restarted'))
    .waitFor();
});

void onConsole('the authority is there to be fetched, with its fingerprint', 'light', async (page) => {
  await goTo(page, 'System');
  const card = page.getByRole('region', { name: 'Trust this console' });
  await card.getByText(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    card.getByRole('link', { name: 'Get the certificate' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'authority.crt');
});

void onConsole('a crash leaves a record that can be read', 'light', async (page) => {
  await goTo(page, 'System');
  await page.getByRole('button', { name: /^dnsd:/ }).click();
  await page.getByRole('button', { name: 'Crash…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Crash' }).click();
  await page.getByRole('button', { name: 'Read the record of dnsd' }).first().click();
  await page.getByRole('dialog').getByText('rip').waitFor();
  await shoot(page, 'crash-light');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

void onConsole('a rule is added, moved and committed by the keyboard alone', 'light', async (page) => {
  await goTo(page, 'Firewall');
  await page.getByRole('button', { name: 'Add rule' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Action').focus();
  await page.keyboard.press('d');
  await dialog.getByLabel('Destination port').focus();
  await page.keyboard.type('23');
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  const handles = page.locator('.row-handle');
  const last = (await handles.count()) - 1;
  await handles.nth(last).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await page.waitForFunction(
    (row) => document.activeElement === document.querySelectorAll('.row-handle')[row],
    last - 1,
  );
  await bar(page).getByText('checked, not in force yet').waitFor();
  await shoot(page, 'candidate-light');
  await bar(page).getByRole('button', { name: 'Review and commit' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByText('23').waitFor();
  await shoot(page, 'commit-light');
  await page.getByRole('dialog').getByLabel('Comment').focus();
  await page.keyboard.type('no telnet');
  await page.keyboard.press('Enter');
  /* The trial is told by an event, often before the dialogue closes: until then only that takes the focus. */
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  const trial = page.getByRole('region', { name: 'Configuration on trial' });
  await trial.getByRole('button', { name: 'Keep it' }).focus();
  await shoot(page, 'trial-light');
  await page.keyboard.press('Enter');
  await trial.waitFor({ state: 'detached' });
});

void onConsole('rules are put in order by the mouse', 'light', async (page) => {
  await goTo(page, 'Firewall');
  const rows = page.locator('.records').first().locator('tbody tr');
  const first = await rows.nth(0).locator('.row-comment').textContent();
  await rows.nth(0).dragTo(rows.nth(1));
  await rows
    .nth(1)
    .locator('.row-comment', { hasText: first ?? '' })
    .waitFor();
  await bar(page).getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await bar(page).waitFor({ state: 'detached' });
});

void onConsole(
  'what the appliance refuses is told at the field, and cannot be committed',
  'light',
  async (page) => {
    await goTo(page, 'Network');
    const field = page.getByLabel('Last address');
    await field.fill('10.0.0.9');
    await page.locator('#field-lan-dhcp-last-error', { hasText: 'not in the LAN' }).waitFor();
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    assert.ok(await bar(page).getByRole('button', { name: 'Review and commit' }).isDisabled());
    await shoot(page, 'refused-light');
    await field.fill('192.168.1.180');
    await bar(page).getByText('checked, not in force yet').waitFor();
    await commit(page, false);
    await bar(page).waitFor({ state: 'detached' });
  },
);

void onConsole('a lease is reserved, and history returns from it', 'light', async (page) => {
  await goTo(page, 'Network');
  await page.getByRole('button', { name: 'Reserve 192.168.1.104' }).click();
  await bar(page).getByText('checked, not in force yet').waitFor();
  await commit(page, false);
  await goTo(page, 'Configuration');
  const row = page.getByRole('row', { name: /by the tests/ }).first();
  await row.getByText('in force').waitFor();
  await page
    .getByRole('button', { name: /^Compare/ })
    .first()
    .click();
  await page.getByRole('dialog').getByText('192.168.1.104').waitFor();
  await shoot(page, 'compare-light');
  await page.keyboard.press('Escape');
  await page
    .getByRole('button', { name: /^Return to it/ })
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Return' }).click();
  await page
    .getByRole('row', { name: /back to/ })
    .getByText('in force')
    .waitFor();
});

void onConsole('a configuration is exported, and imported as a candidate', 'light', async (page) => {
  await goTo(page, 'Configuration');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export' }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^bulkhead-\d+\.json$/);
  const document = { lan: { address: '192.168.7.1/24' } };
  await page.getByLabel('Import…').setInputFiles({
    name: 'other.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(document)),
  });
  await page.getByText('192.168.7.1/24').first().waitFor();
  await bar(page).getByText('checked, not in force yet').waitFor();
  await shoot(page, 'import-light');
  await bar(page).getByRole('button', { name: 'Discard' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
  await page.getByText('None: the candidate is what is in force.').waitFor();
});

void onConsole('a test mail shows what was said', 'light', async (page) => {
  await goTo(page, 'Alerts');
  await page.getByRole('button', { name: 'Send a test mail' }).click();
  await page.getByText('queued as').waitFor();
  await shoot(page, 'alert-test-light');
});

void onConsole('the log is filtered and held', 'light', async (page) => {
  await goTo(page, 'Logs');
  await page.getByLabel('Least level').selectOption('2');
  await page.locator('.log-line').first().waitFor();
  assert.equal(await page.locator('.log-line:not(.severity-2, .severity-3)').count(), 0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText(/held; \d+ new lines? waiting/).waitFor();
});

void onConsole('connections are filtered by words', 'light', async (page) => {
  await goTo(page, 'Firewall');
  await page.getByLabel('Filter connections').fill('udp 192.168.1.104');
  await page.getByText(/^\d+ of 38$/).waitFor();
});

void onConsole(
  'an outage is told, what was live is greyed, and the page comes back by itself',
  'light',
  async (page) => {
    await mock.outage(2.5);
    await page.locator('.frame.stale').waitFor();
    await page.getByText(/Reconnecting/).waitFor();
    await shoot(page, 'outage-light');
    await page.locator('.liveness.live').waitFor();
    assert.equal(await page.locator('.frame.stale').count(), 0);
  },
);

void onConsole(
  'a session that has ended leads to signing in, and back to the page',
  'light',
  async (page) => {
    await goTo(page, 'Logs');
    await mock.outage(0.5, true);
    await page.getByText('Your session has ended.').waitFor();
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor();
  },
);

void onConsole('the first key leads past the navigation, and the focus is seen', 'light', async (page) => {
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the page' });
  assert.ok(await skip.evaluate((element) => element === document.activeElement));
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  await page.keyboard.press('Tab');
  const width = await page.evaluate(
    () => getComputedStyle(document.activeElement ?? document.body).outlineWidth,
  );
  assert.equal(width, '2px');
});

void onConsole('the colours are switched and remembered', 'light', async (page) => {
  const isDark = () => page.evaluate(() => document.documentElement.dataset['theme'] === 'dark');
  await page.getByRole('button', { name: 'Colours' }).click();
  assert.equal(await isDark(), false);
  await page.getByRole('button', { name: 'Colours' }).click();
  assert.equal(await isDark(), true);
  await page.reload();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  assert.equal(await isDark(), true);
});

void onConsole('on a phone the pages are behind a button', 'phone', async (page) => {
  await page.getByRole('button', { name: /^Pages/ }).click();
  await shoot(page, 'pages-phone');
  await goTo(page, 'System');
  await page.getByRole('button', { name: /^firewall: running/ }).click();
  await shoot(page, 'service-phone');
});

void test('a wrong password is told, too many lock for a while', async () => {
  const { page, complaints } = await pageOpen(browser, 'light');
  await page.goto(mock.address);
  await shoot(page, 'login-light');
  for (let tries = 0; tries < 5; tries++) {
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('User or password is wrong.').waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>('#password')?.value === '');
  }
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Too many wrong passwords').waitFor();
  await page
    .getByRole('button', { name: 'Sign in', disabled: false })
    .or(page.getByText('Sign in'))
    .first()
    .waitFor();
  await page.waitForFunction(() => !document.body.textContent?.includes('Too many wrong passwords'));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  assert.deepEqual(complaints, []);
  await page.context().close();
});

/* First with a wrong one, which is told and changes nothing. */
async function changePassword(page: Page, old: string, password: string): Promise<void> {
  await page.getByText('Account: admin').click();
  await shoot(page, 'account-light');
  await page.getByRole('button', { name: 'Change password…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Present password').fill('not the password');
  await dialog.getByLabel('New password').fill(password);
  await dialog.getByLabel('Once more').fill(password);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.getByText('The present password is wrong.').waitFor();
  await shoot(page, 'password-light');
  await dialog.getByLabel('Present password').fill(old);
  await dialog.getByRole('button', { name: 'Change password' }).click();
  await dialog.waitFor({ state: 'detached' });
}

void test('the first visit sets a password, with advice', async () => {
  const fresh = await Mock.start('--first-visit');
  const { page, complaints } = await pageOpen(browser, 'light');
  await page.goto(fresh.address);
  await page.getByLabel('Password').fill('password1234');
  await page.getByText('It contains what is guessed first').waitFor();
  await page.getByLabel('Password').fill('violin copper drizzle');
  await page.getByLabel('Once more').fill('violin copper');
  await page.getByText('The two are not the same yet.').waitFor();
  await shoot(page, 'setup-light');
  await page.getByLabel('Once more').fill('violin copper drizzle');
  await page.getByRole('button', { name: 'Set password and enter' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  const note = page.getByText('The password lasts until the next restart.');
  await note.waitFor();
  await changePassword(page, 'violin copper drizzle', 'amber window fourteen');
  await note.waitFor({ state: 'detached' });
  await page.getByText('Account: admin').click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in to bulkhead' }).waitFor();
  await page.getByLabel('Password').fill('amber window fourteen');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  assert.deepEqual(complaints, []);
  await page.context().close();
  fresh.stop();
});

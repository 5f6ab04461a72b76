/* A browser before the mock, and everything that it complains of. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

export const PASSWORD = 'correct horse battery';
const CHROMIUM = '/usr/bin/chromium';
/* The tests are run in appliance/www. */
const SHOTS = resolve('../../build/test-artifacts/www');
const WAIT_MS = 15_000;

export type Look = 'light' | 'dark' | 'phone';

export class Mock {
  private constructor(
    private readonly process: ChildProcess,
    readonly address: string,
  ) {}

  static async start(...options: string[]): Promise<Mock> {
    const child = spawn('/usr/bin/python3', ['-m', 'mock', '--port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const address = await new Promise<string>((found, failed) => {
      child.stdout?.once('data', (line: Buffer) => found(line.toString().trim()));
      child.once('exit', (code) => failed(new Error(`the mock ended: ${code}`)));
    });
    return new Mock(child, address);
  }

  /* `forget`: and the session with it. */
  async outage(seconds: number, forget = false): Promise<void> {
    await fetch(`${this.address}mock/outage`, { method: 'POST', body: JSON.stringify({ seconds, forget }) });
  }

  stop(): void {
    this.process.kill();
  }
}

export const browserStart = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

/* Refused requests are reported to the console by the browser itself: those are meant. */
const isMeant = (text: string): boolean => /^Failed to load resource/.test(text);

export async function pageOpen(browser: Browser, look: Look): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    ignoreHTTPSErrors: true /* the appliance's certificate is its own */,
    colorScheme: look === 'dark' ? 'dark' : 'light',
    viewport: look === 'phone' ? { width: 390, height: 844 } : { width: 1360, height: 900 },
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !isMeant(message.text()))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => console.error(`CSP: ${event.violatedDirective}`));
  });
  return { page, complaints };
}

export async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
}

export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

/* Who is signed in here: from this the application decides what to show. */
import { signal } from '@preact/signals';
import { onSignedOut, session as requests, useToken } from './api/client.ts';
import { reasonOf } from './api/problem.ts';
import type { PasswordSet, Session } from './api/types.ts';

export type Standing = 'unknown' | 'unreachable' | 'first-visit' | 'signed-out' | 'signed-in';

export const session = signal<Session | null>(null);
export const standing = signal<Standing>('unknown');
export const failure = signal<string | null>(null);
/* Of the password set here last; an owner has to hear of it if it is not on the disk. */
export const passwordStore = signal<PasswordSet['store']>('disk');
/* Set when a session ended that the user did not end. */
export const expired = signal(false);

function ended(): void {
  if (standing.value !== 'signed-in') return;
  expired.value = true;
  standing.value = 'signed-out';
}

onSignedOut(ended);

/* After a lost connection: are we still signed in, and is it still the console of that version? */
export async function sessionVerify(): Promise<void> {
  const told = await requests.read().catch(() => null);
  if (told === null || standing.value !== 'signed-in') return;
  if (told.user === null) ended();
  else if (told.version !== session.value?.version) location.reload();
  else useToken(told.csrf);
}

export async function sessionRead(): Promise<void> {
  try {
    const told = await requests.read();
    session.value = told;
    useToken(told.csrf);
    standing.value = told.first_visit ? 'first-visit' : told.user === null ? 'signed-out' : 'signed-in';
  } catch (error) {
    failure.value = reasonOf(error);
    standing.value = 'unreachable';
  }
}

export async function sessionSetUp(password: string): Promise<void> {
  passwordStore.value = (await requests.setUp(password)).store;
  await sessionRead();
}

export async function sessionBegin(user: string, password: string): Promise<void> {
  await requests.begin(user, password);
  expired.value = false;
  await sessionRead();
}

/* The appliance gives us a new session with it: the id that others may know is of no use. */
export async function sessionPasswordChange(old: string, password: string): Promise<void> {
  const set = await requests.changePassword(old, password);
  passwordStore.value = set.store;
  useToken(set.csrf);
}

export async function sessionEnd(): Promise<void> {
  standing.value = 'signed-out';
  await requests.end().catch(() => undefined);
  useToken(null);
}

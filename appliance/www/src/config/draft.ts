/*
 * The candidate as this browser edits it. The draft is what the pages show; each change is sent to
 * the appliance, which checks the whole. A refused draft stays here, with the place and the reason.
 *
 *	clean -> sending -> accepted | refused
 */
import { computed, signal } from '@preact/signals';
import { configuration, type Committed } from '../api/client.ts';
import { Problem, reasonOf } from '../api/problem.ts';
import { announce } from '../ui/announcer.tsx';
import { differences, type Difference } from './difference.ts';
import { valueAt, withValue, type Json } from './json.ts';
import type { Schema } from './schema.ts';

const SEND_AFTER_MS = 350;

export interface Refusal {
  path: string | null;
  reason: string;
}

export type Acceptance = 'clean' | 'sending' | 'accepted' | 'refused';

export const schema = signal<Schema | null>(null);
export const running = signal<Json | null>(null);
export const draft = signal<Json | null>(null);
export const refusal = signal<Refusal | null>(null);
export const acceptance = signal<Acceptance>('clean');
export const loadFailure = signal<string | null>(null);

/* Secrets are read as this, so that only the appliance can say that one would be another. */
const SECRET = '********';
const secretChanges = signal<Difference[]>([]);

export const changes = computed(() => {
  if (running.value === null || draft.value === null) return [];
  const seen = differences(running.value, draft.value);
  return [...seen, ...secretChanges.value.filter(({ path }) => valueAt(draft.value, path) === SECRET)];
});

async function secretChangesRead(): Promise<Difference[]> {
  const told = (await configuration.candidateDifferences()) ?? [];
  return told.filter(({ before, after }) => before === SECRET && after === SECRET);
}

let timer = 0;
let edits = 0;

/* What is typed while the answers are under way stays. */
export async function draftLoad(): Promise<void> {
  const begun = edits;
  try {
    const [form, document, candidate] = await Promise.all([
      configuration.schema(),
      configuration.running(),
      configuration.candidate(),
    ]);
    schema.value = form;
    running.value = document;
    loadFailure.value = null;
    if (begun !== edits) return;
    draft.value = candidate ?? document;
    secretChanges.value = candidate === null ? [] : await secretChangesRead();
    refusal.value = null;
    acceptance.value = changes.value.length > 0 ? 'accepted' : 'clean';
  } catch (error) {
    loadFailure.value = reasonOf(error);
  }
}

/* The running document has changed under us: what was not edited follows it. */
export async function draftFollow(): Promise<void> {
  if (running.value === null || changes.value.length > 0) return;
  await draftLoad();
}

export const draftValue = (path: string): Json | undefined =>
  draft.value === null ? undefined : valueAt(draft.value, path);

export const runningValue = (path: string): Json | undefined =>
  running.value === null ? undefined : valueAt(running.value, path);

export function draftPut(path: string, value: Json | undefined): void {
  draftReplace(withValue(draft.value ?? {}, path, value));
}

export function draftReplace(document: Json): void {
  draft.value = document;
  refusal.value = null;
  edits++;
  clearTimeout(timer);
  if (changes.value.length === 0) {
    acceptance.value = 'clean';
    void configuration.dropCandidate().catch(() => undefined);
    return;
  }
  acceptance.value = 'sending';
  timer = window.setTimeout(() => void draftSend(), SEND_AFTER_MS);
}

async function draftSend(): Promise<void> {
  const sent = edits;
  const document = draft.value;
  if (document === null) return;
  try {
    await configuration.putCandidate(document);
    if (sent === edits) acceptance.value = 'accepted';
  } catch (error) {
    if (sent !== edits) return;
    acceptance.value = 'refused';
    refusal.value = { path: error instanceof Problem ? error.path : null, reason: reasonOf(error) };
    announce(`Not accepted: ${reasonOf(error)}`);
  }
}

/* Sends a draft that was refused for want of an answer once more. */
export function draftRetry(): void {
  if (acceptance.value === 'refused') draftReplace(draft.value ?? {});
}

export async function draftDiscard(): Promise<void> {
  clearTimeout(timer);
  await configuration.dropCandidate();
  draft.value = running.value;
  secretChanges.value = [];
  refusal.value = null;
  acceptance.value = 'clean';
  await draftLoad();
  announce('Changes discarded.');
}

export async function draftCommit(comment: string, confirmS: number | null): Promise<Committed> {
  const committed = await configuration.commit(comment, confirmS);
  /* Read, not copied: secrets that were typed are not kept where they can be exported. */
  await draftLoad();
  announce(`Configuration ${committed.serial} is in force.`);
  return committed;
}

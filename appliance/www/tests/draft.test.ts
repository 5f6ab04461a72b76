/* The candidate as the browser edits it, before an appliance that answers late. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { window: globalThis });

const ANSWERS: Record<string, unknown> = {
  '/api/v1/config/schema': { type: 'object', properties: { hostname: { type: 'string' } } },
  '/api/v1/config': { hostname: 'before' },
  '/api/v1/config/candidate': null,
};
let held: (() => void)[] | null = null;

globalThis.fetch = async (input) => {
  if (held !== null) await new Promise<void>((go) => held?.push(go));
  const answer = ANSWERS[String(input)];
  return answer === null ? new Response(null, { status: 204 }) : Response.json(answer ?? {});
};

void test('what is typed while the configuration is asked for again stays', async () => {
  const { changes, draftLoad, draftPut, draftValue } = await import('../src/config/draft.ts');
  await draftLoad();
  assert.equal(draftValue('/hostname'), 'before');
  const waiting: (() => void)[] = [];
  held = waiting;
  const again = draftLoad();
  draftPut('/hostname', 'typed');
  held = null;
  waiting.forEach((go) => go());
  await again;
  assert.equal(draftValue('/hostname'), 'typed');
  assert.equal(changes.value.length, 1);
});

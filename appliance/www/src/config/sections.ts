/* Which page edits which part of the configuration. What is not named here: the page Configuration. */
import type { PageId } from '../router.ts';
import { keysOf } from './json.ts';
import type { Schema } from './schema.ts';

const PAGE_OF: Record<string, PageId> = {
  hostname: 'network',
  ports: 'network',
  lan: 'network',
  wan: 'network',
  dns: 'network',
  time: 'network',
  nat: 'firewall',
  rules: 'firewall',
  forwards: 'firewall',
  alerts: 'alerts',
  logs: 'logs',
};

export const pageOf = (path: string): PageId => PAGE_OF[keysOf(path)[0] ?? ''] ?? 'configuration';

/* The parts that the schema has for a page, in the order above, then in the schema's. */
export function sectionsOf(schema: Schema, page: PageId): string[] {
  const order = Object.keys(PAGE_OF);
  const place = (key: string): number => (order.includes(key) ? order.indexOf(key) : order.length);
  return Object.keys(schema.properties ?? {})
    .filter((key) => key !== '$schema' && pageOf(`/${key}`) === page)
    .sort((left, right) => place(left) - place(right));
}

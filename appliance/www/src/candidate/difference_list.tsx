/* Differences between two configurations, readable: the place, what was, what is to be. */
import type { Difference } from '../config/difference.ts';
import { isObject, keysOf, type Json } from '../config/json.ts';
import { labelOf, resolved, schemaAt, type Schema } from '../config/schema.ts';
import { schema } from '../config/draft.ts';

/* "/lan/dhcp/first" as "LAN › DHCP server › First", list places as numbers from one. */
export function placeOf(root: Schema | null, path: string): string {
  const keys = keysOf(path);
  const words = keys.map((key, index) => {
    if (/^\d+$/.test(key)) return String(Number(key) + 1);
    const here = root === null ? undefined : schemaAt(root, keys.slice(0, index + 1));
    return labelOf(key, here === undefined || root === null ? {} : resolved(root, here));
  });
  return words.join(' › ') || 'Everything';
}

export function valueText(value: Json | undefined): string {
  if (value === undefined) return 'not set';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  if (isObject(value)) {
    return Object.entries(value)
      .map(([key, inner]) => `${key.replace(/_/g, ' ')} ${valueText(inner)}`)
      .join(', ');
  }
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value) === '' ? 'empty' : String(value);
}

const secret = (path: string): boolean => /(password|secret|token)$/.test(path);

const shown = (path: string, value: Json | undefined): string =>
  secret(path) && value !== undefined ? '••••••••' : valueText(value);

export const DifferenceList = ({ list }: { list: Difference[] }) => (
  <ul class="differences">
    {list.map(({ path, before, after }) => (
      <li key={`${path} ${before === undefined ? 'new' : 'old'}`}>
        <span class="difference-place">{placeOf(schema.value, path)}</span>
        {before !== undefined && (
          <del>
            <span class="unseen">was </span>
            {shown(path, before)}
          </del>
        )}
        {after !== undefined && (
          <ins>
            <span class="unseen">becomes </span>
            {shown(path, after)}
          </ins>
        )}
        {after === undefined && <span class="difference-gone">removed</span>}
      </li>
    ))}
  </ul>
);

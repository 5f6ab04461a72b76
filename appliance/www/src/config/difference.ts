/* What distinguishes two configurations, as a person would tell it. */
import { child, equal, isObject, type Json } from './json.ts';

export interface Difference {
  path: string;
  before: Json | undefined;
  after: Json | undefined;
}

/*
 * Objects are compared key by key. Lists whose length has changed are aligned by what is equal in
 * both, so that one rule put in front is one difference and not one for each rule behind it.
 */
export function differences(before: Json | undefined, after: Json | undefined, path = ''): Difference[] {
  if (equal(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differences(before[key], after[key], child(path, key)));
  }
  if (isObject(before) && after === undefined) return outline(before, path, (value) => [value, undefined]);
  if (isObject(after) && before === undefined) return outline(after, path, (value) => [undefined, value]);
  if (Array.isArray(before) && Array.isArray(after)) return listDifferences(before, after, path);
  return [{ path, before, after }];
}

type Sides = (value: Json) => [Json | undefined, Json | undefined];

/* Every value of an object that one side lacks; an empty object is itself one. */
function outline(value: Json, path: string, sides: Sides): Difference[] {
  if (isObject(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => outline(inner, child(path, key), sides));
  }
  const [before, after] = sides(value);
  return [{ path, before, after }];
}

function listDifferences(before: Json[], after: Json[], path: string): Difference[] {
  if (before.length === after.length && !isReordering(before, after)) {
    return before.flatMap((item, index) => listItem(item, after[index], child(path, index)));
  }
  const kept = commonItems(before, after);
  const gone = before.flatMap((item, index) =>
    kept.some(([left]) => left === index)
      ? []
      : [{ path: child(path, index), before: item, after: undefined }],
  );
  const come = after.flatMap((item, index) =>
    kept.some(([, right]) => right === index)
      ? []
      : [{ path: child(path, index), before: undefined, after: item }],
  );
  return [...gone, ...come];
}

const listItem = (before: Json | undefined, after: Json | undefined, path: string): Difference[] =>
  equal(before, after) ? [] : [{ path, before, after }];

function isReordering(before: Json[], after: Json[]): boolean {
  const moved = before.filter((item, index) => !equal(item, after[index]));
  return moved.length > 1 && moved.every((item) => after.some((other) => equal(item, other)));
}

/* The longest common subsequence, as pairs of indices. */
function commonItems(before: Json[], after: Json[]): [number, number][] {
  const lengths = before.map(() => new Array<number>(after.length + 1).fill(0));
  lengths.push(new Array<number>(after.length + 1).fill(0));
  const at = (left: number, right: number): number => lengths[left]?.[right] ?? 0;
  for (let left = before.length - 1; left >= 0; left--) {
    for (let right = after.length - 1; right >= 0; right--) {
      lengths[left]![right] = equal(before[left], after[right])
        ? at(left + 1, right + 1) + 1
        : Math.max(at(left + 1, right), at(left, right + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let left = 0, right = 0; left < before.length && right < after.length;) {
    if (equal(before[left], after[right])) pairs.push([left++, right++]);
    else if (at(left + 1, right) >= at(left, right + 1)) left++;
    else right++;
  }
  return pairs;
}

/* JSON values, and places in them named by JSON pointers (RFC 6901). */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index]));
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => equal(left[key], right[key]));
}

const escape = (key: string): string => key.replace(/~/g, '~0').replace(/\//g, '~1');
const unescape = (key: string): string => key.replace(/~1/g, '/').replace(/~0/g, '~');

export const child = (pointer: string, key: string | number): string => `${pointer}/${escape(String(key))}`;

export const keysOf = (pointer: string): string[] => pointer.split('/').slice(1).map(unescape);

function step(value: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(key)];
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export const valueAt = (document: Json | undefined, pointer: string): Json | undefined =>
  keysOf(pointer).reduce(step, document);

function replaced(value: Json | undefined, keys: string[], put: Json | undefined): Json | undefined {
  const [key, ...rest] = keys;
  if (key === undefined) return put;
  const inner = replaced(step(value, key), rest, put);
  if (Array.isArray(value)) {
    const copy = [...value];
    if (inner === undefined) copy.splice(Number(key), 1);
    else copy[Number(key)] = inner;
    return copy;
  }
  const copy: JsonObject = isObject(value) ? { ...value } : {};
  if (inner === undefined) delete copy[key];
  else copy[key] = inner;
  return copy;
}

/* A copy of `document` with `put` at the place; undefined takes the place out. */
export const withValue = (document: Json, pointer: string, put: Json | undefined): Json =>
  replaced(document, keysOf(pointer), put) ?? {};

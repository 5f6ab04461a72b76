/* The configuration's JSON Schema, as far as forms need it (draft 2020-12). */
import { isObject, type Json, type JsonObject } from './json.ts';

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  title?: string;
  description?: string;
  type?: string;
  format?: string;
  enum?: Json[];
  const?: Json;
  anyOf?: Schema[];
  default?: Json;
  examples?: Json[];
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | false;
  required?: string[];
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  writeOnly?: boolean;
}

/* How a value is edited. */
export type Kind = 'object' | 'map' | 'records' | 'list' | 'choice' | 'switch' | 'number' | 'text';

/* The schema with its reference followed; what stands beside `$ref` goes first. */
export function resolved(root: Schema, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/$defs/', '');
  const { $ref: _, ...beside } = schema;
  return { ...(root.$defs?.[name] ?? {}), ...beside };
}

export function kindOf(root: Schema, given: Schema): Kind {
  const schema = resolved(root, given);
  if (schema.enum !== undefined) return 'choice';
  switch (schema.type) {
    case 'object':
      return schema.properties === undefined && schema.additionalProperties ? 'map' : 'object';
    case 'array':
      return resolved(root, schema.items ?? {}).type === 'object' ? 'records' : 'list';
    case 'boolean':
      return 'switch';
    case 'integer':
    case 'number':
      return 'number';
    default:
      return 'text';
  }
}

const acceptsInteger = (schema: Schema): boolean =>
  (schema.anyOf ?? []).some((one) => one.type === 'integer');

/* Whether one value may be a list of them instead. */
const acceptsList = (schema: Schema): boolean => (schema.anyOf ?? []).some((one) => one.type === 'array');

/* A value as it is typed: of a list, with commas between. */
export const typedText = (value: Json | undefined): string =>
  value === undefined ? '' : Array.isArray(value) ? value.map(String).join(', ') : String(value);

/* What was typed, as the schema would have it: of a text or number, digits are the number. */
export function parsed(schema: Schema, typed: string): Json | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  if (acceptsList(schema) && text.includes(',')) {
    const parts = text.split(',').filter((part) => part.trim() !== '');
    return parts.map((part) => parsed(schema, part) ?? '');
  }
  const numeric = schema.type === 'integer' || schema.type === 'number' || acceptsInteger(schema);
  return numeric && /^-?\d+$/.test(text) ? Number(text) : text;
}

/* Values to offer for a text that is not confined to them. */
export function suggestions(schema: Schema): string[] {
  const named = (schema.anyOf ?? []).flatMap((one) => one.enum ?? []);
  return [...named, ...(schema.examples ?? [])].map(String);
}

/* The schema at a place of the document; list items share one. */
export function schemaAt(root: Schema, keys: string[]): Schema | undefined {
  return keys.reduce<Schema | undefined>((schema, key) => {
    const here = schema && resolved(root, schema);
    return here?.properties?.[key] ?? here?.items ?? (here?.additionalProperties || undefined);
  }, root);
}

/* What is in force where the document says nothing. */
export function defaultText(schema: Schema): string {
  return schema.default === undefined || isObject(schema.default) || Array.isArray(schema.default)
    ? ''
    : String(schema.default);
}

/* A new entry of a list of records: its required choices filled in, so that it says something. */
export function freshRecord(root: Schema, item: Schema): JsonObject {
  const record: JsonObject = {};
  for (const key of item.required ?? []) {
    const property = resolved(root, item.properties?.[key] ?? {});
    const first = property.default ?? property.enum?.[0];
    if (first !== undefined) record[key] = first;
  }
  return record;
}

const NAMES: Record<string, string> = {
  lan: 'LAN',
  wan: 'WAN',
  dhcp: 'DHCP server',
  dns: 'Name server',
  nat: 'Translate addresses (NAT)',
  mac: 'MAC address',
  first: 'First address',
  last: 'Last address',
  alerts: 'Mail',
  logs: 'Where logs go',
  web: 'Web console',
  http_redirect: 'Redirect HTTP',
  utc_offset: 'UTC offset',
};

/* A property's name for people: its title, or its key in words. */
export function labelOf(key: string, schema: Schema): string {
  if (schema.title !== undefined) return schema.title;
  if (Object.hasOwn(NAMES, key)) return NAMES[key] ?? key;
  const words = key.replace(/_/g, ' ').replace(/(\D)(\d)/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ABBREVIATIONS = new Set(['lan', 'wan', 'dhcp', 'tcp', 'udp', 'icmp', 'tls', 'starttls']);

/* One of a few known values, for people; what is typed, sent and compared is the value itself. */
export const valueLabel = (value: string): string => (ABBREVIATIONS.has(value) ? value.toUpperCase() : value);

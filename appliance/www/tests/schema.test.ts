import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { pageOf, sectionsOf } from '../src/config/sections.ts';
import {
  freshRecord,
  kindOf,
  labelOf,
  parsed,
  resolved,
  schemaAt,
  suggestions,
  typedText,
  type Schema,
} from '../src/config/schema.ts';
import { PAGES } from '../src/router.ts';

/* The tests are run in appliance/www. */
const root = JSON.parse(readFileSync('../../config/schema.json', 'utf8')) as Schema;
const at = (...keys: string[]): Schema => {
  const found = schemaAt(root, keys);
  assert.ok(found, keys.join('/'));
  return resolved(root, found);
};

test('each part of the real schema is on exactly one page', () => {
  const all = PAGES.flatMap(({ id }) => sectionsOf(root, id)).sort();
  assert.deepEqual(all, Object.keys(root.properties ?? {}).sort());
});

test('every value of the real schema can be edited', () => {
  const visit = (schema: Schema): void => {
    const form = resolved(root, schema);
    const kind = kindOf(root, form);
    if (kind === 'object') assert.ok(form.properties, JSON.stringify(form));
    Object.values(form.properties ?? {}).forEach(visit);
    if (form.items !== undefined) visit(form.items);
  };
  visit(root);
});

test('references are followed, and what stands beside them goes first', () => {
  const schema = { $defs: { place: { type: 'string', description: 'x' } } };
  assert.deepEqual(resolved(schema, { $ref: '#/$defs/place', description: 'y' }), {
    type: 'string',
    description: 'y',
  });
});

test('kinds', () => {
  assert.equal(kindOf(root, at('rules')), 'records');
  assert.equal(kindOf(root, at('dns', 'upstreams')), 'list');
  assert.equal(kindOf(root, at('nat')), 'switch');
  assert.equal(kindOf(root, at('ports', 'port0')), 'choice');
  assert.equal(kindOf(root, at('lan', 'dhcp', 'lease_time')), 'number');
  assert.equal(kindOf(root, at('rules', '0', 'destination_port')), 'text');
  assert.equal(kindOf(root, { type: 'object', additionalProperties: { type: 'array' } }), 'map');
});

test('digits are a number where one may stand, and text elsewhere', () => {
  assert.equal(parsed(at('rules', '0', 'destination_port'), ' 443 '), 443);
  assert.equal(parsed(at('rules', '0', 'destination_port'), '8000-8010'), '8000-8010');
  assert.deepEqual(parsed(at('rules', '0', 'destination_port'), '22, 8000-8010,'), [22, '8000-8010']);
  assert.deepEqual(parsed(at('rules', '0', 'source'), '10.0.0.0/8,192.0.2.1'), ['10.0.0.0/8', '192.0.2.1']);
  assert.equal(typedText(['10.0.0.0/8', '192.0.2.1']), '10.0.0.0/8, 192.0.2.1');
  assert.equal(typedText(443), '443');
  assert.equal(typedText(undefined), '');
  assert.equal(parsed({ type: 'string' }, 'a, b'), 'a, b');
  assert.equal(parsed({ type: 'string' }, '443'), '443');
  assert.equal(parsed({ type: 'integer' }, 'many'), 'many');
  assert.equal(parsed({ type: 'string' }, '  '), undefined);
});

test('a new rule has its required choice', () => {
  assert.deepEqual(freshRecord(root, at('rules', '0')), { action: 'allow' });
});

test('a protocol is suggested by name', () => {
  assert.deepEqual(suggestions(at('rules', '0', 'protocol')).slice(0, 2), ['any', 'tcp']);
});

test('names for people', () => {
  assert.equal(labelOf('lease_time', {}), 'Lease time');
  assert.equal(labelOf('port0', {}), 'Port 0');
  assert.equal(labelOf('x', { title: 'Given' }), 'Given');
});

test('a part that nobody has named is on the page Configuration', () => {
  assert.equal(pageOf('/something/new'), 'configuration');
  assert.equal(pageOf('/rules/3/source'), 'firewall');
});

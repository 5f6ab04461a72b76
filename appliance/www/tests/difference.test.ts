import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differences } from '../src/config/difference.ts';
import { child, keysOf, valueAt, withValue, type Json } from '../src/config/json.ts';

test('a changed value is one difference at its place', () => {
  assert.deepEqual(
    differences({ lan: { address: 'a', dhcp: { last: 1 } } }, { lan: { address: 'a', dhcp: { last: 2 } } }),
    [{ path: '/lan/dhcp/last', before: 1, after: 2 }],
  );
});

test('equal documents differ in nothing, whatever the order of their keys', () => {
  assert.deepEqual(differences({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }), []);
});

test('a rule put in front is one difference, not one for each behind it', () => {
  const before: Json[] = [{ action: 'deny' }, { action: 'allow', from: 'lan' }];
  const after: Json[] = [{ action: 'allow' }, ...before];
  assert.deepEqual(differences(before, after), [
    { path: '/0', before: undefined, after: { action: 'allow' } },
  ]);
});

test('a rule taken out is told with its former place', () => {
  assert.deepEqual(differences([1, 2, 3], [1, 3]), [{ path: '/1', before: 2, after: undefined }]);
});

test('two rules that change places are a removal and an addition', () => {
  assert.deepEqual(differences(['a', 'b'], ['b', 'a']), [
    { path: '/0', before: 'a', after: undefined },
    { path: '/1', before: undefined, after: 'a' },
  ]);
});

test('an edited entry of a list is one difference', () => {
  assert.deepEqual(differences([{ a: 1 }, { a: 2 }], [{ a: 1 }, { a: 3 }]), [
    { path: '/1', before: { a: 2 }, after: { a: 3 } },
  ]);
});

test('a group that appears is told value by value', () => {
  assert.deepEqual(differences({}, { wan: { address: 'x', gateway: 'y' } }), [
    { path: '/wan/address', before: undefined, after: 'x' },
    { path: '/wan/gateway', before: undefined, after: 'y' },
  ]);
});

test('pointers escape what they have to, and come back', () => {
  assert.equal(child('/a', 'b/c~d'), '/a/b~1c~0d');
  assert.deepEqual(keysOf('/a/b~1c~0d'), ['a', 'b/c~d']);
});

test('a value is put into a copy, and its groups with it', () => {
  const before = { lan: { address: 'a' } };
  const after = withValue(before, '/wan/address', 'b');
  assert.deepEqual(after, { lan: { address: 'a' }, wan: { address: 'b' } });
  assert.deepEqual(before, { lan: { address: 'a' } });
  assert.equal(valueAt(after, '/wan/address'), 'b');
});

test('undefined takes a place out', () => {
  assert.deepEqual(withValue({ a: { b: 1, c: 2 } }, '/a/b', undefined), { a: { c: 2 } });
  assert.deepEqual(withValue({ a: [1, 2, 3] }, '/a/1', undefined), { a: [1, 3] });
});

test('a place under a name of Object itself is not there until it is put', () => {
  assert.equal(valueAt({ a: {} }, '/a/constructor'), undefined);
});

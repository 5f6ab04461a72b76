import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countdown, duration, moment, stamp } from '../src/format/moment.ts';
import { bitRate, bytes, count, share } from '../src/format/quantity.ts';
import { strengthOf } from '../src/format/strength.ts';

const plain = (text: string): string => text.replace(/[\u00a0\u202f]/g, ' ');

test('bytes are told in three figures', () => {
  assert.deepEqual([0, 1023, 1024, 91_482_113_004].map(bytes).map(plain), [
    '0 B',
    '1023 B',
    '1.00 KiB',
    '85.2 GiB',
  ]);
});

test('rates are decimal', () => {
  assert.deepEqual([0, 472_100, 1e8].map(bitRate).map(plain), ['0 bit/s', '472 kbit/s', '100 Mbit/s']);
});

test('counts are grouped, shares are percents', () => {
  assert.equal(plain(count(1234567)), '1 234 567');
  assert.deepEqual([0, 0.012, 0.11, -1].map(share).map(plain), ['0.0 %', '1.2 %', '11 %', '0.0 %']);
});

test('a duration has its two largest units', () => {
  assert.deepEqual([0, 8, 725, 7200, 273_600].map(duration).map(plain), [
    '0 s',
    '8 s',
    '12 min 5 s',
    '2 h',
    '3 d 4 h',
  ]);
});

test('a countdown counts minutes and seconds', () => {
  assert.deepEqual([65, 9, 0, -3].map(countdown), ['1:05', '0:09', '0:00', '0:00']);
});

test('without a clock, time is told since the start', () => {
  assert.equal(plain(moment(null, 90)), '1 min 30 s after start');
  assert.equal(stamp(null, 1.5), '+1.500');
});

test('a short password says how much is missing', () => {
  assert.equal(strengthOf('abc').advice, 'Needs 9 more characters.');
  assert.equal(strengthOf('elevenchars').advice, 'Needs one more character.');
});

test('what is guessed first is weak, however long', () => {
  assert.equal(strengthOf('password12345678').grade, 'weak');
  assert.equal(strengthOf('abababababababab').grade, 'weak');
});

test('four unrelated words are strong', () => {
  assert.equal(strengthOf('violin copper drizzle mast').grade, 'strong');
});

test('more than webd takes is refused', () => {
  assert.equal(strengthOf('x1'.repeat(65)).grade, 'short');
});

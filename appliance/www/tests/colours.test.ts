import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

/* WCAG 2.1, 1.4.3: 4.5 to 1 for text; 1.4.11: 3 to 1 for what tells a state or a control. */
const TEXT_MIN = 4.5;
const SIGN_MIN = 3;

const sheet = readFileSync('src/styles/tokens.css', 'utf8');
const [light = '', dark = ''] = sheet.split("[data-theme='dark']");

const coloursOf = (block: string): Map<string, string> =>
  new Map(
    [...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );

/* Relative luminance, as WCAG defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((left, right) => left - right);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS: [string, string[]][] = [
  ['text', ['page', 'panel', 'sunk', 'accent-wash', 'warn-wash', 'bad-wash']],
  ['text-soft', ['page', 'panel', 'sunk']],
  ['text-quiet', ['page', 'panel']],
  ['accent', ['page', 'panel', 'accent-wash']],
  ['on-accent', ['accent', 'accent-strong']],
  ['good', ['panel']],
  ['warn', ['page', 'panel', 'warn-wash']],
  ['bad', ['panel', 'bad-wash']],
];
const SIGNS: [string, string[]][] = [
  ['idle', ['panel']],
  ['plot-rx', ['panel']],
  ['plot-tx', ['panel']],
];

for (const [look, block] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`text and signs stand out from what is behind them in ${look}`, () => {
    const colours = coloursOf(block);
    const check = (pairs: [string, string[]][], least: number): void => {
      for (const [front, backs] of pairs) {
        for (const back of backs) {
          const found = contrast(colours.get(front) ?? '', colours.get(back) ?? '');
          assert.ok(found >= least, `${front} on ${back}: ${found.toFixed(2)} to 1`);
        }
      }
    };
    check(TEXTS, TEXT_MIN);
    check(SIGNS, SIGN_MIN);
  });
}

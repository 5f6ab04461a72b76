/* Figures as people read them; every unit after a no-break space. */

const SPACE = '\u00a0';

function scaled(value: number, step: number, units: string[]): string {
  let rest = value;
  let index = 0;
  while (rest >= step && index < units.length - 1) {
    rest /= step;
    index++;
  }
  const digits = index === 0 || rest >= 100 ? 0 : rest >= 10 ? 1 : 2;
  return `${rest.toFixed(digits)}${SPACE}${units[index]}`;
}

export const bytes = (count: number): string => scaled(count, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);

export const bitRate = (bitsPerSecond: number): string =>
  scaled(bitsPerSecond, 1000, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']);

/* For an axis: as short as it can be told. */
export function bitRateTick(bitsPerSecond: number): string {
  const size = Math.abs(bitsPerSecond);
  if (size >= 1e9) return `${size / 1e9}G`;
  if (size >= 1e6) return `${size / 1e6}M`;
  if (size >= 1e3) return `${size / 1e3}k`;
  return String(size);
}

export const count = (value: number): string => value.toLocaleString('en').replace(/,/g, '\u202f');

export function share(part: number): string {
  const percent = Math.max(0, part) * 100;
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)}${SPACE}%`;
}

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

/* Points and lengths of time. The appliance may not know the date: then it is told since its start. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/* The two largest units: "3 d 4 h", "12 min 5 s", "8 s". */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / DAY), 'd'],
    [Math.floor((whole % DAY) / HOUR), 'h'],
    [Math.floor((whole % HOUR) / MINUTE), 'min'],
    [whole % MINUTE, 's'],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  if (first < 0) return '0\u00a0s';
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, unit]) => `${value}\u00a0${unit}`)
    .join(' ');
}

/* A countdown: "1:05". */
export const countdown = (seconds: number): string =>
  `${Math.floor(Math.max(0, seconds) / MINUTE)}:${two(Math.max(0, seconds) % MINUTE)}`;

export function clockTime(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

export function dateTime(unixSeconds: number): string {
  const date = new Date(unixSeconds * 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${clockTime(unixSeconds)}`;
}

/* When something happened: the date, or how long after the start if there was no clock. */
export const moment = (time: number | null, uptime: number): string =>
  time === null ? `${duration(uptime)} after start` : dateTime(time);

/* For a line of a log, where the date would be noise. */
export const stamp = (time: number | null, uptime: number): string =>
  time === null ? `+${uptime.toFixed(3)}` : clockTime(time);

export const ago = (uptimeNow: number, uptimeThen: number): string => {
  const passed = uptimeNow - uptimeThen;
  return passed < 2 ? 'just now' : `${duration(passed)} ago`;
};

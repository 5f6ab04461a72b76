/*
 * Advice on a password while it is typed. What counts is how many guesses it takes: length, how many
 * different characters, and that it is not one of the patterns that are guessed first. webd alone
 * decides what it takes (12 to 128 characters).
 */

export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 128;

export type Grade = 'short' | 'weak' | 'fair' | 'strong';

export interface Strength {
  grade: Grade;
  /* 0 to 4, for the bar. */
  level: number;
  advice: string;
}

const GUESSED_FIRST = /passw|bulkhead|admin|router|qwert|asdf|letmein|welcome|secret|iloveyou|12345|abcde/i;

/* Bits if every character were drawn from the kinds that occur; a lower bound of the kinds. */
function bitsOf(password: string): number {
  const kinds: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[0-9]/, 10],
    [/[^a-zA-Z0-9]/, 20],
  ];
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(password) ? size : 0), 0);
  return new Set(password).size * 0.75 * Math.log2(Math.max(2, alphabet)) + password.length * 0.5;
}

export function strengthOf(password: string): Strength {
  const missing = PASSWORD_MIN - password.length;
  if (missing > 0) {
    const more = missing === 1 ? 'one more character' : `${missing} more characters`;
    return { grade: 'short', level: Math.min(1, password.length), advice: `Needs ${more}.` };
  }
  if (password.length > PASSWORD_MAX) {
    return { grade: 'short', level: 1, advice: `At most ${PASSWORD_MAX} characters.` };
  }
  if (/^(.{1,4})\1+$/.test(password) || new Set(password).size < 6) {
    return { grade: 'weak', level: 1, advice: 'It repeats itself. Use different words.' };
  }
  if (GUESSED_FIRST.test(password)) {
    return {
      grade: 'weak',
      level: 1,
      advice: 'It contains what is guessed first. Choose something unrelated.',
    };
  }
  const bits = bitsOf(password);
  if (bits < 48)
    return { grade: 'fair', level: 2, advice: 'Acceptable. One more word makes it much harder to guess.' };
  if (bits < 64) return { grade: 'fair', level: 3, advice: 'Good.' };
  return { grade: 'strong', level: 4, advice: 'Strong.' };
}

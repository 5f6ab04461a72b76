/* What the states of RS mean for an owner. */
import type { Service } from '../api/types.ts';
import type { Tone } from '../ui/mark.tsx';

const TONES: Record<Service['state'], Tone> = {
  waiting: 'idle',
  absent: 'idle',
  starting: 'warn',
  running: 'good',
  'back-off': 'warn',
  stopped: 'idle',
  failed: 'bad',
};

const MEANINGS: Record<Service['state'], string> = {
  waiting: 'waits for what it starts after',
  absent: 'has no device in this machine',
  starting: 'is starting',
  running: 'runs',
  'back-off': 'has died and is restarted shortly',
  stopped: 'was stopped by the administrator',
  failed: 'has died too often and was given up',
};

export const toneOf = (state: Service['state']): Tone => TONES[state] ?? 'warn';
export const meaningOf = (state: Service['state']): string => MEANINGS[state] ?? state;

/* The log records that the console has seen, bounded, in the order of their sequence. */
import { signal } from '@preact/signals';
import type { LogRecord } from '../api/types.ts';

const KEPT_MAX = 2000;

export class LogBook {
  readonly records = signal<LogRecord[]>([]);

  get lastSequence(): number {
    return this.records.value.at(-1)?.sequence ?? 0;
  }

  /* Numbers that begin again come from an appliance that was started again: the book does, too. */
  add(fresh: LogRecord[]): void {
    if (fresh.length === 0) return;
    const sorted = [...fresh].sort((left, right) => left.sequence - right.sequence);
    const uptimeBefore = this.records.value.at(-1)?.uptime ?? 0;
    const again =
      (sorted[0]?.uptime ?? 0) + 60 < uptimeBefore && (sorted[0]?.sequence ?? 0) < this.lastSequence;
    const kept = again ? [] : this.records.value;
    const last = again ? 0 : this.lastSequence;
    const added = sorted.filter(({ sequence }) => sequence > last);
    if (added.length > 0) this.records.value = [...kept, ...added].slice(-KEPT_MAX);
  }
}

export const LEVELS = ['debug', 'info', 'warning', 'error'] as const;

/* Levels go by many names; what is unknown counts as information. */
export function severityOf(level: string): number {
  const word = level.toLowerCase();
  if (/^(emerg|alert|crit|err|panic|fatal)/.test(word)) return 3;
  if (/^warn/.test(word)) return 2;
  return /^(debug|trace)/.test(word) ? 0 : 1;
}

export interface LogFilter {
  severity: number;
  service: string;
  text: string;
}

export function matches(record: LogRecord, filter: LogFilter): boolean {
  return (
    severityOf(record.level) >= filter.severity &&
    (filter.service === '' || record.service === filter.service) &&
    (filter.text === '' || record.text.toLowerCase().includes(filter.text.toLowerCase()))
  );
}

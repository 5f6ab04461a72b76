/* The log as it is written, filtered, and held still on request. */
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LogRecord } from '../api/types.ts';
import { DraftForms } from '../forms/draft_pages.tsx';
import { moment, stamp } from '../format/moment.ts';
import { plural } from '../format/quantity.ts';
import { logBook, logFailure } from '../live/feed.ts';
import { LEVELS, matches, severityOf, type LogFilter } from '../live/log_book.ts';
import { PageHead, Section } from '../ui/section.tsx';
import { Empty, Failure } from '../ui/state.tsx';

const SHOWN_MAX = 500;

const Line = ({ record }: { record: LogRecord }) => (
  <li class={`log-line severity-${severityOf(record.level)}`}>
    <time title={moment(record.time, record.uptime)}>{stamp(record.time, record.uptime)}</time>
    <span class="log-level">{record.level}</span>
    <span class="log-service">{record.service}</span>
    <span class="log-text">{record.text}</span>
  </li>
);

/* Follows the end as long as the reader is there. */
function useFollow(lines: LogRecord[], paused: boolean) {
  const frame = useRef<HTMLOListElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    const list = frame.current;
    if (list !== null && atEnd.current && !paused) list.scrollTop = list.scrollHeight;
  }, [lines, paused]);
  const onScroll = (): void => {
    const list = frame.current;
    if (list !== null) atEnd.current = list.scrollHeight - list.scrollTop - list.clientHeight < 24;
  };
  return { frame, onScroll };
}

interface FilterProps {
  filter: LogFilter;
  services: string[];
  onChange: (filter: LogFilter) => void;
}

const Filter = ({ filter, services, onChange }: FilterProps) => (
  <>
    <select
      aria-label="Least level"
      value={String(filter.severity)}
      onChange={(event) => onChange({ ...filter, severity: Number(event.currentTarget.value) })}
    >
      {LEVELS.map((level, severity) => (
        <option key={level} value={String(severity)}>
          {severity === 0 ? 'every level' : severity === LEVELS.length - 1 ? level : `${level} and above`}
        </option>
      ))}
    </select>
    <select
      aria-label="Service"
      value={filter.service}
      onChange={(event) => onChange({ ...filter, service: event.currentTarget.value })}
    >
      <option value="">every service</option>
      {services.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
    <input
      type="search"
      aria-label="Text"
      placeholder="Filter: renewed"
      value={filter.text}
      onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
    />
  </>
);

export function Logs() {
  const [filter, setFilter] = useState<LogFilter>({ severity: 0, service: '', text: '' });
  const [held, setHeld] = useState<LogRecord[] | null>(null);
  const all = logBook.records.value;
  const shown = useMemo(
    () => (held ?? all).filter((record) => matches(record, filter)).slice(-SHOWN_MAX),
    [held, all, filter],
  );
  const names = useMemo(() => [...new Set(all.map(({ service }) => service))].sort(), [all]);
  const waiting =
    held === null ? 0 : all.filter(({ sequence }) => sequence > (held.at(-1)?.sequence ?? 0)).length;
  const { frame, onScroll } = useFollow(shown, held !== null);
  return (
    <>
      <PageHead title="Logs" />
      <Section
        title="Log"
        live
        note={held === null ? plural(shown.length, 'line') : `held; ${plural(waiting, 'new line')} waiting`}
        tools={
          <>
            <Filter filter={filter} services={names} onChange={setFilter} />
            <button
              type="button"
              aria-pressed={held !== null}
              onClick={() => setHeld(held === null ? all : null)}
            >
              {held === null ? 'Pause' : 'Go on'}
            </button>
          </>
        }
      >
        {all.length === 0 && logFailure.value !== null ? (
          <Failure what="Log" reason={logFailure.value} />
        ) : shown.length === 0 ? (
          <Empty>{all.length === 0 ? 'Nothing was logged yet.' : 'No line matches the filter.'}</Empty>
        ) : (
          <ol class="log" ref={frame} onScroll={onScroll} tabIndex={0} aria-label="Log lines">
            {shown.map((record) => (
              <Line key={record.sequence} record={record} />
            ))}
          </ol>
        )}
      </Section>
      <DraftForms page="logs" />
    </>
  );
}

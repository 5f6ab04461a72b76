/* Crash records: what died, why, and what it left. */
import { useEffect, useState } from 'preact/hooks';
import { system } from '../api/client.ts';
import type { Crash } from '../api/types.ts';
import { moment } from '../format/moment.ts';
import { services } from '../live/feed.ts';
import { Dialog } from '../ui/dialog.tsx';
import { usePolled } from '../ui/polled.ts';
import { Failure, Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';

/* Whatever shape the record has: lines, names with values, or text. */
function dumpText(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(lineText).join('\n');
  return lineText(value, '\n');
}

function lineText(value: unknown, between: unknown = '  '): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) =>
      between === '\n' ? `${name.padEnd(8)}${String(inner)}` : `${name} ${String(inner)}`,
    )
    .join(between === '\n' ? '\n' : '  ');
}

function CrashDialog({ n, onClose }: { n: number; onClose: () => void }) {
  const { value: record, failure } = usePolled(() => system.crash(n), 0);
  return (
    <Dialog
      title={record === null ? `Crash ${n}` : `${record.service}: ${record.cause}`}
      wide
      onClose={onClose}
      onSubmit={onClose}
      actions={
        <button type="submit" class="primary">
          Close
        </button>
      }
    >
      {failure !== null && <Failure what="Not loaded" reason={failure} />}
      {record === null ? (
        failure === null && <Loading what="the record" />
      ) : (
        <>
          <p>{record.text}</p>
          <p class="quiet-text">
            {moment(record.time, record.uptime)}, generation {record.generation}, build {record.build}
          </p>
          <div class="dumps">
            {(['registers', 'stack', 'trace'] as const).map((part) => (
              <section key={part}>
                <h3>{part === 'trace' ? 'Last kernel calls' : part === 'stack' ? 'Stack' : 'Registers'}</h3>
                <pre tabIndex={0}>{dumpText(record[part])}</pre>
              </section>
            ))}
          </div>
        </>
      )}
    </Dialog>
  );
}

/* On a phone each is a card: the latest first, the others when they are asked for. */
const LATEST = 6;

export function CrashList() {
  const { value: crashes, failure, again } = usePolled(system.crashes, 5000);
  const [shown, setShown] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const deaths = (services.value ?? []).reduce((sum, { restarts }) => sum + restarts, 0);
  useEffect(again, [deaths]);
  if (crashes === null) {
    return failure === null ? (
      <Loading what="the crash records" />
    ) : (
      <Failure what="Crash records" reason={failure} onRetry={again} />
    );
  }
  return (
    <>
      <Table<Crash>
        caption="Crash records"
        rows={all ? crashes : crashes.slice(0, LATEST)}
        keyOf={({ n }) => n}
        empty="Nothing has crashed."
        columns={[
          { title: 'Service', head: true, cell: ({ service }) => service },
          { title: 'When', cell: ({ time, uptime }) => moment(time, uptime) },
          { title: 'Cause', cell: ({ cause }) => cause },
          { title: 'Text', prose: true, cell: ({ text }) => text },
          { title: 'Generation', number: true, cell: ({ generation }) => generation },
          {
            title: 'Record',
            actions: true,
            cell: ({ n, service }) => (
              <button type="button" class="quiet" onClick={() => setShown(n)}>
                Read<span class="unseen"> the record of {service}</span>
              </button>
            ),
          },
        ]}
      />
      {!all && crashes.length > LATEST && (
        <div class="list-foot">
          <button type="button" onClick={() => setAll(true)}>
            Show all {crashes.length}
          </button>
        </div>
      )}
      {shown !== null && <CrashDialog n={shown} onClose={() => setShown(null)} />}
    </>
  );
}

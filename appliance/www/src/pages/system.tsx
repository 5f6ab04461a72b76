/* The isolated services as a live picture, as a table, and what those that died have left. */
import { useEffect, useState } from 'preact/hooks';
import type { Service } from '../api/types.ts';
import { bytes, count, plural, share } from '../format/quantity.ts';
import { services, shares } from '../live/feed.ts';
import { CrashList } from '../system/crash_list.tsx';
import { SystemPicture } from '../system/picture.tsx';
import { ServicePanel } from '../system/service_panel.tsx';
import { toneOf } from '../system/service_state.ts';
import { Trust } from '../system/trust.tsx';
import { Mark } from '../ui/mark.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';

/* `#/system?NAME` comes with a service selected. */
const fromAddress = (): string | null => location.hash.split('?')[1] ?? null;

function useSelection(): [string | null, (name: string | null) => void] {
  const [selected, setSelected] = useState<string | null>(fromAddress());
  useEffect(() => {
    const follow = (): void => setSelected(fromAddress());
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  const select = (name: string | null): void => {
    history.replaceState(null, '', name === null ? '#/system' : `#/system?${name}`);
    setSelected(name);
  };
  return [selected, select];
}

const Key = () => (
  <ul class="key" aria-label="Key">
    <li>
      <span class="key-line call" aria-hidden="true" /> may call
    </li>
    <li>
      <span class="key-line memory" aria-hidden="true" /> shares memory
    </li>
  </ul>
);

const ServiceTable = ({ list, onSelect }: { list: Service[]; onSelect: (name: string) => void }) => (
  <Table<Service>
    caption="All services"
    rows={list}
    keyOf={({ name }) => name}
    empty="The appliance tells of no services."
    columns={[
      {
        title: 'Service',
        head: true,
        cell: ({ name }) => (
          <button type="button" class="name-link" onClick={() => onSelect(name)}>
            {name}
          </button>
        ),
      },
      { title: 'State', cell: ({ state }) => <Mark tone={toneOf(state)}>{state}</Mark> },
      { title: 'Generation', number: true, cell: ({ generation }) => generation },
      { title: 'Restarts', number: true, cell: ({ restarts }) => restarts },
      { title: 'Memory', number: true, cell: ({ memory_bytes }) => bytes(memory_bytes) },
      {
        title: 'Processor',
        number: true,
        cell: ({ name }) => {
          const used = shares.of(name);
          return used === null ? '–' : share(used);
        },
      },
      { title: 'Messages', number: true, cell: ({ messages }) => count(messages) },
      { title: 'Last end', cell: ({ last_cause }) => last_cause || <span class="quiet-text">none</span> },
    ]}
  />
);

export function System() {
  const [selected, setSelected] = useSelection();
  const list = services.value;
  if (list === null) {
    return (
      <>
        <PageHead title="System" />
        <Loading what="the services" />
      </>
    );
  }
  const service = list.find(({ name }) => name === selected) ?? null;
  const absent = list.filter(({ state }) => state === 'absent').length;
  const select = (name: string): void => {
    setSelected(name);
    if (matchMedia('(max-width: 68rem)').matches) {
      requestAnimationFrame(() => document.querySelector('.service')?.scrollIntoView({ block: 'nearest' }));
    }
  };
  return (
    <>
      <PageHead title="System">
        <p class="page-note">
          {plural(list.length - absent, 'isolated service')}, each in an address space of its own.
          {absent > 0 && ` ${plural(absent, 'more has', 'more have')} no device here.`}
        </p>
      </PageHead>
      <div class={service === null ? 'system' : 'system with-service'}>
        <div class="system-picture">
          <Section title="Services" tools={<Key />} live>
            <SystemPicture
              services={list}
              selected={service?.name ?? null}
              onSelect={(name) => (name === selected ? setSelected(null) : select(name))}
            />
          </Section>
          {service === null && <p class="hint">Select a service to see what it may do, and to restart it.</p>}
        </div>
        {service !== null && <ServicePanel service={service} services={list} onSelect={select} />}
        <div class="system-crashes">
          <Section title="Crash records" note="kept over a restart of the machine">
            <CrashList />
          </Section>
        </div>
      </div>
      <Trust />
      <div class="wide-only">
        <Section title="All services" live>
          <ServiceTable list={list} onSelect={select} />
        </Section>
      </div>
    </>
  );
}

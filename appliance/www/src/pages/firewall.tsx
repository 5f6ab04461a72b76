/* Rules in their order, forwarded ports, what passes now and what was dropped. */
import { useState } from 'preact/hooks';
import { network } from '../api/client.ts';
import type { Connection, FirewallCounters } from '../api/types.ts';
import { schema } from '../config/draft.ts';
import { resolved, valueLabel } from '../config/schema.ts';
import { DraftForms, draftReady } from '../forms/draft_pages.tsx';
import { RecordList } from '../forms/record_list.tsx';
import { duration } from '../format/moment.ts';
import { count, plural } from '../format/quantity.ts';
import { Tag } from '../ui/mark.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { usePolled } from '../ui/polled.ts';

const COUNTERS_MS = 2000;
const CONNECTIONS_MS = 3000;
const CONNECTIONS_MAX = 500;

function Rules({ counters }: { counters: FirewallCounters | null }) {
  const root = schema.value;
  if (!draftReady() || root === null) return null;
  const description = resolved(root, root.properties?.['rules'] ?? {}).description;
  const hits = (index: number): string => {
    const rule = counters?.rules.find(({ number }) => number === index);
    return rule === undefined ? '–' : count(rule.count);
  };
  return (
    <Section title="Rules" note={description}>
      <RecordList
        path="/rules"
        label="Rules"
        ordered
        unset="any"
        empty="No rules of your own: the LAN may reach the WAN and the appliance; nothing comes in from the WAN."
        extra={{ title: 'Packets', cell: hits }}
      />
    </Section>
  );
}

function Forwards() {
  const root = schema.value;
  const forwards = root?.properties?.['forwards'];
  if (root === null || forwards === undefined || !draftReady()) return null;
  return (
    <Section title="Port forwards" note={resolved(root, forwards).description}>
      <RecordList
        path="/forwards"
        label="Port forwards"
        unset="the same"
        empty="No port is forwarded to a host on the LAN."
      />
    </Section>
  );
}

const endpoint = (address: string, port: number): string => (port > 0 ? `${address}:${port}` : address);

const searchText = (one: Connection): string =>
  `${one.protocol} ${endpoint(one.source, one.source_port)} ${endpoint(one.destination, one.destination_port)} ${one.state} ${one.from} ${one.to}`.toLowerCase();

function Connections() {
  const [filter, setFilter] = useState('');
  const {
    value: all,
    failure,
    again,
  } = usePolled(() => network.connections(CONNECTIONS_MAX), CONNECTIONS_MS);
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = (all ?? []).filter((one) => words.every((word) => searchText(one).includes(word)));
  const note =
    all === null
      ? undefined
      : filter === ''
        ? plural(all.length, 'connection')
        : `${shown.length} of ${all.length}`;
  return (
    <Section
      title="Connections"
      live
      note={note}
      tools={
        <input
          type="search"
          aria-label="Filter connections"
          placeholder="Filter: tcp 192.168.1.20 443"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      }
    >
      {all === null ? (
        failure === null ? (
          <Loading what="the connections" />
        ) : (
          <Failure what="Connections" reason={failure} onRetry={again} />
        )
      ) : (
        <Table<Connection>
          caption="Connections"
          tall
          rows={shown.slice(0, 100)}
          keyOf={(one) => `${searchText(one)} ${one.reply_destination_port}`}
          empty={filter === '' ? 'Nothing is connected.' : 'No connection matches the filter.'}
          columns={[
            { title: 'Protocol', head: true, cell: ({ protocol }) => valueLabel(protocol) },
            { title: 'Source', cell: (one) => <code>{endpoint(one.source, one.source_port)}</code> },
            {
              title: 'Destination',
              cell: (one) => <code>{endpoint(one.destination, one.destination_port)}</code>,
            },
            {
              title: 'Way',
              cell: ({ from, to, translated }) => (
                <span>
                  {valueLabel(from)} → {valueLabel(to)} {translated && <Tag>NAT</Tag>}
                </span>
              ),
            },
            { title: 'State', cell: ({ state }) => state },
            { title: 'Age', number: true, cell: ({ age_s }) => duration(age_s) },
            { title: 'Idle', number: true, cell: ({ idle_s }) => duration(idle_s) },
          ]}
        />
      )}
    </Section>
  );
}

function Drops({ counters }: { counters: FirewallCounters }) {
  const list = counters.drops
    .filter((drop) => drop.count > 0)
    .sort((left, right) => right.count - left.count);
  return (
    <Table
      caption="Dropped packets by reason"
      rows={list}
      keyOf={({ reason }) => reason}
      empty="Nothing was dropped."
      columns={[
        { title: 'Reason', head: true, cell: ({ reason }) => <code>{reason}</code> },
        { title: 'Meaning', prose: true, cell: ({ text }) => text },
        { title: 'Packets', number: true, cell: (drop) => count(drop.count) },
      ]}
    />
  );
}

export function Firewall() {
  const { value: counters, failure, again } = usePolled(network.firewall, COUNTERS_MS);
  const quarantined = counters?.quarantined ?? 0;
  return (
    <>
      <PageHead title="Firewall" />
      {quarantined > 0 && (
        <p class="notice warn">
          {plural(quarantined, 'packet')} killed the firewall twice and {quarantined === 1 ? 'is' : 'are'}{' '}
          kept in quarantine: packets like {quarantined === 1 ? 'it' : 'them'} are dropped.
        </p>
      )}
      <Rules counters={counters} />
      <Forwards />
      <DraftForms page="firewall" without={['rules', 'forwards']} />
      <Connections />
      <Section title="Dropped" note="packets since the start, by reason" live>
        {counters === null ? (
          failure === null ? (
            <Loading what="the counters" />
          ) : (
            <Failure what="Counters" reason={failure} onRetry={again} />
          )
        ) : (
          <Drops counters={counters} />
        )}
      </Section>
    </>
  );
}

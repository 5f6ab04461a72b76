/* Ports, addresses, DHCP with its leases, and names. */
import { network } from '../api/client.ts';
import type { Lease } from '../api/types.ts';
import { draftPut, draftValue } from '../config/draft.ts';
import { isObject, type JsonObject } from '../config/json.ts';
import { DraftForms } from '../forms/draft_pages.tsx';
import { duration } from '../format/moment.ts';
import { announce } from '../ui/announcer.tsx';
import { Mark } from '../ui/mark.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { usePolled } from '../ui/polled.ts';

const RESERVATIONS = '/lan/dhcp/reservations';
const POLL_MS = 5000;

const reservations = () => {
  const value = draftValue(RESERVATIONS);
  return Array.isArray(value) ? value : [];
};

const isReserved = (lease: Lease): boolean =>
  lease.reserved || reservations().some((one) => isObject(one) && one['mac'] === lease.mac);

function reserve(lease: Lease): void {
  const entry: JsonObject = { mac: lease.mac, address: lease.address };
  if (lease.name) entry['name'] = lease.name;
  draftPut(RESERVATIONS, [...reservations(), entry]);
  announce(`${lease.address} will be reserved for ${lease.name ?? lease.mac} once you commit.`);
}

const expiry = ({ expires_in }: Lease): string =>
  expires_in === null ? '–' : expires_in <= 0 ? 'expired' : duration(expires_in);

function Leases() {
  const { value: leases, failure, again } = usePolled(network.leases, POLL_MS);
  if (leases === null) {
    return failure === null ? (
      <Loading what="the leases" />
    ) : (
      <Failure what="Leases" reason={failure} onRetry={again} />
    );
  }
  return (
    <Table<Lease>
      caption="DHCP leases"
      rows={leases}
      keyOf={({ mac, address }) => `${mac} ${address}`}
      empty="No host has asked for an address yet."
      columns={[
        { title: 'Name', head: true, cell: ({ name }) => name || <span class="quiet-text">unnamed</span> },
        { title: 'Address', cell: ({ address }) => <code>{address}</code> },
        { title: 'MAC address', cell: ({ mac }) => <code>{mac}</code> },
        {
          title: 'State',
          cell: ({ state }) => <Mark tone={state === 'bound' ? 'good' : 'idle'}>{state}</Mark>,
        },
        { title: 'Expires in', number: true, cell: expiry },
        {
          title: 'Reservation',
          cell: (lease) =>
            isReserved(lease) ? (
              'reserved'
            ) : (
              <button type="button" class="quiet" onClick={() => reserve(lease)}>
                Reserve<span class="unseen"> {lease.address}</span>
              </button>
            ),
        },
      ]}
    />
  );
}

export const Network = () => (
  <>
    <PageHead title="Network" />
    <Section title="Leases" note="hosts that got their address here" live>
      <Leases />
    </Section>
    <DraftForms page="network" />
  </>
);

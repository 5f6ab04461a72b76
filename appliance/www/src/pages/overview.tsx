/* How the appliance is: the answer to "is everything all right?" on one screen. */
import type { Overview as Seen, Port, Restart } from '../api/types.ts';
import { ago, dateTime, duration, moment } from '../format/moment.ts';
import { bitRate, bytes, count, plural } from '../format/quantity.ts';
import { history, overview, ports, services, uptime } from '../live/feed.ts';
import { hrefOf } from '../router.ts';
import { Fact, Facts } from '../ui/facts.tsx';
import { Mark, Tag, type Tone } from '../ui/mark.tsx';
import { Meter } from '../ui/meter.tsx';
import { ThroughputPlot } from '../ui/plot.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Empty, Loading } from '../ui/state.tsx';
import { toneOf } from '../system/service_state.ts';

const ZONES = { lan: 'LAN', wan: 'WAN', none: 'unused' };
const CLOCKS = { none: 'not set', cmos: 'from the machine', sntp: 'from the network' };
const STORES: Record<Seen['store'], [Tone, string]> = {
  disk: ['good', 'survives a power cut'],
  memory: ['warn', 'lost without power'],
  failed: ['bad', 'settings are not saved'],
};

function portState(port: Port): [Tone, string] {
  if (!port.ready) return ['bad', 'driver restarting'];
  if (port.zone === 'none') return ['idle', 'unused'];
  return port.link
    ? ['good', port.speed_mbit > 0 ? `${port.speed_mbit} Mbit/s` : 'link']
    : ['idle', 'no link'];
}

function PortCard({ port }: { port: Port }) {
  const [tone, text] = portState(port);
  const { rx, tx } = history.latest(port.name);
  return (
    <article class="panel port live" aria-label={port.name}>
      <header class="port-head">
        <h3>{port.name}</h3>
        <Tag>{ZONES[port.zone]}</Tag>
        <Mark tone={tone}>{text}</Mark>
      </header>
      <dl class="port-rates">
        <div class="rate-rx">
          <dt>in</dt>
          <dd>{rx === null ? '–' : bitRate(rx)}</dd>
        </div>
        <div class="rate-tx">
          <dt>out</dt>
          <dd>{tx === null ? '–' : bitRate(tx)}</dd>
        </div>
      </dl>
      <ThroughputPlot port={port.name} />
      <footer class="port-foot">
        <span>{port.driver}</span>
        <span>in {bytes(port.rx_bytes)}</span>
        <span>out {bytes(port.tx_bytes)}</span>
        <span class={port.dropped > 0 ? undefined : 'quiet-text'}>{count(port.dropped)} dropped</span>
      </footer>
    </article>
  );
}

/* The states of a lease (RFC 2131, figure 5), and of an address that needs none. */
const WAN_TONES: Record<string, Tone> = {
  up: 'good',
  configured: 'good',
  bound: 'good',
  renewing: 'good',
  rebinding: 'warn',
  down: 'bad',
  off: 'idle',
};

function Summary({ seen }: { seen: Seen }) {
  const { wan } = seen;
  const healthy = seen.services.failed === 0;
  const [storeTone, storeText] = STORES[seen.store];
  const total = seen.services.total - (services.value ?? []).filter(({ state }) => state === 'absent').length;
  return (
    <div class="tiles live">
      <a class="tile" href={hrefOf('network')}>
        <span class="tile-name">WAN</span>
        <span class="tile-value">{wan.address ?? 'no address'}</span>
        <Mark tone={WAN_TONES[wan.state] ?? 'warn'}>{`${wan.state}, ${wan.mode}`}</Mark>
      </a>
      <a class="tile" href={hrefOf('system')}>
        <span class="tile-name">Services</span>
        <span class="tile-value">
          {seen.services.running}
          <span class="tile-of"> of {total}</span>
        </span>
        <Mark tone={healthy ? 'good' : 'bad'}>
          {healthy ? 'all as they should be' : `${seen.services.failed} failed`}
        </Mark>
      </a>
      <a class="tile" href={hrefOf('network')}>
        <span class="tile-name">Clients</span>
        <span class="tile-value">{count(seen.clients)}</span>
        <span class="tile-note">on the LAN</span>
      </a>
      <a class="tile" href={hrefOf('firewall')}>
        <span class="tile-name">Connections</span>
        <span class="tile-value">{count(seen.connections)}</span>
        <span class="tile-note">tracked</span>
      </a>
      <a class="tile" href={hrefOf('configuration')}>
        <span class="tile-name">Store</span>
        <span class="tile-value tile-word">{seen.store}</span>
        <Mark tone={storeTone}>{storeText}</Mark>
      </a>
    </div>
  );
}

const Restarts = ({ list }: { list: Restart[] }) =>
  list.length === 0 ? (
    <Empty>None since the start {duration(uptime.value)} ago.</Empty>
  ) : (
    <ol class="timeline">
      {list.slice(0, 8).map((restart) => (
        <li key={`${restart.service} ${restart.uptime}`}>
          <span class="timeline-what">{restart.service}</span>
          <span class="timeline-why">{restart.cause}</span>
          <time title={moment(restart.time, restart.uptime)}>{ago(uptime.value, restart.uptime)}</time>
        </li>
      ))}
    </ol>
  );

const Health = () =>
  services.value === null ? (
    <Loading what="the services" />
  ) : (
    <ul class="health">
      {services.value
        .filter(({ state }) => state !== 'absent')
        .map((service) => (
          <li key={service.name}>
            <a
              href={`${hrefOf('system')}?${service.name}`}
              title={`${service.state}, generation ${service.generation}`}
            >
              <Mark tone={toneOf(service.state)}>{service.name}</Mark>
            </a>
          </li>
        ))}
    </ul>
  );

function Machine({ seen }: { seen: Seen }) {
  return (
    <Facts>
      <Fact name="Processor">
        <Meter part={1 - seen.cpu_idle} label="in use" />
      </Fact>
      <Fact name="Memory">
        <Meter part={seen.memory.used / Math.max(1, seen.memory.total)} label="in use" />
        <span class="fact-note">
          {bytes(seen.memory.used)} of {bytes(seen.memory.total)}
        </span>
      </Fact>
      <Fact name="Up for">{duration(uptime.value)}</Fact>
      <Fact name="Clock">
        {seen.time === null ? 'not set' : dateTime(seen.time)}
        {seen.time !== null && <span class="fact-note">{CLOCKS[seen.clock]}</span>}
      </Fact>
      <Fact name="Gateway">{seen.wan.gateway ?? '–'}</Fact>
      <Fact name="Name servers">{seen.wan.dns.join(', ') || '–'}</Fact>
      <Fact name="Version">
        {seen.version} <span class="quiet-text">{seen.build === seen.version ? '' : seen.build}</span>
      </Fact>
    </Facts>
  );
}

export function Overview() {
  const seen = overview.value;
  const shown = ports.value ?? [];
  return (
    <>
      <PageHead title="Overview" />
      {seen === null ? <Loading what="the overview" /> : <Summary seen={seen} />}
      <Section
        title="Ports"
        plain
        note={shown.length > 0 ? `${plural(shown.length, 'port')}, the last two minutes` : undefined}
      >
        {shown.length === 0 ? (
          <Loading what="the ports" />
        ) : (
          <div class="ports">
            {shown.map((port) => (
              <PortCard key={port.name} port={port} />
            ))}
          </div>
        )}
      </Section>
      {seen !== null && (
        <div class="columns">
          <Section title="Services" live>
            <Health />
          </Section>
          <Section title="Recent restarts" live>
            <Restarts list={seen.restarts} />
          </Section>
          <Section title="Machine" live>
            <Machine seen={seen} />
          </Section>
        </div>
      )}
    </>
  );
}

/* One service: what it is, what it may do, and what an administrator may do to it. */
import { useState } from 'preact/hooks';
import { system, type ServiceAction } from '../api/client.ts';
import { reasonOf } from '../api/problem.ts';
import type { Service } from '../api/types.ts';
import { ago } from '../format/moment.ts';
import { bytes, count, share } from '../format/quantity.ts';
import { shares, uptime } from '../live/feed.ts';
import { session } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { Fact, Facts } from '../ui/facts.tsx';
import { Mark } from '../ui/mark.tsx';
import { Failure } from '../ui/state.tsx';
import { linesOf } from './picture_layout.ts';
import { meaningOf, toneOf } from './service_state.ts';

interface Asked {
  action: ServiceAction;
  title: string;
  text: string;
}

const STOP = (name: string): Asked => ({
  action: 'stop',
  title: `Stop ${name}?`,
  text: `${name} stays down until you start it again. What depends on it waits.`,
});
const CRASH = (name: string): Asked => ({
  action: 'crash',
  title: `Crash ${name}?`,
  text: `${name} executes an invalid instruction, as a defect would make it. It comes back by itself.`,
});

function ActionButtons({ service }: { service: Service }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const { name, state } = service;
  const act = (action: ServiceAction): void => {
    setAsked(null);
    setFailure(null);
    system.act(name, action).then(
      () => announce(`${action}: asked of ${name}.`),
      (error: unknown) => setFailure(reasonOf(error)),
    );
  };
  const down = state === 'stopped' || state === 'failed';
  return (
    <>
      <div class="service-actions">
        {down ? (
          <button type="button" class="primary" onClick={() => act('start')}>
            Start
          </button>
        ) : (
          <button type="button" class="primary" onClick={() => act('restart')}>
            Restart
          </button>
        )}
        {!down && (
          <button type="button" onClick={() => setAsked(STOP(name))}>
            Stop…
          </button>
        )}
        {session.value?.test_image && !down && (
          <button type="button" class="danger" onClick={() => setAsked(CRASH(name))}>
            Crash…
          </button>
        )}
      </div>
      {failure !== null && <Failure what={`Not done to ${name}`} reason={failure} />}
      {asked !== null && (
        <Confirm
          title={asked.title}
          action={asked.action === 'stop' ? 'Stop' : 'Crash'}
          danger
          onClose={() => setAsked(null)}
          onConfirm={() => act(asked.action)}
        >
          <p>{asked.text}</p>
        </Confirm>
      )}
    </>
  );
}

const Names = ({ list, onSelect }: { list: string[]; onSelect: (name: string) => void }) =>
  list.length === 0 ? (
    <span class="quiet-text">nobody</span>
  ) : (
    <>
      {list.map((name) => (
        <button type="button" class="name-link" key={name} onClick={() => onSelect(name)}>
          {name}
        </button>
      ))}
    </>
  );

interface ServicePanelProps {
  service: Service;
  services: Service[];
  onSelect: (name: string) => void;
}

function Privileges({ service, services, onSelect }: ServicePanelProps) {
  const { name } = service;
  const memory = linesOf(services).filter(
    ({ kind, from, to }) => kind === 'memory' && (from === name || to === name),
  );
  const callers = services.filter(({ calls }) => calls.includes(name)).map((caller) => caller.name);
  return (
    <Facts>
      <Fact name="May call">
        <Names list={service.calls} onSelect={onSelect} />
      </Fact>
      <Fact name="Called by">
        <Names list={callers} onSelect={onSelect} />
      </Fact>
      <Fact name="Shares memory with">
        {memory.length === 0 && <span class="quiet-text">nobody</span>}
        <ul class="regions">
          {memory.map(({ from, to, regions }) => (
            <li key={`${from} ${to}`}>
              <Names list={[from === name ? to : from]} onSelect={onSelect} />{' '}
              <span class="quiet-text">{regions.join(', ')}</span>
            </li>
          ))}
        </ul>
      </Fact>
      <Fact name="Starts after">
        <Names list={service.depends} onSelect={onSelect} />
      </Fact>
    </Facts>
  );
}

export function ServicePanel({ service, services, onSelect }: ServicePanelProps) {
  const used = shares.of(service.name);
  return (
    <aside class="panel service" aria-label={`Service ${service.name}`}>
      <header class="service-head">
        <h3>{service.name}</h3>
        <Mark tone={toneOf(service.state)}>{meaningOf(service.state)}</Mark>
      </header>
      <ActionButtons key={service.name} service={service} />
      <dl class="figures live">
        <div>
          <dt>generation</dt>
          <dd>{service.generation}</dd>
        </div>
        <div>
          <dt>restarts</dt>
          <dd>{service.restarts}</dd>
        </div>
        <div>
          <dt>processor</dt>
          <dd>{used === null ? '–' : share(used)}</dd>
        </div>
        <div>
          <dt>memory</dt>
          <dd>{bytes(service.memory_bytes)}</dd>
        </div>
        <div>
          <dt>messages</dt>
          <dd>{count(service.messages)}</dd>
        </div>
        <div>
          <dt>heartbeat</dt>
          <dd>{service.heartbeat_us === null ? '–' : `${count(service.heartbeat_us / 1000)} ms`}</dd>
        </div>
      </dl>
      <Facts>
        <Fact name="Last end">
          {service.last_death_uptime === null || !service.last_cause ? (
            <span class="quiet-text">none</span>
          ) : (
            <>
              {service.last_cause}, {ago(uptime.value, service.last_death_uptime)}
            </>
          )}
        </Fact>
        <Fact name="When it dies">
          <ol class="policy">
            {service.policy.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </Fact>
        {service.device !== null && <Fact name="Device">{service.device}</Fact>}
        <Fact name="Program">{service.program === 'update' ? 'of the update' : 'as booted'}</Fact>
      </Facts>
      <Privileges service={service} services={services} onSelect={onSelect} />
    </aside>
  );
}

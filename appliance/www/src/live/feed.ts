/* What the appliance tells of itself while the console is open, kept for all pages. */
import { signal } from '@preact/signals';
import { configuration, records, system } from '../api/client.ts';
import { reasonOf } from '../api/problem.ts';
import type { Alert, ConfigStatus, LogRecord, Overview, Port, Service } from '../api/types.ts';
import { sessionVerify } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { LogBook } from './log_book.ts';
import { ProcessorShares } from './processor.ts';
import { changeOf } from './service_change.ts';
import { Stream } from './stream.ts';
import { PortHistory } from './throughput.ts';

export const overview = signal<Overview | null>(null);
export const ports = signal<Port[] | null>(null);
export const services = signal<Service[] | null>(null);
export const alerts = signal<Alert[] | null>(null);
/* Why the log was not to be had, if it was not. */
export const logFailure = signal<string | null>(null);
export const configStatus = signal<ConfigStatus | null>(null);
/* Seconds since the appliance's start, as of the last event that said so. */
export const uptime = signal(0);

export const history = new PortHistory();
export const shares = new ProcessorShares();
export const logBook = new LogBook();

function takePorts(data: unknown): void {
  const told = data as { uptime: number; ports: Port[] };
  history.add(told.uptime, told.ports);
  uptime.value = told.uptime;
  ports.value = told.ports;
}

function takeOverview(data: Overview): void {
  uptime.value = Math.max(uptime.value, data.uptime);
  overview.value = data;
  ports.value ??= data.ports;
}

function takeServices(data: Service[]): void {
  const before = services.value;
  shares.add(performance.now(), data);
  services.value = data;
  if (before === null) return;
  const said = data.flatMap((service) => {
    const text = changeOf(
      before.find(({ name }) => name === service.name),
      service,
    );
    return text === null ? [] : [text];
  });
  if (said.length > 0) announce(said.join(' '));
}

/* One that is repeated keeps its number and is told with the time of its last. */
const latestFirst = (left: Alert, right: Alert): number =>
  (left.time !== null && right.time !== null ? right.time - left.time : 0) || right.n - left.n;

function takeAlert(data: Alert): void {
  const others = (alerts.value ?? []).filter(({ n }) => n !== data.n);
  alerts.value = [data, ...others].sort(latestFirst);
}

/* After a (re)connection: what was missed is asked for; a failure is told by the stream itself. */
async function catchUp(): Promise<void> {
  const last = logBook.lastSequence;
  const ignore = (): undefined => undefined;
  const [seen, running, mails, status, lines] = await Promise.all([
    system.overview().catch(ignore),
    system.services().catch(ignore),
    records.alerts().catch(ignore),
    configuration.status().catch(ignore),
    (last === 0 ? records.logs(300) : records.logsAfter(last)).catch((error: unknown) => {
      logFailure.value = reasonOf(error);
    }),
  ]);
  if (seen !== undefined) takeOverview(seen);
  if (running !== undefined) takeServices(running);
  if (mails !== undefined) alerts.value = [...mails].sort(latestFirst);
  if (status !== undefined) configStatus.value = status;
  if (lines !== undefined) {
    logFailure.value = null;
    logBook.add(lines);
  }
}

let stream: Stream | null = null;

export function feedStart(): void {
  feedStop();
  stream = new Stream(
    {
      ports: takePorts,
      overview: (data) => takeOverview(data as Overview),
      services: (data) => takeServices(data as Service[]),
      alert: (data) => takeAlert(data as Alert),
      config: (data) => (configStatus.value = data as ConfigStatus),
      log: (data) => logBook.add([data as LogRecord]),
    },
    () => void catchUp(),
    () => void sessionVerify(),
  );
}

export function feedStop(): void {
  stream?.close();
  stream = null;
}

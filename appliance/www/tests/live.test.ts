import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogRecord, Port, Service } from '../src/api/types.ts';
import { LogBook, matches } from '../src/live/log_book.ts';
import { ProcessorShares } from '../src/live/processor.ts';
import { changeOf } from '../src/live/service_change.ts';
import { PortHistory } from '../src/live/throughput.ts';
import { courseOf, laneOf, linesOf, pictureOf } from '../src/system/picture_layout.ts';

const port = (rx_bytes: number, tx_bytes = 0): Port => ({ name: 'port0', rx_bytes, tx_bytes }) as Port;
const service = (name: string, more: Partial<Service> = {}): Service =>
  ({
    name,
    state: 'running',
    generation: 1,
    device: null,
    calls: [],
    maps: [],
    cpu_us: 0,
    ...more,
  }) as Service;
const line = (sequence: number, more: Partial<LogRecord> = {}): LogRecord =>
  ({ sequence, uptime: 100 + sequence, level: 'info', service: 'rs', text: 'text', ...more }) as LogRecord;

test('throughput is the difference of the counters over their time', () => {
  const history = new PortHistory();
  history.add(10, [port(0)]);
  history.add(12, [port(1000, 250)]);
  assert.deepEqual(history.latest('port0'), { rx: 4000, tx: 1000 });
});

test('counters that go back are a gap and not a negative rate', () => {
  const history = new PortHistory();
  history.add(1, [port(5000)]);
  history.add(2, [port(10)]);
  assert.equal(history.latest('port0').rx, null);
});

test('a stream that was away leaves a gap in the plot', () => {
  const history = new PortHistory();
  [1, 2, 30].forEach((uptime) => history.add(uptime, [port(uptime * 100)]));
  assert.deepEqual(history.of('port0').rx, [800, null, 800]);
});

test('an appliance that was started again begins a new plot', () => {
  const history = new PortHistory();
  [100, 101, 3, 4].forEach((uptime) => history.add(uptime, [port(uptime)]));
  assert.deepEqual(history.of('port0').times, [4]);
});

test('only the last two minutes are kept', () => {
  const history = new PortHistory();
  for (let uptime = 0; uptime < 500; uptime++) history.add(uptime, [port(uptime)]);
  assert.equal(history.of('port0').times.length, 121);
});

test('processor shares are of the time between two looks, and survive a restart', () => {
  const shares = new ProcessorShares();
  shares.add(1000, [service('inet', { cpu_us: 5000 })]);
  shares.add(2000, [service('inet', { cpu_us: 105_000 })]);
  assert.equal(shares.of('inet'), 0.1);
  shares.add(3000, [service('inet', { cpu_us: 20_000 })]);
  assert.equal(shares.of('inet'), 0.02);
});

test('a restart is told once, with its generation', () => {
  const before = service('port1');
  assert.equal(
    changeOf(before, service('port1', { generation: 2 })),
    'port1 was restarted and runs again, generation 2.',
  );
  assert.equal(changeOf(before, before), null);
  assert.match(changeOf(before, service('port1', { state: 'failed' })) ?? '', /failed/);
});

test('the log is in order, without doubles, and begins anew with the appliance', () => {
  const book = new LogBook();
  book.add([line(2), line(1)]);
  book.add([line(2), line(3)]);
  assert.deepEqual(
    book.records.value.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
  book.add([line(1, { uptime: 1 })]);
  assert.deepEqual(
    book.records.value.map(({ sequence }) => sequence),
    [1],
  );
});

test('log filters', () => {
  const filter = { severity: 2, service: '', text: 'ARP' };
  assert.ok(matches(line(1, { level: 'warning', text: 'arp: no answer' }), filter));
  assert.ok(!matches(line(1, { text: 'arp: no answer' }), filter));
  assert.ok(!matches(line(1), { severity: 0, service: 'dnsd', text: '' }));
});

const system = [
  service('port0', {
    device: 'pci',
    maps: [
      { region: 'port0.rx', write: true },
      { region: 'port0.tx', write: false },
    ],
  }),
  service('firewall', {
    maps: [
      { region: 'port0.tx', write: true },
      { region: 'port0.rx', write: false },
    ],
  }),
  service('dnsd', { calls: ['inet', 'ds'] }),
  service('inet'),
  service('ds', { maps: [{ region: 'ktable', write: false }] }),
  service('port1', { device: 'pci', state: 'absent', maps: [{ region: 'port0.rx', write: false }] }),
];

test('lines are calls, and one for all memory that two services share', () => {
  assert.deepEqual(linesOf(system), [
    { from: 'dnsd', to: 'inet', kind: 'call', regions: [] },
    { from: 'dnsd', to: 'ds', kind: 'call', regions: [] },
    { from: 'firewall', to: 'port0', kind: 'memory', regions: ['port0.tx', 'port0.rx'] },
  ]);
});

for (const width of [340, 700, 1100]) {
  test(`at ${width} pixels no two services overlap and none stands outside`, () => {
    const { boxes, height } = pictureOf(system, width);
    assert.deepEqual(boxes.map(({ name }) => name).sort(), ['dnsd', 'ds', 'firewall', 'inet', 'port0']);
    for (const box of boxes) {
      assert.ok(box.x >= 0 && box.x + box.width <= width + 0.01, `${box.name} at ${box.x}`);
      assert.ok(box.y >= 0 && box.y + box.height <= height + 0.01, `${box.name} at ${box.y}`);
      const over = boxes.filter(
        (other) => Math.abs(other.x - box.x) < box.width && Math.abs(other.y - box.y) < box.height,
      );
      assert.equal(over.length, 1, `${over.map(({ name }) => name).join(' over ')}`);
    }
  });
}

test('a driver is known by its name or its device', () => {
  assert.equal(laneOf(service('uart')), 'drivers');
  assert.equal(laneOf(service('wifi', { device: 'pci 00:05.0' })), 'drivers');
  assert.equal(laneOf(service('webd')), 'appliance');
});

test('a line begins and ends at the sides that face each other', () => {
  const box = (x: number) => ({ name: '', lane: 'data' as const, x, y: 0, width: 100, height: 40 });
  assert.match(courseOf(box(0), box(300)), /^M100 20C.* 300 20$/);
  assert.match(courseOf(box(300), box(0)), /^M300 20C.* 100 20$/);
});

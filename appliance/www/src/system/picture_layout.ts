/*
 * Where each service stands in the picture, and which lines run between them. Pure.
 *
 * Wide: one column a lane, drivers on the left, what uses them to the right. Narrow: one row of
 * boxes a lane, below each other.
 */
import type { Service } from '../api/types.ts';

export type LaneId = 'drivers' | 'data' | 'appliance' | 'system';

export interface Box {
  name: string;
  lane: LaneId;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Line {
  from: string;
  to: string;
  kind: 'call' | 'memory';
  /* Regions of shared memory, or empty. */
  regions: string[];
}

export interface Picture {
  wide: boolean;
  width: number;
  height: number;
  boxes: Box[];
  lanes: { id: LaneId; title: string; x: number; y: number }[];
}

const TITLES: Record<LaneId, string> = {
  drivers: 'Drivers',
  data: 'Data plane',
  appliance: 'Appliance',
  system: 'Foundation',
};
const LANES = Object.keys(TITLES) as LaneId[];

const WIDE_FROM_PX = 620;
const BOX_HEIGHT = 48;
const GAP_Y = 10;
const HEAD = 26;
const BOX_WIDTH_MAX = 168;

const FOUNDATION = new Set(['rs', 'ds', 'pci', 'config', 'store', 'log', 'time', 'update', 'install']);
const DRIVERS = /^(port\d+|uart|vga|disk|ata|ahci|rtc|cmos|watchdog|iommu)$/;

export function laneOf({ name, device }: Service): LaneId {
  if (name === 'firewall' || name === 'inet') return 'data';
  if (DRIVERS.test(name) || device !== null) return 'drivers';
  return FOUNDATION.has(name) ? 'system' : 'appliance';
}

const present = ({ state }: Service): boolean => state !== 'absent';

export function pictureOf(services: Service[], width: number): Picture {
  const shown = services.filter(present);
  const members = (lane: LaneId): Service[] => shown.filter((service) => laneOf(service) === lane);
  return width >= WIDE_FROM_PX ? columns(members, width) : rows(members, width);
}

type Members = (lane: LaneId) => Service[];

function columns(members: Members, width: number): Picture {
  const columnWidth = width / LANES.length;
  const boxWidth = Math.min(BOX_WIDTH_MAX, columnWidth * 0.68);
  const longest = Math.max(1, ...LANES.map((lane) => members(lane).length));
  const height = HEAD + longest * (BOX_HEIGHT + GAP_Y) - GAP_Y;
  const left = (index: number): number => (index * (width - boxWidth)) / (LANES.length - 1);
  const boxes = LANES.flatMap((lane, index) => {
    const here = members(lane);
    /* What is few stands in the middle, near what it talks to. */
    const free = height - HEAD - here.length * (BOX_HEIGHT + GAP_Y) + GAP_Y;
    const spread = lane === 'data' ? free / (here.length + 1) : 0;
    const top = HEAD + (lane === 'data' ? spread : free / 2);
    return here.map(({ name }, at) => ({
      name,
      lane,
      x: left(index),
      y: top + at * (BOX_HEIGHT + GAP_Y + spread),
      width: boxWidth,
      height: BOX_HEIGHT,
    }));
  });
  const lanes = LANES.map((id, index) => ({ id, title: TITLES[id], x: left(index), y: 0 }));
  return { wide: true, width, height, boxes, lanes };
}

function rows(members: Members, width: number): Picture {
  const across = Math.max(2, Math.floor((width + 8) / 118));
  const boxWidth = (width - (across - 1) * 8) / across;
  const boxes: Box[] = [];
  const lanes: Picture['lanes'] = [];
  let y = 0;
  for (const lane of LANES) {
    const here = members(lane);
    if (here.length === 0) continue;
    lanes.push({ id: lane, title: TITLES[lane], x: 0, y });
    y += HEAD;
    here.forEach(({ name }, at) => {
      const row = Math.floor(at / across);
      const x = (at % across) * (boxWidth + 8);
      boxes.push({ name, lane, x, y: y + row * (BOX_HEIGHT + 8), width: boxWidth, height: BOX_HEIGHT });
    });
    y += Math.ceil(here.length / across) * (BOX_HEIGHT + 8) + 14;
  }
  return { wide: false, width, height: Math.max(0, y - 22), boxes, lanes };
}

/* Who may call whom, and who reads the memory that whom alone writes. */
export function linesOf(services: Service[]): Line[] {
  const names = new Set(services.filter(present).map(({ name }) => name));
  const calls = services.flatMap(({ name, calls: called }) =>
    called.filter((to) => to !== name).map((to): Line => ({ from: name, to, kind: 'call', regions: [] })),
  );
  return [...calls, ...memoryLines(services)].filter(({ from, to }) => names.has(from) && names.has(to));
}

function memoryLines(services: Service[]): Line[] {
  const writers = new Map<string, string>();
  for (const { name, maps = [] } of services) {
    for (const { region, write } of maps) if (write) writers.set(region, name);
  }
  const lines = new Map<string, Line>();
  for (const { name, maps = [] } of services) {
    for (const { region, write } of maps) {
      const writer = writers.get(region);
      if (write || writer === undefined || writer === name) continue;
      const key = [writer, name].sort().join(' ');
      const line = lines.get(key) ?? { from: writer, to: name, kind: 'memory', regions: [] };
      line.regions.push(region);
      lines.set(key, line);
    }
  }
  return [...lines.values()];
}

/* The line's course: a curve between the sides that face each other. */
export function courseOf(from: Box, to: Box): string {
  const middle = (box: Box): number => box.y + box.height / 2;
  if (Math.abs(from.x - to.x) < 1) {
    /* On the side where there is room: left, but for what stands at the left edge. */
    const outwards = from.x > 0 ? -1 : 1;
    const side = from.x > 0 ? from.x : from.x + from.width;
    const bulge = side + outwards * (14 + Math.min(40, Math.abs(middle(from) - middle(to)) / 6));
    return `M${side} ${middle(from)}C${bulge} ${middle(from)} ${bulge} ${middle(to)} ${side} ${middle(to)}`;
  }
  const rightwards = from.x < to.x;
  const start = rightwards ? from.x + from.width : from.x;
  const end = rightwards ? to.x : to.x + to.width;
  const half = (start + end) / 2;
  return `M${start} ${middle(from)}C${half} ${middle(from)} ${half} ${middle(to)} ${end} ${middle(to)}`;
}

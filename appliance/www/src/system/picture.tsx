/* The isolated services as they are now, with what they are allowed to do with each other. */
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Service } from '../api/types.ts';
import { share } from '../format/quantity.ts';
import { shares } from '../live/feed.ts';
import { courseOf, linesOf, pictureOf, type Box, type Line } from './picture_layout.ts';
import { toneOf } from './service_state.ts';

interface PictureProps {
  services: Service[];
  selected: string | null;
  onSelect: (name: string) => void;
}

/* The shape of the system seldom changes; its figures do every half second. */
const shapeOf = (services: Service[]): string =>
  services.map(({ name, state }) => `${name}${state === 'absent' ? '-' : ''}`).join();

function useWidth(): [preact.RefObject<HTMLDivElement>, number] {
  const frame = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [frame, width];
}

const lineTitle = ({ from, to, kind, regions }: Line): string =>
  kind === 'call' ? `${from} may call ${to}` : `${from} and ${to} share ${regions.join(', ')}`;

interface LinesProps {
  lines: Line[];
  boxes: Map<string, Box>;
  selected: string | null;
}

const Lines = ({ lines, boxes, selected }: LinesProps) => (
  <>
    {lines.map((line) => {
      const from = boxes.get(line.from);
      const to = boxes.get(line.to);
      if (from === undefined || to === undefined) return null;
      const near = line.from === selected || line.to === selected;
      return (
        <path
          key={`${line.kind} ${line.from} ${line.to}`}
          class={`line ${line.kind} ${near ? 'near' : selected === null ? '' : 'far'}`}
          d={courseOf(from, to)}
          marker-end={line.kind === 'call' && near ? 'url(#arrow)' : undefined}
        >
          <title>{lineTitle(line)}</title>
        </path>
      );
    })}
  </>
);

interface NodeProps {
  box: Box;
  service: Service;
  pressed: boolean;
  far: boolean;
  onSelect: (name: string) => void;
}

/* A box flashes when its generation changes: a service has died and come back. */
function Node({ box, service, pressed, far, onSelect }: NodeProps) {
  const button = useRef<HTMLButtonElement>(null);
  const generation = useRef(service.generation);
  useEffect(() => {
    if (generation.current === service.generation) return;
    generation.current = service.generation;
    button.current?.animate?.(
      [{ outlineColor: 'var(--warn)', outlineWidth: '4px' }, { outlineColor: 'transparent' }],
      {
        duration: 1600,
      },
    );
  }, [service.generation]);
  const used = shares.of(service.name) ?? 0;
  return (
    <button
      type="button"
      ref={button}
      class={`node ${toneOf(service.state)} ${far ? 'far' : ''}`}
      aria-pressed={pressed}
      aria-label={`${service.name}: ${service.state}, generation ${service.generation}, ${service.restarts} restarts, processor ${share(used)}`}
      style={{ left: `${box.x}px`, top: `${box.y}px`, width: `${box.width}px`, height: `${box.height}px` }}
      onClick={() => onSelect(service.name)}
    >
      <span class="node-name">
        <span class={`mark ${toneOf(service.state)}`}>
          <span class="mark-sign" />
        </span>
        {service.name}
      </span>
      <span class="node-facts">
        <span>{service.state === 'running' ? `gen ${service.generation}` : service.state}</span>
        <span>{share(used)}</span>
      </span>
      <span class="node-share" style={{ width: `${Math.min(100, used * 100).toFixed(1)}%` }} />
    </button>
  );
}

export function SystemPicture({ services, selected, onSelect }: PictureProps) {
  const [frame, width] = useWidth();
  const shape = shapeOf(services);
  const picture = useMemo(() => pictureOf(services, width), [shape, width]);
  const lines = useMemo(() => linesOf(services), [shape]);
  const boxes = useMemo(() => new Map(picture.boxes.map((box) => [box.name, box])), [picture]);
  const neighbours = new Set(
    lines
      .filter(({ from, to }) => from === selected || to === selected)
      .flatMap(({ from, to }) => [from, to]),
  );
  const drawn = picture.wide ? lines : lines.filter(({ from, to }) => from === selected || to === selected);
  return (
    <div
      class="picture"
      ref={frame}
      style={{ height: `${picture.height}px` }}
      role="group"
      aria-label="Services"
    >
      <svg class="picture-lines" width={picture.width} height={picture.height} aria-hidden="true">
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0.5L7.5 4L0 7.5z" class="arrow" />
          </marker>
        </defs>
        <Lines lines={drawn} boxes={boxes} selected={selected} />
      </svg>
      {picture.lanes.map(({ id, title, x, y }) => (
        <span class="lane" key={id} style={{ left: `${x}px`, top: `${y}px` }}>
          {title}
        </span>
      ))}
      {picture.boxes.map((box) => {
        const service = services.find(({ name }) => name === box.name);
        if (service === undefined) return null;
        return (
          <Node
            key={box.name}
            box={box}
            service={service}
            pressed={box.name === selected}
            far={selected !== null && box.name !== selected && !neighbours.has(box.name)}
            onSelect={onSelect}
          />
        );
      })}
    </div>
  );
}

/* Throughput of a port as an oscilloscope shows it: received upwards, sent downwards. */
import { effect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { bitRateTick } from '../format/quantity.ts';
import { history, ports, uptime } from '../live/feed.ts';
import { KEPT_S } from '../live/throughput.ts';
import { isDark } from './theme.ts';

const HEIGHT_PX = 132;
const LEAST_BITS = 10_000; /* so that an idle port does not look like a busy one */

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function dataOf(port: string): uPlot.AlignedData {
  const { times, rx, tx } = history.of(port);
  return [times, rx, tx.map((value) => (value === null ? null : -value))];
}

/* The same scale up and down, with an end that is a round figure. */
function rangeY(_: uPlot, low: number | null, high: number | null): [number, number] {
  const largest = Math.max(-(low ?? 0), high ?? 0, LEAST_BITS);
  const unit = 10 ** Math.floor(Math.log10(largest));
  const end = [1, 2, 5, 10].map((factor) => factor * unit).find((value) => value >= largest) ?? largest;
  return [-end, end];
}

const secondsAgo = (time: number): string => {
  const passed = Math.round(uptime.value - time);
  return passed <= 0 ? 'now' : `−${passed} s`;
};

function optionsOf(width: number): uPlot.Options {
  const line = (stroke: string, fill: string): uPlot.Series => ({
    stroke: colour(stroke),
    fill: colour(fill),
    width: 1.25,
    points: { show: false },
  });
  const grid = { stroke: colour('--line-faint'), width: 1 };
  const axis = {
    stroke: colour('--text-quiet'),
    font: `11px ${colour('--font')}`,
    ticks: { show: false },
    grid,
  };
  return {
    width,
    height: HEIGHT_PX,
    padding: [6, 14, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { x: { time: false, range: () => [uptime.value - KEPT_S, uptime.value] }, y: { range: rangeY } },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 7,
        splits: () => [KEPT_S, KEPT_S / 2, 0].map((ago) => uptime.value - ago),
        values: (_, splits) => splits.map(secondsAgo),
      },
      {
        ...axis,
        size: 42,
        gap: 4,
        splits: (_, __, low, high) => [low, 0, high],
        values: (_, splits) => splits.map(bitRateTick),
      },
    ],
    series: [{}, line('--plot-rx', '--plot-rx-fill'), line('--plot-tx', '--plot-tx-fill')],
  };
}

export function ThroughputPlot({ port }: { port: string }) {
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    let plot: uPlot | null = null;
    const draw = (): void => {
      plot?.destroy();
      plot = new uPlot(optionsOf(Math.max(160, element.clientWidth)), dataOf(port), element);
    };
    const stopTheme = effect(() => {
      isDark();
      draw();
    });
    const stopData = effect(() => {
      if (ports.value !== null) plot?.setData(dataOf(port));
    });
    const resized = new ResizeObserver(() => {
      if (plot !== null && plot.width !== element.clientWidth && element.clientWidth > 0) {
        plot.setSize({ width: element.clientWidth, height: HEIGHT_PX });
      }
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      stopTheme();
      stopData();
      plot?.destroy();
    };
  }, [port]);
  return <div class="plot" ref={frame} aria-hidden="true" />;
}

/* The last minutes of each port's throughput, from its counters. */
import type { Port } from '../api/types.ts';

export const KEPT_S = 120;

export interface Throughput {
  /* Seconds since the appliance's start, ascending; then bits a second, null over a gap. */
  times: number[];
  rx: (number | null)[];
  tx: (number | null)[];
}

interface Counted {
  uptime: number;
  rx_bytes: number;
  tx_bytes: number;
}

export class PortHistory {
  private readonly last = new Map<string, Counted>();
  private readonly series = new Map<string, Throughput>();

  /* Takes the counters at `uptime`. Counters that go back, or a gap, begin a new stretch. */
  add(uptime: number, ports: Port[]): void {
    for (const port of ports) {
      const before = this.last.get(port.name);
      this.last.set(port.name, { uptime, rx_bytes: port.rx_bytes, tx_bytes: port.tx_bytes });
      if (before === undefined) continue;
      const passed = uptime - before.uptime;
      if (passed < 0) this.series.delete(port.name);
      if (passed <= 0) continue;
      const series = this.of(port.name);
      if (passed > 5) append(series, before.uptime + 1, null, null);
      append(
        series,
        uptime,
        rate(before.rx_bytes, port.rx_bytes, passed),
        rate(before.tx_bytes, port.tx_bytes, passed),
      );
    }
  }

  of(name: string): Throughput {
    let series = this.series.get(name);
    if (series === undefined) {
      series = { times: [], rx: [], tx: [] };
      this.series.set(name, series);
    }
    return series;
  }

  latest(name: string): { rx: number | null; tx: number | null } {
    const series = this.series.get(name);
    return { rx: series?.rx.at(-1) ?? null, tx: series?.tx.at(-1) ?? null };
  }
}

const rate = (before: number, after: number, seconds: number): number | null =>
  after < before ? null : ((after - before) * 8) / seconds;

function append(series: Throughput, time: number, rx: number | null, tx: number | null): void {
  series.times.push(time);
  series.rx.push(rx);
  series.tx.push(tx);
  while ((series.times[0] ?? time) < time - KEPT_S) {
    series.times.shift();
    series.rx.shift();
    series.tx.shift();
  }
}

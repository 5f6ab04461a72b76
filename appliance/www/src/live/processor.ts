/* Each service's share of the processor, from how much time it had used when it was last seen. */
import type { Service } from '../api/types.ts';

export class ProcessorShares {
  private last = new Map<string, number>();
  private lastMs = 0;
  private shares = new Map<string, number>();

  /* A restart begins its counter anew: what it shows is then all of it since. */
  add(nowMs: number, services: Service[]): void {
    const passedUs = (nowMs - this.lastMs) * 1000;
    if (this.lastMs > 0 && passedUs < 400_000) return;
    const shares = new Map<string, number>();
    for (const { name, cpu_us } of services) {
      const before = this.last.get(name);
      if (before !== undefined)
        shares.set(name, Math.min(1, (cpu_us < before ? cpu_us : cpu_us - before) / passedUs));
    }
    this.shares = shares;
    this.last = new Map(services.map(({ name, cpu_us }) => [name, cpu_us]));
    this.lastMs = nowMs;
  }

  of(name: string): number | null {
    return this.shares.get(name) ?? null;
  }
}

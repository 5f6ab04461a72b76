/* A share of something, as a figure and a thin bar. */
import { share } from '../format/quantity.ts';

export const Meter = ({ part, label }: { part: number; label: string }) => (
  <span class="meter">
    <span class="meter-track" aria-hidden="true">
      <span class="meter-fill" style={{ width: `${Math.min(100, Math.max(0, part * 100)).toFixed(1)}%` }} />
    </span>
    <span class="meter-text">
      {share(part)} <span class="unseen">{label}</span>
    </span>
  </span>
);

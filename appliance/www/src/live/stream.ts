/*
 * The one stream of server-sent events, and how true what it brought still is.
 *
 *	connecting -> live -> late -> reconnecting -> live
 *	                 \______________/
 *
 * `late`: connected, but nothing has come for longer than the appliance ever pauses.
 * The browser's own reconnection gives up on an answer that is not a stream, which is what a
 * restarting webd may send; so it is done here, with a wait that doubles.
 */
import { signal } from '@preact/signals';

export type Liveness = 'connecting' | 'live' | 'late' | 'reconnecting';
export type Events = Record<string, (data: unknown) => void>;

const SILENCE_MS = 3500; /* `ports` comes every second */
const GIVE_UP_MS = 8000;
const RETRY_FIRST_MS = 500;
const RETRY_LONGEST_MS = 4000;

export const liveness = signal<Liveness>('connecting');
/* When the last event came, by performance.now(). */
export const lastEventMs = signal(0);

export class Stream {
  private source: EventSource | null = null;
  private retryMs = RETRY_FIRST_MS;
  private retryTimer = 0;
  private readonly watch: number;

  /*
   * `opened` is called on each connection: what happened meanwhile has to be asked for. `lost` on
   * each failure: an EventSource does not say why.
   */
  constructor(
    private readonly events: Events,
    private readonly opened: () => void,
    private readonly lost: () => void,
  ) {
    liveness.value = 'connecting';
    this.connect();
    this.watch = window.setInterval(() => this.listen(), 500);
  }

  close(): void {
    clearInterval(this.watch);
    clearTimeout(this.retryTimer);
    this.source?.close();
  }

  private connect(): void {
    const source = new EventSource('/api/v1/events');
    this.source = source;
    lastEventMs.value = performance.now();
    source.onopen = () => {
      this.retryMs = RETRY_FIRST_MS;
      this.opened();
    };
    source.onerror = () => this.reconnect();
    for (const [name, handle] of Object.entries(this.events)) {
      source.addEventListener(name, (event) => this.receive(event as MessageEvent<string>, handle));
    }
  }

  private receive(event: MessageEvent<string>, handle: (data: unknown) => void): void {
    lastEventMs.value = performance.now();
    liveness.value = 'live';
    handle(JSON.parse(event.data));
  }

  private listen(): void {
    const silentMs = performance.now() - lastEventMs.value;
    if (silentMs > SILENCE_MS && liveness.value === 'live') liveness.value = 'late';
    if (silentMs > GIVE_UP_MS && this.source !== null) this.reconnect();
  }

  private reconnect(): void {
    this.source?.close();
    this.source = null;
    liveness.value = 'reconnecting';
    this.lost();
    clearTimeout(this.retryTimer);
    this.retryTimer = window.setTimeout(() => this.connect(), this.retryMs);
    this.retryMs = Math.min(this.retryMs * 2, RETRY_LONGEST_MS);
  }
}

/* Which of the ports that can be set have no card in this machine. */
import { keysOf } from '../config/json.ts';
import { ports } from './feed.ts';

/* `path` is a place of the configuration, "/ports/port2"; of any other it is false. */
export function hasNoCard(path: string): boolean {
  const [part, name, ...rest] = keysOf(path);
  if (part !== 'ports' || name === undefined || rest.length > 0 || ports.value === null) return false;
  return !ports.value.some((port) => port.name === name);
}

/* What has happened to a service between two looks, in a sentence; null if nothing. */
import type { Service } from '../api/types.ts';

export function changeOf(before: Service | undefined, after: Service): string | null {
  if (before === undefined) return null;
  const { name, generation } = after;
  const restarted = generation !== before.generation;
  if (restarted && after.state === 'running')
    return `${name} was restarted and runs again, generation ${generation}.`;
  if (before.state === after.state)
    return restarted ? `${name} was restarted, generation ${generation}.` : null;
  switch (after.state) {
    case 'running':
      return `${name} runs.`;
    case 'starting':
      return `${name} is starting, generation ${generation}.`;
    case 'back-off':
      return `${name} has died and is restarted soon.`;
    case 'stopped':
      return `${name} was stopped.`;
    case 'failed':
      return `${name} has failed and is not restarted any more.`;
    case 'waiting':
      return `${name} waits for what it depends on.`;
    case 'absent':
      return `${name} has no device.`;
  }
}

/* A configuration on trial: how long it has, and the two ways out. */
import { useEffect, useState } from 'preact/hooks';
import { configuration } from '../api/client.ts';
import { reasonOf } from '../api/problem.ts';
import { draftLoad } from '../config/draft.ts';
import { countdown } from '../format/moment.ts';
import { configStatus } from '../live/feed.ts';
import { announce } from '../ui/announcer.tsx';

/* Counts down between two events; the appliance's word goes first. */
function useSecondsLeft(told: number | null): number | null {
  const [left, setLeft] = useState(told);
  useEffect(() => {
    setLeft(told);
    if (told === null) return undefined;
    const until = performance.now() + told * 1000;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((until - performance.now()) / 1000))), 250);
    return () => clearInterval(timer);
  }, [told, configStatus.value]);
  return left;
}

/* The configuration before the one on trial. */
async function goBack(serial: number): Promise<void> {
  const before = (await configuration.history()).find((entry) => entry.serial < serial);
  if (before === undefined) throw new Error('There is none before it.');
  await configuration.rollback(before.serial);
  await draftLoad();
}

export function ConfirmBanner() {
  const status = configStatus.value;
  const left = useSecondsLeft(status?.confirm_left_s ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    if (status?.confirm_left_s != null)
      announce(`Configuration ${status.serial} is on trial. Confirm it to keep it.`);
  }, [status?.serial, status?.confirm_left_s == null]);
  if (status === null || left === null) return null;
  const act = (work: Promise<unknown>, done: string): void => {
    setFailure(null);
    work
      .then(async () => {
        configStatus.value = await configuration.status();
        announce(done);
      })
      .catch((error: unknown) => setFailure(reasonOf(error)));
  };
  return (
    <section class="notice trial" aria-label="Configuration on trial">
      <span class="trial-clock" aria-hidden="true">
        {countdown(left)}
      </span>
      <p>
        <strong>Configuration {status.serial} is on trial.</strong> Without your confirmation the one before
        returns by itself.
        {failure !== null && <span class="field-error"> {failure}</span>}
      </p>
      <div class="notice-actions">
        <button
          type="button"
          onClick={() => act(goBack(status.serial), 'The configuration before is in force again.')}
        >
          Go back now
        </button>
        <button type="button" class="primary" onClick={() => act(configuration.confirm(), 'Confirmed.')}>
          Keep it
        </button>
      </div>
    </section>
  );
}

/* What the appliance writes to its owner, to whom, and whether it arrives. */
import { useState } from 'preact/hooks';
import { records } from '../api/client.ts';
import { reasonOf } from '../api/problem.ts';
import type { Alert, AlertTest } from '../api/types.ts';
import { changes } from '../config/draft.ts';
import { pageOf } from '../config/sections.ts';
import { DraftForms } from '../forms/draft_pages.tsx';
import { alertKind } from '../format/alert_kind.ts';
import { moment } from '../format/moment.ts';
import { alerts } from '../live/feed.ts';
import { Mark, type Tone } from '../ui/mark.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Failure, Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';

const SENT: Record<Alert['sent'], [Tone, string]> = {
  queued: ['warn', 'waiting to be sent'],
  sent: ['good', 'sent'],
  failed: ['bad', 'not delivered, tried again'],
  lost: ['bad', 'lost: too many waited'],
  off: ['idle', 'no mail wanted'],
};

/* A word that this console does not know yet is shown as it is. */
function Sent({ sent }: Pick<Alert, 'sent'>) {
  const [tone, text] = SENT[sent] ?? ['idle', sent];
  return <Mark tone={tone}>{text}</Mark>;
}

const severityTone = (severity: string): Tone =>
  /err|crit|alert|fail/i.test(severity) ? 'bad' : /warn/i.test(severity) ? 'warn' : 'idle';

function Test() {
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<AlertTest | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const edited = changes.value.some(({ path }) => pageOf(path) === 'alerts');
  const run = (): void => {
    setBusy(true);
    setFailure(null);
    setResult(null);
    records
      .testAlerts()
      .then(setResult, (error: unknown) => setFailure(reasonOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <Section
      title="Test"
      note="sends a mail with the settings in force"
      tools={
        <button type="button" class="primary" disabled={busy} onClick={run}>
          {busy ? 'Sending…' : 'Send a test mail'}
        </button>
      }
    >
      {edited && (
        <p class="notice">Your changes on this page are not in force yet: commit them before you test.</p>
      )}
      {failure !== null && <Failure what="Test" reason={failure} />}
      {result === null ? (
        failure === null && (
          <p class="placeholder">
            {busy
              ? 'Talking to the mail server…'
              : 'What the mail server and the appliance say to each other appears here.'}
          </p>
        )
      ) : (
        <div role="status">
          <Mark tone={result.ok ? 'good' : 'bad'}>
            {result.ok
              ? 'The server took the mail.'
              : `It did not work: ${result.reason ?? 'no reason known'}.`}
          </Mark>
          <pre class="dialogue" tabIndex={0} aria-label="Dialogue with the mail server">
            {result.dialogue.join('\n')}
          </pre>
        </div>
      )}
    </Section>
  );
}

const History = () =>
  alerts.value === null ? (
    <Loading what="the alerts" />
  ) : (
    <Table<Alert>
      caption="Alerts"
      rows={alerts.value}
      keyOf={({ n }) => n}
      empty="Nothing has happened that you should know of."
      columns={[
        {
          title: 'What',
          head: true,
          cell: ({ severity, kind }) => <Mark tone={severityTone(severity)}>{alertKind(kind)}</Mark>,
        },
        { title: 'When', cell: ({ time, uptime }) => moment(time, uptime) },
        { title: 'Service', cell: ({ service }) => service },
        {
          title: 'Text',
          prose: true,
          cell: ({ text, count }) => (count > 1 ? `${text} (${count} times)` : text),
        },
        { title: 'Mail', cell: ({ sent }) => <Sent sent={sent} /> },
      ]}
    />
  );

export const Alerts = () => (
  <>
    <PageHead title="Alerts" />
    <Section title="History" note="latest first" live>
      <History />
    </Section>
    <DraftForms page="alerts" />
    <Test />
  </>
);

/* The configuration as a whole: what would change, what was, and getting it out and in. */
import { useState } from 'preact/hooks';
import { configuration } from '../api/client.ts';
import { reasonOf } from '../api/problem.ts';
import type { HistoryEntry } from '../api/types.ts';
import { DifferenceList } from '../candidate/difference_list.tsx';
import { changes, draftLoad, draftReplace, running } from '../config/draft.ts';
import { differences, type Difference } from '../config/difference.ts';
import { isObject, type Json } from '../config/json.ts';
import { DraftForms } from '../forms/draft_pages.tsx';
import { dateTime } from '../format/moment.ts';
import { configStatus } from '../live/feed.ts';
import { session } from '../session.ts';
import { announce } from '../ui/announcer.tsx';
import { Confirm, Dialog } from '../ui/dialog.tsx';
import { Mark } from '../ui/mark.tsx';
import { PageHead, Section } from '../ui/section.tsx';
import { Empty, Failure, Loading } from '../ui/state.tsx';
import { Table } from '../ui/table.tsx';
import { usePolled } from '../ui/polled.ts';
import { useEffect } from 'preact/hooks';

function download(document_: Json): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(document_, null, 2)}\n`], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = `${session.value?.hostname ?? 'bulkhead'}-${configStatus.value?.serial ?? 0}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

function ImportButton({ onFailure }: { onFailure: (reason: string | null) => void }) {
  const read = async (input: HTMLInputElement): Promise<void> => {
    const file = input.files?.[0];
    if (file === undefined) return;
    try {
      const document_ = JSON.parse(await file.text()) as Json;
      if (!isObject(document_)) throw new Error('It is not a configuration: an object is expected.');
      draftReplace(document_);
      onFailure(null);
      announce(`${file.name} is now the candidate. Review and commit it.`);
    } catch (error) {
      onFailure(`${file.name}: ${reasonOf(error)}`);
    }
    input.value = '';
  };
  return (
    <label class="button">
      Import…
      <input
        class="unseen"
        type="file"
        accept="application/json,.json"
        onChange={(event) => void read(event.currentTarget)}
      />
    </label>
  );
}

const Status = () => {
  const { value, failure, again } = usePolled(configuration.status, 0);
  const status = configStatus.value ?? value;
  if (status === null) {
    return failure === null ? (
      <Loading what="the state" />
    ) : (
      <Failure what="State" reason={failure} onRetry={again} />
    );
  }
  return (
    <p class="config-status">
      <strong>Configuration {status.serial}</strong> is in force.{' '}
      <Mark tone={status.persisted ? 'good' : 'warn'}>
        {status.persisted ? 'saved' : 'not saved: lost without power'}
      </Mark>{' '}
      <span class="quiet-text">{status.message.replace(/^serial \d+(, | )/, '')}</span>
    </p>
  );
};

function ComparisonDialog({ entry, onClose }: { entry: HistoryEntry; onClose: () => void }) {
  const { value: then, failure } = usePolled(() => configuration.historyDocument(entry.serial), 0);
  const list: Difference[] | null =
    then === null || running.value === null ? null : differences(then, running.value);
  return (
    <Dialog
      title={`From configuration ${entry.serial} to the one in force`}
      wide
      onClose={onClose}
      onSubmit={onClose}
      actions={
        <>
          {then !== null && (
            <button type="button" onClick={() => download(then)}>
              Export {entry.serial}
            </button>
          )}
          <button type="submit" class="primary">
            Close
          </button>
        </>
      }
    >
      {failure !== null && <Failure what="Not loaded" reason={failure} />}
      {list === null ? (
        failure === null && <Loading what="the configuration" />
      ) : list.length === 0 ? (
        <Empty>They are the same.</Empty>
      ) : (
        <DifferenceList list={list} />
      )}
    </Dialog>
  );
}

function History() {
  const { value: entries, failure, again } = usePolled(configuration.history, 0);
  const [compared, setCompared] = useState<HistoryEntry | null>(null);
  const [returned, setReturned] = useState<HistoryEntry | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const serial = configStatus.value?.serial;
  useEffect(again, [serial, configStatus.value?.confirm_left_s === null]);
  const rollback = (entry: HistoryEntry): void => {
    setReturned(null);
    configuration
      .rollback(entry.serial)
      .then(async () => {
        await draftLoad();
        announce(`Configuration ${entry.serial} is in force again.`);
        again();
      })
      .catch((error: unknown) => setRefused(reasonOf(error)));
  };
  if (entries === null) {
    return failure === null ? (
      <Loading what="the history" />
    ) : (
      <Failure what="History" reason={failure} onRetry={again} />
    );
  }
  return (
    <>
      {refused !== null && <Failure what="Not returned" reason={refused} />}
      <Table<HistoryEntry>
        caption="History"
        rows={entries}
        keyOf={(entry) => entry.serial}
        empty="There is none yet."
        columns={[
          { title: 'No.', number: true, head: true, cell: (entry) => entry.serial },
          { title: 'When', cell: ({ time }) => (time === null ? 'clock was not set' : dateTime(time)) },
          { title: 'Author', cell: ({ author }) => author },
          {
            title: 'Comment',
            prose: true,
            cell: ({ comment }) => comment || <span class="quiet-text">none</span>,
          },
          {
            title: 'State',
            cell: (entry) =>
              entry.serial === serial ? (
                <Mark tone={entry.confirmed ? 'good' : 'warn'}>
                  {entry.confirmed ? 'in force' : 'on trial'}
                </Mark>
              ) : entry.confirmed ? (
                ''
              ) : (
                <span class="quiet-text">not confirmed</span>
              ),
          },
          {
            title: 'Actions',
            actions: true,
            cell: (entry) =>
              entry.serial === serial ? (
                ''
              ) : (
                <>
                  <button type="button" class="quiet" onClick={() => setCompared(entry)}>
                    Compare<span class="unseen"> {entry.serial}</span>
                  </button>
                  <button type="button" class="quiet" onClick={() => setReturned(entry)}>
                    Return to it<span class="unseen">, {entry.serial}</span>
                  </button>
                </>
              ),
          },
        ]}
      />
      {compared !== null && <ComparisonDialog entry={compared} onClose={() => setCompared(null)} />}
      {returned !== null && (
        <Confirm
          title={`Return to configuration ${returned.serial}?`}
          action="Return"
          onClose={() => setReturned(null)}
          onConfirm={() => rollback(returned)}
        >
          <p>It is in force at once, without a restart. The one in force now stays in the history.</p>
        </Confirm>
      )}
    </>
  );
}

export function Configuration() {
  const [failure, setFailure] = useState<string | null>(null);
  return (
    <>
      <PageHead title="Configuration" />
      <Section
        title="In force"
        tools={
          <>
            <ImportButton onFailure={setFailure} />
            <button
              type="button"
              disabled={running.value === null}
              onClick={() => running.value && download(running.value)}
            >
              Export
            </button>
          </>
        }
      >
        <Status />
        {failure !== null && <Failure what="Not imported" reason={failure} />}
      </Section>
      <Section title="Changes" note="what the candidate would change">
        {changes.value.length === 0 ? (
          <Empty>None: the candidate is what is in force.</Empty>
        ) : (
          <DifferenceList list={changes.value} />
        )}
      </Section>
      <Section title="History" note="latest first">
        <History />
      </Section>
      <DraftForms page="configuration" />
      <Section title="Document">
        {running.value === null ? (
          <Loading what="the document" />
        ) : (
          <details>
            <summary>Show the document in force</summary>
            <pre class="document" tabIndex={0}>
              {JSON.stringify(running.value, null, 2)}
            </pre>
          </details>
        )}
      </Section>
    </>
  );
}

/* The candidate, wherever one is: how many changes, whether they are accepted, and what to do with them. */
import { useState } from 'preact/hooks';
import {
  acceptance,
  changes,
  draftDiscard,
  draftRetry,
  refusal,
  schema,
  type Refusal,
} from '../config/draft.ts';
import { pageOf } from '../config/sections.ts';
import { plural } from '../format/quantity.ts';
import { reasonOf } from '../api/problem.ts';
import { hrefOf, page, PAGES } from '../router.ts';
import { announce } from '../ui/announcer.tsx';
import { Confirm } from '../ui/dialog.tsx';
import { CommitDialog } from './commit_dialog.tsx';
import { placeOf } from './difference_list.tsx';

function RefusalText({ path, reason }: Refusal) {
  const target = path === null ? null : pageOf(path);
  return (
    <span class="bar-refusal">
      <strong>Not accepted</strong>
      {path !== null && <> · {placeOf(schema.value, path)}</>}: {reason}{' '}
      {target !== null && target !== page.value && (
        <a href={hrefOf(target)}>Show in {PAGES.find(({ id }) => id === target)?.title}</a>
      )}
      {path === null && (
        <button type="button" class="quiet" onClick={draftRetry}>
          Try again
        </button>
      )}
    </span>
  );
}

export function CandidateBar() {
  const [committing, setCommitting] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const number = changes.value.length;
  if (number === 0) return null;
  const discard = (): void => {
    setDiscarding(false);
    draftDiscard().catch((error: unknown) => announce(`Not discarded: ${reasonOf(error)}`));
  };
  return (
    <section class="bar" aria-label="Changes not in force yet">
      <div class="bar-text">
        <strong>{plural(number, 'change')}</strong>
        {refusal.value !== null ? (
          <RefusalText {...refusal.value} />
        ) : (
          <span>{acceptance.value === 'sending' ? 'being checked…' : 'checked, not in force yet'}</span>
        )}
      </div>
      <div class="bar-actions">
        <button type="button" onClick={() => setDiscarding(true)}>
          Discard
        </button>
        <button
          type="button"
          class="primary"
          disabled={acceptance.value !== 'accepted'}
          onClick={() => setCommitting(true)}
        >
          Review and commit
        </button>
      </div>
      {committing && <CommitDialog onClose={() => setCommitting(false)} />}
      {discarding && (
        <Confirm
          title="Discard the changes?"
          action="Discard"
          danger
          onClose={() => setDiscarding(false)}
          onConfirm={discard}
        >
          <p>{plural(number, 'change')} will be lost. What is in force stays as it is.</p>
        </Confirm>
      )}
    </section>
  );
}

/* Shows what would change, takes a comment, and puts it in force: for good, or until confirmed. */
import { useState } from 'preact/hooks';
import { Problem, reasonOf } from '../api/problem.ts';
import { changes, draftCommit } from '../config/draft.ts';
import { keysOf } from '../config/json.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Failure } from '../ui/state.tsx';
import { DifferenceList } from './difference_list.tsx';

const WAITS_S = [60, 180, 600];
/* Changes of these can cut the administrator off. */
const RISKY = new Set(['lan', 'wan', 'ports', 'rules', 'web', 'nat']);

const failureText = (error: unknown): string =>
  error instanceof Problem && error.status === 409
    ? 'Somebody else has changed the configuration meanwhile. Discard, and make the changes again on top of it.'
    : reasonOf(error);

export function CommitDialog({ onClose }: { onClose: () => void }) {
  const list = changes.value;
  const [comment, setComment] = useState('');
  const [guarded, setGuarded] = useState(list.some(({ path }) => RISKY.has(keysOf(path)[0] ?? '')));
  const [waitS, setWaitS] = useState(WAITS_S[0] ?? 60);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const commit = (): void => {
    if (busy) return;
    setBusy(true);
    draftCommit(comment.trim(), guarded ? waitS : null).then(onClose, (error: unknown) => {
      setBusy(false);
      setFailure(failureText(error));
    });
  };
  return (
    <Dialog
      title="Put the changes in force"
      wide
      onClose={onClose}
      onSubmit={commit}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy}>
            {busy ? 'Committing…' : 'Commit'}
          </button>
        </>
      }
    >
      <DifferenceList list={list} />
      <div class="fields">
        <div class="field field-wide">
          <label for="commit-comment">Comment</label>
          <input
            id="commit-comment"
            type="text"
            maxLength={79}
            placeholder="why, for whoever reads the history"
            autocomplete="off"
            value={comment}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
        </div>
        <div class="field field-switch field-wide">
          <label for="commit-guarded">Go back by itself unless I confirm</label>
          <input
            id="commit-guarded"
            type="checkbox"
            role="switch"
            checked={guarded}
            aria-describedby="commit-guarded-help"
            onChange={(event) => setGuarded(event.currentTarget.checked)}
          />
          <p class="field-help" id="commit-guarded-help">
            If a change locks you out, the appliance returns to what is in force now, even after a power cut.
          </p>
        </div>
        {guarded && (
          <div class="field">
            <label for="commit-wait">Wait for me</label>
            <select
              id="commit-wait"
              value={String(waitS)}
              onChange={(event) => setWaitS(Number(event.currentTarget.value))}
            >
              {WAITS_S.map((seconds) => (
                <option key={seconds} value={String(seconds)}>
                  {seconds / 60} min
                </option>
              ))}
            </select>
          </div>
        )}
      </div>
      {failure !== null && <Failure what="Not committed" reason={failure} />}
    </Dialog>
  );
}

/* One entry of a list, edited aside; it joins the candidate when it is done. */
import { useState } from 'preact/hooks';
import type { Refusal } from '../config/draft.ts';
import { withValue, type Json } from '../config/json.ts';
import type { Schema } from '../config/schema.ts';
import { Dialog } from '../ui/dialog.tsx';
import { RecordFields } from './record_fields.tsx';

interface RecordDialogProps {
  title: string;
  root: Schema;
  schema: Schema;
  /* Where it will stand. */
  path: string;
  record: Json;
  isNew: boolean;
  refusal: Refusal | null;
  onDone: (record: Json) => void;
  onClose: () => void;
}

export function RecordDialog({
  title,
  root,
  schema,
  path,
  record,
  isNew,
  refusal,
  onDone,
  onClose,
}: RecordDialogProps) {
  const [edited, setEdited] = useState<Json>(record);
  const inner = (at: string): string => at.slice(path.length);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={() => onDone(edited)}
      actions={
        <>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary">
            {isNew ? 'Add' : 'Done'}
          </button>
        </>
      }
    >
      <div class="fields">
        <RecordFields
          root={root}
          schema={schema}
          path={path}
          value={edited}
          before={isNew ? edited : record}
          refusal={refusal}
          onPut={(at, value) => setEdited((now) => withValue(now, inner(at), value))}
        />
      </div>
    </Dialog>
  );
}

/* One entry of a list of records: its values, and what can be done with it. */
import type { ComponentChildren } from 'preact';
import { isObject, type Json } from '../config/json.ts';
import { typedText, valueLabel } from '../config/schema.ts';

/* What can be done with the entry at an index. */
export interface RowActions {
  edit: (index: number) => void;
  remove: (index: number) => void;
  move: (from: number, to: number) => void;
}

/* Whether the order says something; then what is dragged now. */
export interface RowOrder {
  dragged: number | null;
  drag: (index: number | null) => void;
}

interface RecordRowProps {
  noun: string;
  record: Json;
  index: number;
  count: number;
  columns: { key: string; label: string; fallback: string }[];
  isNew: boolean;
  reason: string | null;
  order: RowOrder | null;
  actions: RowActions;
  extra: { title: string; content: ComponentChildren } | null;
}

const LISTED = 3; /* values of a list that a cell shows */

function cellText(value: Json | undefined): string {
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object')) {
    const more = value.length - LISTED;
    return typedText(value.slice(0, LISTED)) + (more > 0 ? ` and ${more} more` : '');
  }
  return typeof value === 'object' ? JSON.stringify(value) : typedText(value);
}

const Handle = ({ noun, index, actions }: Pick<RecordRowProps, 'noun' | 'index' | 'actions'>) => (
  <button
    type="button"
    class="row-handle"
    aria-label={`${noun} ${index + 1}: drag, or Alt and arrow keys, to move`}
    onKeyDown={(event) => {
      if (!event.altKey || !/^Arrow(Up|Down)$/.test(event.key)) return;
      event.preventDefault();
      actions.move(index, event.key === 'ArrowUp' ? index - 1 : index + 1);
    }}
  >
    {index + 1}
  </button>
);

const MoveButtons = ({
  noun,
  index,
  count,
  actions,
}: Pick<RecordRowProps, 'noun' | 'index' | 'count' | 'actions'>) => (
  <>
    <button
      type="button"
      class="quiet square"
      aria-label={`Move ${noun} ${index + 1} up`}
      disabled={index === 0}
      onClick={() => actions.move(index, index - 1)}
    >
      ↑
    </button>
    <button
      type="button"
      class="quiet square"
      aria-label={`Move ${noun} ${index + 1} down`}
      disabled={index === count - 1}
      onClick={() => actions.move(index, index + 1)}
    >
      ↓
    </button>
  </>
);

/* Dragging a row over another and letting go moves it there. */
const dragging = ({ index, order, actions }: RecordRowProps) =>
  order === null
    ? {}
    : {
        draggable: true,
        onDragStart: (event: DragEvent) => {
          order.drag(index);
          event.dataTransfer?.setData('text/plain', String(index));
        },
        onDragOver: (event: DragEvent) => order.dragged !== null && event.preventDefault(),
        onDrop: (event: DragEvent) => {
          event.preventDefault();
          if (order.dragged !== null) actions.move(order.dragged, index);
        },
        onDragEnd: () => order.drag(null),
      };

export function RecordRow(props: RecordRowProps) {
  const { noun, index, columns, isNew, reason, order, actions, extra } = props;
  const record = isObject(props.record) ? props.record : {};
  const off = record['enabled'] === false;
  const comment = cellText(record['comment']);
  const classes = [off && 'row-off', order?.dragged === index && 'row-dragged', isNew && 'row-new'];
  return (
    <tr class={classes.filter(Boolean).join(' ')} {...dragging(props)}>
      {order !== null && (
        <td class="number cell-order" data-title="No.">
          <Handle {...props} />
        </td>
      )}
      {columns.map(({ key, label, fallback }) => (
        <td key={key} data-title={label} class={`cell-${key} cell-${cellText(record[key])}`}>
          {valueLabel(cellText(record[key])) ||
            (fallback && <span class="quiet-text">{valueLabel(fallback)}</span>)}
        </td>
      ))}
      {extra !== null && (
        <td class="number" data-title={extra.title}>
          {isNew ? <span class="changed-mark">not in force</span> : extra.content}
        </td>
      )}
      <td class="row-actions">
        {comment !== '' && <span class="row-comment">{comment}</span>}
        {off && <span class="tag">off</span>}
        {order !== null && <MoveButtons {...props} />}
        <button type="button" class="quiet" onClick={() => actions.edit(index)}>
          Edit
          <span class="unseen">
            {' '}
            {noun} {index + 1}
          </span>
        </button>
        <button type="button" class="quiet" onClick={() => actions.remove(index)}>
          Remove
          <span class="unseen">
            {' '}
            {noun} {index + 1}
          </span>
        </button>
        {reason !== null && (
          <p class="field-error" role="alert">
            {reason}
          </p>
        )}
      </td>
    </tr>
  );
}

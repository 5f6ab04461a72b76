/*
 * A list of records of the candidate: added, edited, removed, and put in order, by the mouse (drag a
 * row) as by the keyboard (the buttons, or Alt with the arrow keys).
 */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { draftPut, draftValue, refusal, runningValue, schema } from '../config/draft.ts';
import { child, equal, isObject, keysOf, type Json } from '../config/json.ts';
import { defaultText, freshRecord, labelOf, resolved, schemaAt, type Schema } from '../config/schema.ts';
import { announce } from '../ui/announcer.tsx';
import { Empty } from '../ui/state.tsx';
import { RecordDialog } from './record_dialog.tsx';
import { RecordRow, type RowActions } from './record_row.tsx';

interface RecordListProps {
  path: string;
  label: string;
  /* Whether the order says something. */
  ordered?: boolean;
  empty?: string;
  /* What an entry means that leaves out a value without a default. */
  unset?: string;
  /* A column more, of an entry that is in force unchanged at this index. */
  extra?: { title: string; cell: (runningIndex: number) => ComponentChildren };
}

/* Told beside the actions. */
const NO_COLUMN = new Set(['comment', 'enabled']);

/* "Port forwards" as one of them: "port forward". */
const singular = (label: string): string => label.replace(/s$/, '').toLowerCase();

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function moved<Item>(items: Item[], from: number, to: number): Item[] {
  const copy = [...items];
  const [item] = copy.splice(from, 1);
  if (item !== undefined) copy.splice(to, 0, item);
  return copy;
}

/* What any entry says, or must say. */
function columnsOf(root: Schema, item: Schema, items: Json[], unset = '') {
  return Object.entries(item.properties ?? {})
    .filter(
      ([key]) =>
        !NO_COLUMN.has(key) &&
        (item.required?.includes(key) || items.some((one) => isObject(one) && one[key] !== undefined)),
    )
    .map(([key, given]) => {
      const property = resolved(root, given);
      return { key, label: labelOf(key, property), fallback: defaultText(property) || unset };
    });
}

function reasonAt(path: string): string | null {
  const at = refusal.value?.path;
  return at === path || at?.startsWith(`${path}/`) ? (refusal.value?.reason ?? null) : null;
}

/* The draft's entries, and what is done with them; a moved one keeps the focus. */
function useEntries(path: string, noun: string, edit: (index: number) => void) {
  const body = useRef<HTMLTableSectionElement>(null);
  const items = list(draftValue(path));
  const put = (next: Json[]): void =>
    draftPut(path, next.length === 0 && runningValue(path) === undefined ? undefined : next);
  const actions: RowActions = {
    edit,
    move(from, to) {
      if (to < 0 || to >= items.length || from === to) return;
      put(moved(items, from, to));
      announce(`${noun} ${from + 1} is now number ${to + 1} of ${items.length}.`);
      requestAnimationFrame(() => body.current?.rows[to]?.querySelector<HTMLElement>('.row-handle')?.focus());
    },
    remove(index) {
      put(items.filter((_, at) => at !== index));
      announce(`${noun} ${index + 1} removed.`);
    },
  };
  return { body, items, put, actions };
}

export function RecordList({ path, label, ordered, empty, unset, extra }: RecordListProps) {
  const noun = singular(label);
  const [editing, setEditing] = useState<number | null>(null);
  const [dragged, setDragged] = useState<number | null>(null);
  const { body, items, put, actions } = useEntries(path, noun, setEditing);
  const root = schema.value;
  const found = root && schemaAt(root, keysOf(path));
  if (!root || !found) return null;
  const shape = resolved(root, found);
  const item = resolved(root, shape.items ?? {});
  const inForce = list(runningValue(path));
  const columns = columnsOf(root, item, items, unset);
  const isFull = items.length >= (shape.maxItems ?? Infinity);
  const done = (record: Json): void => {
    const isNew = editing === items.length;
    put(isNew ? [...items, record] : items.map((one, at) => (at === editing ? record : one)));
    setEditing(null);
  };
  return (
    <div class="record-list">
      {items.length === 0 ? (
        <Empty>{empty ?? 'None.'}</Empty>
      ) : (
        <table class="table records">
          <caption class="unseen">{label}</caption>
          <thead>
            <tr>
              {ordered && <th class="number">No.</th>}
              {columns.map((column) => (
                <th key={column.key}>{column.label}</th>
              ))}
              {extra && <th class="number">{extra.title}</th>}
              <th>
                <span class="unseen">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody ref={body}>
            {items.map((record, index) => {
              const runningIndex = inForce.findIndex((other) => equal(other, record));
              return (
                <RecordRow
                  key={index}
                  noun={noun}
                  record={record}
                  index={index}
                  count={items.length}
                  columns={columns}
                  isNew={runningIndex < 0}
                  reason={reasonAt(child(path, index))}
                  order={ordered ? { dragged, drag: setDragged } : null}
                  actions={actions}
                  extra={extra ? { title: extra.title, content: extra.cell(runningIndex) } : null}
                />
              );
            })}
          </tbody>
        </table>
      )}
      <div class="list-foot">
        <button type="button" disabled={isFull} onClick={() => setEditing(items.length)}>
          Add {noun}
        </button>
        {isFull && <span class="quiet-text">This is as many as there can be.</span>}
      </div>
      {editing !== null && (
        <RecordDialog
          title={editing === items.length ? `Add ${noun}` : `Edit ${noun} ${editing + 1}`}
          root={root}
          schema={item}
          path={child(path, editing)}
          record={items[editing] ?? freshRecord(root, item)}
          isNew={editing === items.length}
          refusal={refusal.value}
          onDone={done}
          onClose={() => setEditing(null)}
        />
      )}
    </div>
  );
}

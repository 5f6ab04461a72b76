/* A table that becomes a list of cards where there is no room for columns. */
import type { ComponentChildren } from 'preact';
import { Empty } from './state.tsx';

export interface Column<Row> {
  title: string;
  number?: boolean;
  /* On a narrow screen without its title. */
  head?: boolean;
  /* A sentence: on a narrow screen over all of the width, without its title. */
  prose?: boolean;
  /* Buttons, which say what they are for. */
  actions?: boolean;
  cell: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string | number;
  empty: ComponentChildren;
  /* Scrolls within a frame of its own. */
  tall?: boolean;
}

export function Table<Row>({ caption, columns, rows, keyOf, empty, tall }: TableProps<Row>) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  return (
    <div class={tall ? 'table-frame tall' : 'table-frame'} tabIndex={0} role="region" aria-label={caption}>
      <table class="table">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={column.number ? 'number' : undefined}>
                {column.actions ? <span class="unseen">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.title}
                  class={
                    [
                      column.number && 'number',
                      column.head && 'cell-head',
                      column.prose && 'cell-prose',
                      column.actions && 'row-actions',
                    ]
                      .filter(Boolean)
                      .join(' ') || undefined
                  }
                  data-title={column.title}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { type ColumnDef, FlexRender, type RowData, tableFeatures, useTable } from '@tanstack/react-table';
import type { KeyboardEvent, MouseEvent } from 'react';

export const features = tableFeatures({});
export type Columns<T extends RowData> = readonly ColumnDef<typeof features, T, never>[];

/** Rows under headings. With `onOpen` a row opens as a whole, and its first cell's button by keyboard. */
export function DataTable<T extends RowData>({
  label,
  columns,
  rows,
  rowId,
  onOpen,
  isOpen,
  fresh,
}: {
  readonly label: string;
  readonly columns: Columns<T>;
  readonly rows: readonly T[];
  readonly rowId: (row: T) => string;
  readonly onOpen?: (row: T) => void;
  readonly isOpen?: (row: T) => boolean;
  /** Came in while one was looking. */
  readonly fresh?: ReadonlySet<string>;
}) {
  const table = useTable({
    features,
    columns: columns as ColumnDef<typeof features, T>[],
    data: rows as T[],
    getRowId: rowId,
  });
  const open = (row: T) => (event: MouseEvent | KeyboardEvent) => {
    if ((event.target as HTMLElement).closest('a, button') === null) onOpen?.(row);
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-place" aria-label={label} tabIndex={0}>
      <table className="table">
        <thead>
          {table.getHeaderGroups().map(group => (
            <tr key={group.id}>
              {group.headers.map(header => (
                <th key={header.id} scope="col">
                  <FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map(row => (
            // The first cell has a button for the keyboard.
            <tr
              key={row.id}
              className={[onOpen && 'opens', fresh?.has(row.id) && 'fresh'].filter(Boolean).join(' ')}
              aria-selected={isOpen?.(row.original) || undefined}
              onClick={onOpen && open(row.original)}
            >
              {row.getAllCells().map(cell => (
                <td key={cell.id} data-label={String(cell.column.columnDef.header ?? '')}>
                  <FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

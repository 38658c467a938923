import { type Spreadsheet, spreadsheets } from './world.ts';

/** The cells of the spreadsheets, which change; they last until the sandbox stops. */
export interface SheetRows {
  /** Rows of a tab, the header first; undefined where there is no such tab. */
  of(spreadsheet: Spreadsheet, tab: string): readonly (readonly string[])[] | undefined;
  append(spreadsheet: Spreadsheet, tab: string, rows: readonly (readonly string[])[]): void;
  /** Replaces the rows of a tab. */
  replace(spreadsheet: Spreadsheet, tab: string, rows: readonly (readonly string[])[]): void;
  /** As Drive tells it, of the whole file. */
  modifiedTime(spreadsheetId: string): Date;
}

const madeTime = new Date('2026-01-05T10:00:00.000Z');

export function openSheetRows(now: () => Date): SheetRows {
  const key = (id: string, tab: string): string => `${id} ${tab}`;
  const rows = new Map(
    spreadsheets.flatMap(({ id, tabs }) => tabs.map(tab => [key(id, tab.title), tab.rows] as const)),
  );
  const modified = new Map<string, Date>();
  const replace: SheetRows['replace'] = ({ id }, tab, changed) => {
    rows.set(key(id, tab), changed);
    // A file never has the same version twice.
    const last = modified.get(id)?.getTime() ?? 0;
    modified.set(id, new Date(Math.max(now().getTime(), last + 1)));
  };
  return {
    of: ({ id }, tab) => rows.get(key(id, tab)),
    append: (spreadsheet, tab, more) =>
      replace(spreadsheet, tab, [...(rows.get(key(spreadsheet.id, tab)) ?? []), ...more]),
    replace,
    modifiedTime: id => modified.get(id) ?? madeTime,
  };
}

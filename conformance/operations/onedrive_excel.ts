import type * as Graph from '@microsoft/microsoft-graph-types';
import type { Entries } from './entry.ts';

/** The vendor’s types have entities and no operations: an action names the entity it reads or changes. */
export type Operation = keyof Entities;

type Entities = {
  DriveItem: Graph.DriveItem;
  Permission: Graph.Permission;
  WorkbookRange: Graph.WorkbookRange;
  WorkbookTable: Graph.WorkbookTable;
  WorkbookTableColumn: Graph.WorkbookTableColumn;
  WorkbookTableRow: Graph.WorkbookTableRow;
  WorkbookWorksheet: Graph.WorkbookWorksheet;
};

export const operations = {
  'file.get': 'DriveItem',
  'file.list': 'DriveItem',
  'file.search': 'DriveItem',
  'file.download': 'DriveItem',
  'file.upload': 'DriveItem',
  'file.rename': 'DriveItem',
  'file.move': 'DriveItem',
  'file.copy': 'DriveItem',
  'file.delete': 'DriveItem',
  'file.create_link': 'Permission',
  'file.invite': 'Permission',
  'folder.create': 'DriveItem',
  'worksheet.list': 'WorkbookWorksheet',
  'worksheet.add': 'WorkbookWorksheet',
  'worksheet.delete': 'WorkbookWorksheet',
  'range.get': 'WorkbookRange',
  'range.get_used': 'WorkbookRange',
  'range.update': 'WorkbookRange',
  'range.clear': 'WorkbookRange',
  'table.list': 'WorkbookTable',
  'table.create': 'WorkbookTable',
  'row.list': 'WorkbookTableRow',
  'row.add': 'WorkbookTableRow',
  'row.update': 'WorkbookTableRow',
  'row.delete': 'WorkbookTableRow',
  'column.list': 'WorkbookTableColumn',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such entity.
export type Missing = Graph.Shout;

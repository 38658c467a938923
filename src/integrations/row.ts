import { rowOfJson } from '../store/row_json.ts';
import type { Integration } from './entity.ts';

const TIMES: ReadonlySet<string> = new Set(['healthSince', 'createTime', 'updateTime']);

/** From its row as `to_jsonb` tells it: for reads whose entity takes longer to make than the row to read. */
export function integrationOf(json: Readonly<Record<string, unknown>>): Integration {
  return rowOfJson(json, TIMES);
}

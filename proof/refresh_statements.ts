import type { Matches } from './postgres_proxy.ts';

/** The statements of a refresh, as they pass on the way to PostgreSQL. */
export const isClaim: Matches = statement => /^insert into refreshes\b/.test(statement);

export const isKeepAnswer: Matches = statement => /^update "refreshes" set "state" = 'ANSWERED'/.test(statement);

export const isSwapStart: Matches = (statement, before) =>
  before.length === 0 && /from "refreshes"/.test(statement) && /for update$/.test(statement);

export const isSwapInsert: Matches = (statement, before) =>
  /^insert into "credentials"/.test(statement) && isSwap(before);

export const isSwapCommit: Matches = (statement, before) => /^commit/i.test(statement) && isSwap(before);

function isSwap(before: readonly string[]): boolean {
  return before.some(statement => /^update "refreshes"/.test(statement));
}

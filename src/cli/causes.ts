import { type CauseDetail, type Fix, Mender, ReadinessCause } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { nameOf } from './options.ts';

/** Why something is not ready, short: `SCOPE_MISSING (files:write), EXPIRED`. */
export function causesOf(causes: readonly CauseDetail[]): string {
  return causes
    .map(({ cause, scopes }) => nameOf(ReadinessCause, cause) + (scopes.length === 0 ? '' : ` (${scopes.join(' ')})`))
    .join(', ');
}

/** The same in full, with who mends it and how; one line a cause. */
export function explainCauses(causes: readonly CauseDetail[]): (readonly [string, string])[] {
  return causes.map(detail => {
    const mender = nameOf(Mender, detail.mender).toLowerCase();
    const fix = detail.fix === undefined ? '' : ` Fix (${mender}): ${fixOf(detail.fix)}`;
    return ['cause', `${causesOf([detail])}. ${detail.message}${fix}`];
  });
}

function fixOf({ method, arguments: known, setting }: Fix): string {
  const inputs = Object.entries(known).map(([name, value]) => `${name}=${value}`);
  return [method.replace(/^.*\./, ''), ...inputs, setting].filter(part => part !== '').join(' ');
}

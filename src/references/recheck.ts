import type { Deps } from '../deps.ts';
import { IntegrationError } from '../errors.ts';
import { ProviderError } from '../providers/kit/error.ts';
import type { ReferenceItem } from '../providers/provider.ts';
import { openFor } from './crawl.ts';
import type { ReferenceList } from './entity.ts';
import { keepFound } from './keep_found.ts';
import { findList } from './lists.ts';
import { readPublished } from './published.ts';
import { findType, type ProviderType } from './source.ts';
import { type DueValues, dueWatched, keepRecheck, putOff } from './watch.ts';

const ROUND = 200;
/** The bound of a provider's resolve. */
const BATCH = 100;

/** One round over what is watched and due: daily, sooner where something was heard of it. */
export async function recheckDue(deps: Deps): Promise<void> {
  for (const due of await dueWatched(deps.store.em.fork(), deps.now(), ROUND)) {
    if (deps.stopping.aborted) return;
    const list = await findList(deps.store.em.fork(), due);
    if (list === undefined) continue;
    try {
      for (let at = 0; at < due.values.length; at += BATCH) await recheck(deps, list, due.values.slice(at, at + BATCH));
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof IntegrationError)) throw error;
      // An answer that was not given tells nothing of the reference.
      await putOff(deps.store.em.fork(), due, deps.now());
    }
  }
}

async function recheck(deps: Deps, list: ReferenceList, values: DueValues['values']): Promise<void> {
  const { provider, type } = findType(deps, list.referenceType);
  const items =
    type.source === 'PUBLISHED'
      ? await readPublished(deps.store.em.fork(), { ...list, values })
      : await ask(deps, list, type, values);
  const byValue = new Map(items.map(item => [item.value, item]));
  const found = values.map(value => {
    const item = byValue.get(value);
    if (item === undefined) return { value, label: '', state: 'NOT_FOUND' as const };
    // Of what is out of reach the provider tells no label.
    return { value, label: item.state === 'NO_ACCESS' ? '' : item.label, state: item.state };
  });
  await keepRecheck(deps.store.em.fork(), deps, list, provider.id, found);
}

async function ask(
  deps: Deps,
  list: ReferenceList,
  type: ProviderType,
  values: readonly string[],
): Promise<readonly ReferenceItem[]> {
  const call = await openFor(deps, list, type);
  const askTime = deps.now();
  const items = await type.resolve(call, { values, dependsOn: list.dependsOn });
  await keepFound(deps, list, values, items, askTime);
  return items;
}

import type { AccessList, AccessRule } from './access_list.ts';
import type { Caller } from './caller.ts';

/** Whether some rule gives the caller this permission, in this project when one is named. */
export function permits(list: AccessList, caller: Caller, permission: string, project?: string): boolean {
  return rulesFor(list, caller, permission).some(rule => project === undefined || covers(rule, caller, project));
}

/** The projects in which the caller holds the permission. */
export function grantedProjects(list: AccessList, caller: Caller, permission: string): '*' | string[] {
  const granted = new Set<string>();
  for (const rule of rulesFor(list, caller, permission)) {
    if (rule.projects === '*') return '*';
    for (const project of 'ids' in rule.projects ? rule.projects.ids : (caller.claims?.projects ?? [])) {
      granted.add(project);
    }
  }
  return [...granted];
}

/** Whether a rule that also gives the permission (and project), when named, lets the caller use the provider. */
export function permitsProvider(
  list: AccessList,
  caller: Caller,
  provider: string,
  permission?: string,
  project?: string,
): boolean {
  return rulesFor(list, caller, permission).some(
    rule =>
      (project === undefined || covers(rule, caller, project)) &&
      (rule.providers === '*' || rule.providers.has(provider)),
  );
}

/** The smallest resolve budget of the caller's rules; undefined when none sets one. */
export function resolvesPerMinute(list: AccessList, caller: Caller): number | undefined {
  const budgets = rulesFor(list, caller).flatMap(rule => rule.resolvesPerMinute ?? []);
  return budgets.length > 0 ? Math.min(...budgets) : undefined;
}

function rulesFor(list: AccessList, caller: Caller, permission?: string): readonly AccessRule[] {
  const rules = rulesOf(list, caller);
  return permission === undefined ? rules : rules.filter(rule => rule.permissions.has(permission));
}

/** A caller asks three times a call, and stays the same over many. */
const known = new WeakMap<AccessList, WeakMap<Caller, readonly AccessRule[]>>();

function rulesOf(list: AccessList, caller: Caller): readonly AccessRule[] {
  let callers = known.get(list);
  if (callers === undefined) {
    callers = new WeakMap();
    known.set(list, callers);
  }
  let rules = callers.get(caller);
  if (rules === undefined) {
    rules = list.filter(rule => matches(rule.identity, caller));
    callers.set(caller, rules);
  }
  return rules;
}

function matches(identity: string, caller: Caller): boolean {
  // A SPIFFE rule is for certificates and any other for tokens, whatever a token's subject says.
  if (identity.startsWith('spiffe://') !== (caller.kind === 'certificate')) return false;
  if (!identity.endsWith('*')) return identity === caller.identity;
  const prefix = identity.slice(0, -1);
  return caller.identity.startsWith(prefix) && caller.identity.length > prefix.length;
}

function covers(rule: AccessRule, caller: Caller, project: string): boolean {
  if (rule.projects === '*') return true;
  if ('ids' in rule.projects) return rule.projects.ids.has(project);
  return caller.claims?.projects?.includes(project) ?? false;
}

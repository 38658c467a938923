import type { EntityManager } from '@mikro-orm/postgresql';
import type { Deps } from '../deps.ts';
import { IntegrationError, invalidField } from '../errors.ts';
import { chooseAmong } from '../integrations/choose.ts';
import type { ResolvedReference } from '../references/resolve.ts';
import type { CauseDetail } from './causes.ts';
import { checkReferences } from './check_references.ts';
import { looksLikeCredential } from './credential_shapes.ts';
import { judge } from './list.ts';
import type { Readiness } from './readiness.ts';
import type { SchemaCheck } from './schema_check.ts';
import { loadState, type Reader, standingOf } from './state.ts';
import { type Json, namedAt, textsIn } from './texts.ts';

export type Finding = {
  /** JSON Pointer. */
  readonly field: string;
  readonly kind: 'SCHEMA' | 'REFERENCE' | 'CREDENTIAL' | 'UNCHECKED';
  /** Never holds the value. */
  readonly message: string;
  readonly referenceType?: string;
  readonly referenceState?: ResolvedReference['state'];
};

export type InputCheck = {
  readonly isValid: boolean;
  readonly findings: readonly Finding[];
  readonly readiness: Readiness;
  readonly causes: readonly CauseDetail[];
  readonly integrationId: string | undefined;
};

const MAX_BYTES = 256 * 1024;
const MAX_FINDINGS = 200;

/**
 * Whether a call with these inputs may be expected to work: the schema, what the inputs name, the scopes, and that none is
 * a credential. Asks the provider where a reference is not fresh in the index; changes nothing there.
 */
export async function checkActionInputs(
  em: EntityManager,
  deps: Deps,
  reader: Reader,
  request: { readonly action: string; readonly inputs: Json; readonly integrationId: string | undefined },
  checkSchema: SchemaCheck,
  signal: AbortSignal,
): Promise<InputCheck> {
  const { action: name, inputs } = request;
  const found = deps.catalog.action(name);
  if (found === undefined) throw new IntegrationError('ACTION_NOT_FOUND', { action: name });
  if (Buffer.byteLength(JSON.stringify(inputs)) > MAX_BYTES) {
    throw invalidField('inputs', 'is larger than 256 KiB as JSON; pass large contents by reference');
  }
  const { action, provider } = found;
  const state = await loadState(em, reader.project, provider.id);
  const standing = standingOf(deps, reader, provider, state);
  const chosen = choose(reader.project, provider.id, standing.integrations, request.integrationId);
  const against = chosen === undefined ? standing : { ...standing, integrations: [chosen] };
  const [listed] = judge(against, 'ACTION', [action]);
  const verdict = listed?.verdict ?? { readiness: 'UNAVAILABLE' as const, causes: [] };

  const bound = new Set(action.references.map(({ field }) => field));
  const credentials = textsIn(inputs)
    .filter(({ path, text }) => looksLikeCredential(namedAt(path), text, bound.has(String(path[0]))))
    .map(({ pointer }): Finding => {
      const message = 'This looks like a credential. Use an integration, or a secret, instead of writing it here.';
      return { field: pointer, kind: 'CREDENTIAL', message };
    });
  // What may be a credential is sent nowhere, not even to be looked up.
  const withheld = new Set(credentials.map(({ field }) => field));
  const references = await checkReferences(
    ...([em, deps, reader, action, inputs, chosen?.id, withheld, signal] as const),
  );
  const findings = inOrder(inputs, [...credentials, ...checkSchema(action.inputSchema, inputs), ...references]);
  return {
    isValid: findings.length === 0 && (verdict.readiness === 'READY' || verdict.readiness === 'DEGRADED'),
    findings: findings.slice(0, MAX_FINDINGS),
    ...verdict,
    integrationId: chosen?.id,
  };
}

function choose<T extends { readonly id: string; readonly isDefault: boolean }>(
  project: string,
  provider: string,
  integrations: readonly T[],
  integrationId: string | undefined,
): T | undefined {
  if (integrationId !== undefined) {
    const named = integrations.find(({ id }) => id === integrationId);
    if (named !== undefined) return named;
    throw new IntegrationError('INTEGRATION_NOT_FOUND', { project, integration: integrationId });
  }
  const chosen = chooseAmong(integrations);
  if (chosen === 'AMBIGUOUS_INTEGRATION') throw new IntegrationError(chosen, { project, provider });
  return chosen === 'NOT_CONFIGURED' ? undefined : chosen;
}

/** As a person reads the inputs, from the first to the last. */
function inOrder(inputs: Json, findings: readonly Finding[]): readonly Finding[] {
  const fields = Object.keys(inputs);
  const place = ({ field }: Finding) => {
    const at = fields.findIndex(name => field === `/${name}` || field.startsWith(`/${name}/`));
    return at < 0 ? fields.length : at;
  };
  return findings.toSorted((a, b) => place(a) - place(b));
}

import type { Command } from 'commander';
import { Readiness, RuntimeState } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import {
  type Completeness,
  GapCause,
  type Reference,
  ReferenceState,
  type ReferenceType,
} from '../../gen/mobius/integrations/v1/reference_pb.js';
import {
  ListReferenceTypesResponseSchema,
  LookupReferencesResponseSchema,
  ReferenceService,
  ResolveReferencesResponseSchema,
} from '../../gen/mobius/integrations/v1/reference_service_pb.js';
import { causesOf } from './causes.ts';
import {
  addPageOptions,
  eachPair,
  enumOption,
  moreOf,
  nameOf,
  type PageOptions,
  readPages,
  timeOf,
} from './options.ts';
import { openSession } from './session.ts';

type Scope = { integration?: string; dependsOn?: Record<string, string> };

export function addReferenceCommands(program: Command): void {
  const references = program.command('references').description('things at the providers that action inputs name');

  addPageOptions(references.command('list-types'))
    .description('reference types')
    .option('--provider <id>', 'only of this provider')
    .addOption(enumOption('--readiness <readiness>', 'only with this readiness', Readiness))
    .action(async (options: PageOptions & { provider?: string; readiness?: Readiness }, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { provider, readiness } = options;
      const answered = await readPages(
        options,
        page => client(ReferenceService).listReferenceTypes({ project, provider, readiness, ...page }),
        page => page.referenceTypes,
      );
      answer(
        ListReferenceTypesResponseSchema,
        answered,
        () => table<ReferenceType>(answered.referenceTypes, typeColumns) + moreOf(answered),
      );
    });

  addPageOptions(addScopeOptions(references.command('lookup')))
    .description('search references of one type, best match first')
    .argument('<type>', 'as `provider.noun`')
    .option('--q <text>', 'what to search; a pasted URL or id finds its object')
    .action(async (type: string, options: PageOptions & Scope & { q?: string }, command: Command) => {
      const { project, client, answer, table } = openSession(command);
      const { q, integration: integrationId, dependsOn } = options;
      const answered = await readPages(
        options,
        page =>
          client(ReferenceService).lookupReferences({
            project,
            referenceType: type,
            q,
            integrationId,
            dependsOn,
            ...page,
          }),
        page => page.references,
      );
      answer(
        LookupReferencesResponseSchema,
        answered,
        () =>
          table<Reference>(answered.references, referenceColumns) +
          describeGaps(answered.completeness) +
          moreOf(answered),
      );
    });

  addScopeOptions(references.command('resolve'))
    .description('what became of stored values')
    .argument('<type>', 'as `provider.noun`')
    .argument('<values...>', 'the stored values')
    .option('--known-label <value=label>', 'the label you know, so that a rename is told', eachPair)
    .action(
      async (
        type: string,
        values: string[],
        options: Scope & { knownLabel?: Record<string, string> },
        command: Command,
      ) => {
        const { project, client, answer, table } = openSession(command);
        const { integration: integrationId, dependsOn, knownLabel: knownLabels } = options;
        const answered = await client(ReferenceService).resolveReferences({
          project,
          referenceType: type,
          values,
          integrationId,
          dependsOn,
          knownLabels,
        });
        answer(
          ResolveReferencesResponseSchema,
          answered,
          () => table<Reference>(answered.references, referenceColumns) + describeGaps(answered.completeness),
        );
      },
    );
}

function addScopeOptions(command: Command): Command {
  return command
    .option('--integration <id>', 'integration to look through; default: the one a call would use')
    .option('--depends-on <key=value>', 'what the type depends on, for example `team=...`', eachPair);
}

const typeColumns = [
  ['REFERENCE TYPE', (t: ReferenceType) => t.name],
  ['TITLE', (t: ReferenceType) => t.title],
  ['READINESS', (t: ReferenceType) => nameOf(Readiness, t.readiness)],
  ['STATE', (t: ReferenceType) => nameOf(RuntimeState, t.runtimeState)],
  ['DEPENDS ON', (t: ReferenceType) => t.dependsOn.map(({ key }) => key).join(' ')],
  ['WHY', (t: ReferenceType) => causesOf(t.causes)],
] as const;

const referenceColumns = [
  ['VALUE', (r: Reference) => r.value],
  ['LABEL', (r: Reference) => r.label],
  ['STATE', (r: Reference) => nameOf(ReferenceState, r.state)],
  ['DESCRIPTION', (r: Reference) => r.description],
] as const;

function describeGaps(completeness: Completeness | undefined): string {
  if (completeness === undefined || completeness.complete) return '';
  const gaps = completeness.gaps.map(({ cause }) => nameOf(GapCause, cause)).join(', ');
  return `not complete as of ${timeOf(completeness.asOf)}: ${completeness.known} known${gaps && `; ${gaps}`}\n`;
}

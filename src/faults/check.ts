import type { Provider } from '../providers/provider.ts';
import { connectFaults, scopeFaults } from './connect.ts';
import { endpointFaults } from './endpoints.ts';
import { type Fault, type Found, faultText } from './fault.ts';
import { nameFaults } from './names.ts';
import { referenceFaults, type TypesByName } from './references.ts';
import { openSchemaCheck } from './schemas.ts';

/** What is wrong with the providers, each by itself and beside the others, but for their schemas, whose compilation takes its time. */
export function faultsOf(providers: readonly Provider[]): Fault[] {
  const types = typesOf(providers);
  return providers.flatMap((provider, index) =>
    named(provider, quickFaults(provider, providers.slice(0, index), types)),
  );
}

/** For the start: throws one Error that names every fault. */
export function assertSound(providers: readonly Provider[]): void {
  const faults = faultsOf(providers);
  if (faults.length > 0) throw new Error(faults.map(faultText).join('; '));
}

/** A check of providers' schemas and samples. */
export function openSchemaFaults(): (provider: Provider) => Fault[] {
  const check = openSchemaCheck('OURS');
  return provider => named(provider, check(provider));
}

/** A check, schemas included, of a provider that somebody brings to those that there are. */
export function openBroughtCheck(present: readonly Provider[]): (provider: Provider) => Fault[] {
  const check = openSchemaCheck('BROUGHT');
  return provider => {
    const types = typesOf([...present, provider]);
    return named(provider, [...quickFaults(provider, present, types), ...check(provider)]);
  };
}

function quickFaults(provider: Provider, others: readonly Provider[], types: TypesByName): Found[] {
  return [
    ...nameFaults(provider, others),
    ...endpointFaults(provider),
    ...connectFaults(provider),
    ...scopeFaults(provider),
    ...referenceFaults(provider, types),
  ];
}

function typesOf(providers: readonly Provider[]): TypesByName {
  return new Map(providers.flatMap(({ references }) => references.map(type => [type.name, type] as const)));
}

function named(provider: Provider, found: readonly Found[]): Fault[] {
  return found.map(each => ({ ...each, provider: provider.id }));
}

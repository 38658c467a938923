import { riskOf } from '../providers/kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../providers/kit/effects.ts';
import type { Action, EventSample, EventType, Provider } from '../providers/provider.ts';
import { appForm, connectMethods } from './build_connect.ts';
import { referenceOf } from './build_references.ts';
import { webhookOf } from './build_webhook.ts';
import type { ActionManifest, EventTypeManifest, Manifest, SampleManifest } from './manifest.ts';

/** A manifest as the provider it declares: like any other from here on. Nothing of it is ever run. */
export function buildProvider(manifest: Manifest): Provider {
  const { webhook, event_types: eventTypes = [], samples, actions = [], references = [] } = manifest;
  const app = appForm(manifest);
  return {
    id: manifest.id,
    displayName: manifest.display_name,
    description: manifest.description,
    category: manifest.category,
    docsUrl: manifest.docs_url,
    logo: manifest.logo ?? 'monogram',
    endpoints: manifest.endpoints,
    credentialEndpoints: manifest.credential_endpoints,
    hasOwnHosts: true,
    ...(app !== undefined && { app }),
    connect: connectMethods(manifest),
    ...(webhook !== undefined && { webhook: webhookOf(webhook, eventTypes) }),
    eventTypes: eventTypes.map(eventTypeOf),
    ...(samples !== undefined && { samples: samples.map(sampleOf) }),
    actions: actions.map(actionOf),
    references: references.map(referenceOf),
  };
}

function eventTypeOf(type: EventTypeManifest): EventType {
  const { name, description, triggerable = true, waitable = true, scopes = [], withheld } = type;
  return {
    name,
    description,
    schemaVersion: type.schema_version ?? 1,
    runtimeState: 'ACTIVE',
    triggerable,
    waitable,
    scopes,
    payloadSchema: type.payload_schema,
    ...(withheld !== undefined && { withheld }),
  };
}

function sampleOf({ event_type: eventType, variant = 'default', meta = {}, ...rest }: SampleManifest): EventSample {
  return { ...rest, eventType, variant, meta };
}

const effects = { reads: READS, sets: SETS, adds: ADDS, removes: REMOVES } as const;

function actionOf(action: ActionManifest): Action {
  const { name, title, description, effect, risk, scopes = [], references = [] } = action;
  return {
    name,
    title,
    description,
    runtimeState: 'ACTIVE',
    risk: risk === undefined ? riskOf(effects[effect]) : (risk.toUpperCase() as Uppercase<typeof risk>),
    annotations: effects[effect],
    scopes,
    inputSchema: action.input_schema,
    outputSchema: action.output_schema,
    references: references.map(({ field, type, depends_on: dependsOn }) => ({
      field,
      type,
      ...(dependsOn !== undefined && { dependsOn }),
    })),
  };
}

import type { EventSample, EventType, JsonSchema } from '../provider.ts';

type More = Partial<Pick<EventType, 'scopes' | 'runtimeState' | 'schemaVersion' | 'triggerable' | 'waitable'>>;

/** An event type whose name the compiler knows: conformance/ holds it against the vendor's own names. */
type Named<Name extends string> = EventType & { readonly name: Name };

/** An event type that triggers and can be waited for, unless `more` says otherwise. */
export function eventType<const Name extends string>(
  name: Name,
  description: string,
  payloadSchema: JsonSchema,
  more: More = {},
): Named<Name> {
  return {
    name,
    description,
    schemaVersion: 1,
    runtimeState: 'ACTIVE',
    triggerable: true,
    waitable: true,
    scopes: [],
    payloadSchema,
    ...more,
  };
}

/** Event types of one object, by what happens to it: `verbs` maps the name's last part to what it means. */
export function eventTypesOf<const Noun extends string, const Verbs extends Readonly<Record<string, string>>>(
  object: Noun,
  verbs: Verbs,
  payloadSchema: JsonSchema | ((verb: string) => JsonSchema),
  more?: More,
): readonly Named<`${Noun}.${keyof Verbs & string}`>[];
export function eventTypesOf(
  object: string,
  verbs: Readonly<Record<string, string>>,
  payloadSchema: JsonSchema | ((verb: string) => JsonSchema),
  more: More = {},
): readonly EventType[] {
  return Object.entries(verbs).map(([verb, description]) =>
    eventType(
      `${object}.${verb}`,
      description,
      typeof payloadSchema === 'function' ? payloadSchema(verb) : payloadSchema,
      more,
    ),
  );
}

/** One sample of each type that works; `make` leaves out what it answers undefined for. */
export function samplesOf(
  types: readonly EventType[],
  make: (type: EventType) => Pick<EventSample, 'payload' | 'meta'> | undefined,
): readonly EventSample[] {
  return types
    .filter(({ runtimeState }) => runtimeState !== 'PLANNED')
    .flatMap(type => {
      const made = make(type);
      const name = type.description.replace(/\.$/, '');
      return made === undefined
        ? []
        : [{ eventType: type.name, variant: 'default', name, description: type.description, ...made }];
    });
}

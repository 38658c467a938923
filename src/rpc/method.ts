import { type DescMethod, type Message, ScalarType } from '@bufbuild/protobuf';

/** `mobius.integrations.v1.CatalogService/ListActions`. */
export const methodName = remembered((method: DescMethod) => `${method.parent.typeName}/${method.name}`);

const projectField = remembered((method: DescMethod) =>
  method.input.fields.find(f => f.number === 1 && f.name === 'project' && f.scalar === ScalarType.STRING),
);

/** Whether the method's requests say which project they are about. */
export const namesProject = (method: DescMethod): boolean => projectField(method) !== undefined;

/** The project that the request is about; undefined where the method's requests name none. */
export function projectOf(method: DescMethod, message: Message): string | undefined {
  const field = projectField(method);
  const value = field && (message as unknown as Record<string, unknown>)[field.localName];
  return typeof value === 'string' ? value : undefined;
}

/** Descriptors are made once: what is read out of one is read once. */
export function remembered<T>(read: (method: DescMethod) => T): (method: DescMethod) => T {
  const known = new Map<DescMethod, { readonly value: T }>();
  return method => {
    let found = known.get(method);
    if (found === undefined) {
      found = { value: read(method) };
      known.set(method, found);
    }
    return found.value;
  };
}

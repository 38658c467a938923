// @peculiar/x509 builds on tsyringe, which wants these three of the old Reflect metadata proposal. Imported before it.
type Metadata = Map<unknown, unknown>;
const store = new WeakMap<object, Metadata>();

const getOwnMetadata = (key: unknown, target: object) => store.get(target)?.get(key);

function getMetadata(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at)) {
    const found = getOwnMetadata(key, at);
    if (found !== undefined) return found;
  }
  return undefined;
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const own = store.get(target) ?? new Map();
  store.set(target, own.set(key, value));
}

Object.assign(Reflect, { getOwnMetadata, getMetadata, defineMetadata });

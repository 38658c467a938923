import { absent, type Description, within } from './description.ts';
import { isSchema, namesOf, type Refs, type Schema, whole } from './schema.ts';

type Named = Readonly<Record<string, Schema>>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** Reads OpenAPI 3. Operations are named by their id, or by method and path where the vendor gives none. */
export function openApi(text: string): Description {
  const document = JSON.parse(text) as { readonly paths?: Named; readonly webhooks?: Named };
  const refs: Refs = ref => at(document, ref.replace(/^#\//, '').split('/').map(decode), ref);
  const operations = operationsIn(document.paths ?? {});
  const operationOf = (id: string) => operations.get(id) ?? absent(id);
  const bodyOf = (id: string) => contentOf(operationOf(id).requestBody, refs);
  const parametersOf = (id: string) => listIn(operationOf(id).parameters).map(given => whole(given, refs));
  return {
    refs,
    payload: name => {
      const post = at(document, ['webhooks', name, 'post'], name);
      return contentOf(post.requestBody, refs) ?? absent(`body of ${name}`);
    },
    field: (id, path) => {
      const schema = parametersOf(id).find(({ name }) => name === path)?.schema;
      return isSchema(schema) ? schema : within(bodyOf(id) ?? {}, path, refs, id);
    },
    required: id => [
      ...parametersOf(id).flatMap(({ name, required }) => (required === true ? [String(name)] : [])),
      ...namesOf(whole(bodyOf(id) ?? {}, refs).required),
    ],
    answer: asked => {
      const [, id = '', path = ''] = /^(.+?)(?::(.*))?$/.exec(asked) ?? [];
      const answers = Object.entries((operationOf(id).responses ?? {}) as Named);
      const [, answer] = answers.find(([status]) => status.startsWith('2')) ?? [];
      return within(contentOf(answer, refs) ?? absent(`answer of ${id}`), path, refs, id);
    },
  };
}

function operationsIn(paths: Named): ReadonlyMap<string, Schema> {
  const found = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap(method => {
      const operation = item[method];
      if (!isSchema(operation)) return [];
      const parameters = [...listIn(item.parameters), ...listIn(operation.parameters)];
      const id = String(operation.operationId ?? `${method} ${path}`);
      return [[id, { ...operation, parameters }] as const];
    }),
  );
  return new Map(found);
}

/** Schema of the first kind of content. */
function contentOf(carrier: unknown, refs: Refs): Schema | undefined {
  if (!isSchema(carrier)) return undefined;
  const [content] = Object.values((whole(carrier, refs).content ?? {}) as Named);
  return isSchema(content?.schema) ? content.schema : undefined;
}

function at(document: Schema, path: readonly string[], name: string): Schema {
  const found = path.reduce<unknown>((node, part) => (isSchema(node) ? node[part] : undefined), document);
  return isSchema(found) ? found : absent(name);
}

function listIn(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function decode(part: string): string {
  return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
}

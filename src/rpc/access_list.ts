import { Ajv, type ErrorObject } from 'ajv';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';

/** One rule of access.yaml, its roles resolved. Rules that match a caller add up. */
export type AccessRule = {
  /** A SPIFFE URI or a token's subject; ends with `*` when it stands for all that begin so. */
  identity: string;
  permissions: ReadonlySet<string>;
  /** '*', the ids, or the claim of the caller's token that lists them. */
  projects: '*' | { ids: ReadonlySet<string> } | { claim: 'projects' };
  providers: '*' | ReadonlySet<string>;
  /** Credential resolutions a minute in each project; undefined: as many as come. */
  resolvesPerMinute: number | undefined;
};
export type AccessList = readonly AccessRule[];

export class AccessListInvalid extends Error {
  override name = 'AccessListInvalid';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`the access list is invalid:\n  ${problems.join('\n  ')}`);
    this.problems = problems;
  }
}

type Source = {
  roles?: Record<string, string[]>;
  callers: {
    identity: string;
    permissions?: string[];
    roles?: string[];
    projects?: string[] | { claim: 'projects' };
    providers?: string[];
    resolve_budget?: { per_minute: number };
  }[];
};

const names = { type: 'array', maxItems: 1000, items: { type: 'string', minLength: 1, maxLength: 256 } };
const schema = {
  type: 'object',
  required: ['callers'],
  additionalProperties: false,
  properties: {
    roles: { type: 'object', maxProperties: 100, additionalProperties: names },
    callers: {
      type: 'array',
      maxItems: 10_000,
      items: {
        type: 'object',
        required: ['identity'],
        additionalProperties: false,
        properties: {
          identity: { type: 'string', minLength: 1, maxLength: 2048 },
          permissions: names,
          roles: names,
          projects: {
            // A discriminating if keeps the errors to the branch that was meant.
            if: { type: 'array' },
            // biome-ignore lint/suspicious/noThenProperty: the JSON Schema keyword
            then: names,
            else: {
              type: 'object',
              required: ['claim'],
              additionalProperties: false,
              properties: { claim: { const: 'projects' } },
            },
          },
          providers: names,
          resolve_budget: {
            type: 'object',
            required: ['per_minute'],
            additionalProperties: false,
            properties: { per_minute: { type: 'integer', minimum: 0, maximum: 1_000_000 } },
          },
        },
      },
    },
  },
};
// Not checked against the meta schema: that is 20 ms of a start, and the tests hold it.
const validate = new Ajv({ allErrors: true, strict: false, meta: false, validateSchema: false }).compile<Source>(
  schema,
);

/** Reads the text of an access list. Throws AccessListInvalid with every problem at once, each with its line. */
export function parseAccessList(text: string, permissions: ReadonlySet<string>): AccessList {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const syntax = document.errors.map(e => `line ${lines.linePos(e.pos[0]).line}: ${firstLine(e.message)}`);
  if (syntax.length > 0) throw new AccessListInvalid(syntax);
  const at = (path: (string | number)[]) => `line ${lineOf(document, lines, path)}: `;
  const source: unknown = document.toJS();
  if (!validate(source)) {
    throw new AccessListInvalid((validate.errors ?? []).map(e => at(toPath(e.instancePath)) + describe(e)));
  }
  const problems = [...checkNames(source, permissions)].map(([path, text]) => at(path) + text);
  if (problems.length > 0) throw new AccessListInvalid(problems);
  return source.callers.map(caller => toRule(caller, source.roles ?? {}));
}

/** What the schema cannot say: names that must be known, and identities that must not catch more than they seem to. */
function* checkNames(source: Source, permissions: ReadonlySet<string>): Generator<[(string | number)[], string]> {
  for (const [role, granted] of Object.entries(source.roles ?? {})) {
    for (const [i, p] of granted.entries()) {
      if (!permissions.has(p)) yield [['roles', role, i], `unknown permission ${JSON.stringify(p)}`];
    }
  }
  for (const [n, caller] of source.callers.entries()) {
    const at = ['callers', n];
    const isCertificate = caller.identity.startsWith('spiffe://');
    if (/\*./.test(caller.identity)) yield [[...at, 'identity'], 'a * may stand only at the end of an identity'];
    else if (/(^|[^/:])\*$/.test(caller.identity)) {
      yield [[...at, 'identity'], 'a * must follow a / or : so that no half name matches'];
    } else if (/^spiffe:\/\/\*?$/.test(caller.identity))
      yield [[...at, 'identity'], 'a SPIFFE rule must name a trust domain'];
    for (const [i, p] of (caller.permissions ?? []).entries()) {
      if (!permissions.has(p)) yield [[...at, 'permissions', i], `unknown permission ${JSON.stringify(p)}`];
    }
    for (const [i, role] of (caller.roles ?? []).entries()) {
      if (!Object.hasOwn(source.roles ?? {}, role)) yield [[...at, 'roles', i], `unknown role ${JSON.stringify(role)}`];
    }
    if (isCertificate && caller.projects && !Array.isArray(caller.projects)) {
      yield [[...at, 'projects'], 'a certificate has no claims; list the projects'];
    }
    for (const key of ['projects', 'providers'] as const) {
      const list = caller[key];
      if (Array.isArray(list) && list.includes('*') && list.length > 1) yield [[...at, key], "'*' stands alone"];
    }
  }
}

function toRule(caller: Source['callers'][number], roles: Record<string, string[]>): AccessRule {
  const { projects = [], providers = ['*'] } = caller;
  const fromRoles = (caller.roles ?? []).flatMap(role => roles[role] ?? []);
  return {
    identity: caller.identity,
    permissions: new Set([...(caller.permissions ?? []), ...fromRoles]),
    projects: !Array.isArray(projects) ? projects : projects.includes('*') ? '*' : { ids: new Set(projects) },
    providers: providers.includes('*') ? '*' : new Set(providers),
    resolvesPerMinute: caller.resolve_budget?.per_minute,
  };
}

function describe(e: ErrorObject): string {
  const where = toPath(e.instancePath).join('.') || 'the file';
  if (e.keyword === 'additionalProperties')
    return `${where}: unknown key ${JSON.stringify(e.params.additionalProperty)}`;
  return `${where}: ${e.message ?? e.keyword}`;
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
const toPath = (pointer: string) =>
  pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map(part => (/^\d+$/.test(part) ? Number(part) : part));

/** The line of the innermost node of the path that exists. */
function lineOf(document: Document, lines: LineCounter, path: (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

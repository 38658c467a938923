import type { Category } from '../providers/category.ts';
import type { AuthKind, DrawnMark, JsonSchema, Risk } from '../providers/provider.ts';

/** A provider as a YAML file says it: `schema.ts` is the same as a JSON Schema, with what each part means. */
export type Manifest = {
  readonly id: string;
  readonly display_name: string;
  readonly description: string;
  readonly category: Category;
  readonly docs_url: string;
  readonly logo?: string | DrawnMark;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly credential_endpoints: readonly string[];
  readonly identity: IdentityManifest;
  readonly connect: readonly ConnectManifest[];
  readonly webhook?: WebhookManifest;
  readonly event_types?: readonly EventTypeManifest[];
  readonly samples?: readonly SampleManifest[];
  readonly actions?: readonly ActionManifest[];
  readonly references?: readonly ReferenceManifest[];
};

/** The endpoint's name is `api` where it is not said. */
export type AddressManifest = { readonly endpoint?: string; readonly path: string };

export type IdentityManifest = AddressManifest & {
  readonly method?: 'GET' | 'POST';
  readonly query?: Readonly<Record<string, string>>;
  readonly id: string;
  readonly label?: string;
  readonly url?: string;
};

export type ConnectManifest = OAuthManifest | KeyManifest;

export type OAuthManifest = {
  readonly kind: 'oauth2';
  readonly authorize: AddressManifest;
  readonly token: AddressManifest;
  readonly revoke?: AddressManifest;
  readonly client: 'basic' | 'body';
  readonly pkce?: boolean;
  readonly scopes?: {
    readonly default?: readonly string[];
    readonly optional?: readonly string[];
    readonly separator?: 'space' | 'comma';
  };
  readonly authorize_params?: Readonly<Record<string, string>>;
  readonly token_params?: Readonly<Record<string, string>>;
  readonly refresh: 'rotating' | 'reusable' | 'none';
  readonly settings?: readonly FieldManifest[];
};

export type KeyManifest = {
  readonly kind: 'api_key' | 'bot_token' | 'basic';
  readonly fields: readonly FieldManifest[];
  readonly headers?: readonly HeaderManifest[];
  readonly basic?: { readonly user: string; readonly password?: string };
};

type HeaderManifest = { readonly name: string; readonly prefix?: string; readonly field: string };

/** What a person types. */
export type FieldManifest = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly secret?: boolean;
  readonly optional?: boolean;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly choices?: readonly string[];
};

export type WebhookManifest = {
  readonly description: string;
  readonly secret: 'app' | 'integration';
  readonly secret_field: string;
  readonly signature: SignatureManifest;
  readonly delivery_id: PlaceManifest;
  readonly event: PlaceManifest;
  readonly account?: string;
  readonly object?: string;
  readonly occurred_at?: string;
  readonly meta?: Readonly<Record<string, string>>;
};

export type SignatureManifest = {
  readonly header: string;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
  readonly encoding?: 'hex' | 'base64';
  readonly prefix?: string;
  readonly separator?: string;
  readonly key?: 'text' | 'hex' | 'base64';
  readonly signed?: string;
  readonly timestamp?: {
    readonly header: string;
    readonly unit?: 'seconds' | 'milliseconds';
    readonly tolerance_seconds?: number;
  };
};

/** A header, or a place in the body. */
export type PlaceManifest = { readonly header?: string; readonly path?: string };

export type EventTypeManifest = {
  readonly name: string;
  readonly vendor_names: readonly string[];
  readonly description: string;
  readonly schema_version?: number;
  readonly triggerable?: boolean;
  readonly waitable?: boolean;
  readonly scopes?: readonly string[];
  readonly payload_schema: JsonSchema;
  readonly withheld?: readonly string[];
};

export type SampleManifest = {
  readonly event_type: string;
  readonly variant?: string;
  readonly name: string;
  readonly description: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly meta?: Readonly<Record<string, string>>;
};

export type ActionManifest = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly effect: 'reads' | 'sets' | 'adds' | 'removes';
  readonly risk?: Lowercase<Risk>;
  readonly scopes?: readonly string[];
  readonly input_schema: JsonSchema;
  readonly output_schema: JsonSchema;
  readonly references?: readonly {
    readonly field: string;
    readonly type: string;
    readonly depends_on?: Readonly<Record<string, string>>;
  }[];
};

export type ReferenceManifest = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly scopes?: readonly string[];
  readonly depends_on?: readonly { readonly key: string; readonly type: string; readonly required?: boolean }[];
  readonly list: ListManifest;
  readonly resolve?: ResolveManifest;
};

export type ListManifest = AddressManifest & {
  readonly query?: Readonly<Record<string, string>>;
  readonly search?: string;
  readonly items: string;
  readonly value: string;
  readonly label?: string;
  readonly text?: string;
  readonly archived?: string;
  readonly pages: PagesManifest;
};

export type PagesManifest =
  | { readonly by: 'none' }
  | {
      readonly by: 'cursor';
      readonly at: string;
      readonly size?: string;
      readonly most?: number;
      readonly next: string;
    }
  | {
      readonly by: 'offset';
      readonly at: string;
      readonly size: string;
      readonly most?: number;
      readonly total?: string;
    }
  | {
      readonly by: 'number';
      readonly at: string;
      readonly size: string;
      readonly most?: number;
      readonly more?: string;
    }
  | { readonly by: 'link'; readonly at: string; readonly size?: string; readonly most?: number };

type ResolveManifest = { readonly by: 'list' } | { readonly by: 'path'; readonly path: string; readonly item?: string };

/** The auth kind by the manifest's word for it. */
export const authKinds = {
  oauth2: 'OAUTH2',
  api_key: 'API_KEY',
  bot_token: 'BOT_TOKEN',
  basic: 'BASIC',
} as const satisfies Readonly<Record<ConnectManifest['kind'], AuthKind>>;

import { providers } from '../providers/index.ts';
import type { AuthKind, Provider } from '../providers/provider.ts';
import type { Emulated } from './emulated/load.ts';
import type { EmulatedSeed } from './emulated/stage.ts';
import type { Seeds } from './seeds.ts';

/** What a person types into a form of the provider's: secrets and settings, by field. */
export type Form = Readonly<Record<string, string>>;

/** What the sandbox has for a person who tries a provider. */
export interface Offer {
  provider: Provider;
  forms: Readonly<Partial<Record<AuthKind, Form>>>;
  /** What it delivers, as {@link Delivery.event} names it; empty: nothing. */
  events: readonly string[];
  aim: Aim;
}

/** Where the vendor delivers: to the endpoint of the app or of one integration, or only to webhooks made by its API. */
export type Aim = 'APP' | 'INTEGRATION' | 'HOOK';

export function offersOf(
  seeds: Seeds,
  emulated: readonly Emulated[],
  emulatedSeeds: Readonly<Record<string, EmulatedSeed>>,
): readonly Offer[] {
  const programmed = programmedOffers(seeds);
  const all = new Set([...providers, ...emulated.map(({ provider }) => provider)]);
  return [...all].flatMap((provider): Offer[] => {
    const { deliveries } = emulated.find(each => each.provider === provider)?.emulator ?? {};
    const samples = (provider.samples ?? []).map(({ eventType }) => eventType);
    const forms = emulatedSeeds[provider.id]?.forms;
    const offer = forms ? { forms, events: deliveries ? [...new Set(samples)] : [] } : programmed[provider.id];
    return offer === undefined ? [] : [{ provider, aim: aimOf(provider, deliveries?.rings === true), ...offer }];
  });
}

export function aimOf({ webhook, subscriptions }: Provider, rings: boolean): Aim {
  const secret = webhook?.endpoints[0]?.secret;
  if (secret === 'SUBSCRIPTION' || (rings && subscriptions !== undefined)) return 'HOOK';
  return secret === 'INTEGRATION' ? 'INTEGRATION' : 'APP';
}

/** Of the vendors that the sandbox plays by programs of its own or of the emulator package. */
function programmedOffers(seeds: Seeds): Readonly<Record<string, Pick<Offer, 'forms' | 'events'>>> {
  const { slack, github, linear, jira, google_sheets, openai, clay } = seeds;
  return {
    slack: { forms: { BOT_TOKEN: { bot_token: slack.botToken } }, events: ['message', 'app_mention'] },
    github: {
      forms: { API_KEY: { api_key: github.personalToken } },
      events: ['issues.opened', 'issue_comment.created', 'pull_request.opened', 'push'],
    },
    linear: {
      forms: { API_KEY: { api_key: linear.apiKey } },
      events: ['Issue.create', 'Issue.update', 'Issue.remove'],
    },
    jira: {
      forms: {
        BASIC: { cloud_id: jira.sites[0]?.cloudId ?? '', email: jira.email, api_token: jira.apiToken },
      },
      events: ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted'],
    },
    google_sheets: {
      forms: { SERVICE_ACCOUNT: { service_account_json: JSON.stringify(google_sheets.serviceAccount) } },
      events: [],
    },
    openai: {
      forms: { API_KEY: { api_key: openai.projectKey, webhook_secret: openai.webhookSecret } },
      events: ['response.completed', 'batch.completed', 'batch.failed'],
    },
    clay: {
      forms: {
        WEBHOOK_SECRET: {
          // The vendor's addresses are https; nothing is sent there when it is set up.
          webhook_url: clay.guardedWebhookUrl.replace(/^http:/, 'https:'),
          auth_header_name: clay.authHeaderName,
          auth_header_value: clay.authHeaderValue,
        },
      },
      events: [],
    },
  };
}

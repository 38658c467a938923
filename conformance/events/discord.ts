import type { ApplicationWebhookEventType, GatewayDispatchEvents } from 'discord-api-types/v10';
import type { ACTIVE, PLANNED } from '../../src/providers/discord/events.ts';
import type { Held, Replaced, Unlisted } from './held.ts';

/** Types of webhook events. */
export type EventName = `${ApplicationWebhookEventType}`;

type NameOf<Row extends readonly [string, ...unknown[]]> = Uppercase<Replaced<Row[0], '.', '_'>>;

/** Of the Social SDK: Discord documents them, the package has them not yet. */
type OfSocialSdk = Unlisted<`${'LOBBY_MESSAGE' | 'GAME_DIRECT_MESSAGE'}_${'CREATE' | 'UPDATE' | 'DELETE'}`, EventName>;

export type Ours = Held<Exclude<NameOf<(typeof ACTIVE)[number]>, OfSocialSdk>, EventName>;

/** What is planned comes over the gateway. */
export type Planned = Held<NameOf<(typeof PLANNED)[number]>, `${GatewayDispatchEvents}`>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'APPLICATION_SHOUTED', EventName>;

import type { Guarantee } from '../guarantee.ts';
import { deadGrant } from './dead_grant.ts';
import { refreshClock } from './refresh_clock.ts';
import { refreshCrash } from './refresh_crash.ts';
import { refreshStorm } from './refresh_storm.ts';

/** In the order they are shown. */
export const guarantees: readonly Guarantee[] = [refreshStorm, refreshCrash, refreshClock, deadGrant];

import { noticeSubscriptions } from '../kit/change_notices.ts';
import { personPath } from '../kit/tenant_consent.ts';
import { FILES } from './auth.ts';
import { drive } from './feed.ts';

/** Under thirty days. */
const LIFE_MS = 42_000 * 60_000;

export const subscriptions = noticeSubscriptions({
  authKinds: ['OAUTH2', 'SERVICE_ACCOUNT'],
  scopes: [FILES],
  lifeMs: LIFE_MS,
  targets: async call => [
    { ...drive, settings: { resource: `${personPath(call.config).slice(1)}/drive/root`, changes: 'updated' } },
  ],
});

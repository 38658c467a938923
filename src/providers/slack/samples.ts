import type { EventSample } from '../provider.ts';

const happening = (event: Readonly<Record<string, unknown>>) => ({
  team_id: 'T0SAMPLE001',
  api_app_id: 'A0SAMPLE001',
  type: 'event_callback',
  event_id: 'Ev0SAMPLE001',
  event_time: 1_770_000_000,
  event,
});

export const samples: readonly EventSample[] = [
  {
    eventType: 'slack.event',
    variant: 'message',
    name: 'Message in a channel',
    description: 'Somebody wrote a message in a channel that the app is in.',
    payload: happening({
      type: 'message',
      channel: 'C0SAMPLE001',
      user: 'U0SAMPLE001',
      text: 'The checkout is slow again.',
      ts: '1770000000.000100',
      event_ts: '1770000000.000100',
    }),
    meta: { type: 'message', channel: 'C0SAMPLE001', user: 'U0SAMPLE001' },
  },
  {
    eventType: 'slack.event',
    variant: 'reaction_added',
    name: 'Reaction to a message',
    description: 'Somebody put an emoji under a message.',
    payload: happening({
      type: 'reaction_added',
      user: 'U0SAMPLE001',
      reaction: 'eyes',
      item: { type: 'message', channel: 'C0SAMPLE001', ts: '1770000000.000100' },
      event_ts: '1770000060.000200',
    }),
    meta: { type: 'reaction_added', channel: 'C0SAMPLE001', user: 'U0SAMPLE001' },
  },
  {
    eventType: 'slack.command',
    variant: 'default',
    name: 'Slash command',
    description: 'Somebody typed /deploy with an argument.',
    payload: {
      team_id: 'T0SAMPLE001',
      channel_id: 'C0SAMPLE001',
      user_id: 'U0SAMPLE001',
      command: '/deploy',
      text: 'staging',
      trigger_id: '1770000000.1.sample',
    },
    meta: { command: '/deploy', channel: 'C0SAMPLE001', user: 'U0SAMPLE001' },
  },
  {
    eventType: 'slack.interactivity',
    variant: 'button',
    name: 'Button in a message',
    description: 'Somebody pressed a button of a message of the app.',
    payload: {
      type: 'block_actions',
      user: { id: 'U0SAMPLE001', team_id: 'T0SAMPLE001' },
      team: { id: 'T0SAMPLE001' },
      channel: { id: 'C0SAMPLE001' },
      actions: [{ type: 'button', action_id: 'approve', value: 'yes' }],
      trigger_id: '1770000000.2.sample',
    },
    meta: { type: 'block_actions', channel: 'C0SAMPLE001', user: 'U0SAMPLE001', action_id: 'approve' },
  },
];

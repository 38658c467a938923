import { action } from '../kit/action.ts';
import { ADDS } from '../kit/effects.ts';
import { eventType, samplesOf } from '../kit/event_type.ts';
import { field, listOf, output, text } from '../kit/schema.ts';
import type { Action, EventType, JsonSchema, Provider } from '../provider.ts';

/** The platform's own mailboxes. No credential and no webhook: the mail service publishes what comes in itself. */

const address = output(['address'], { address: field('string', 'E-mail address'), name: field('string', 'Name') });

const eventTypes: readonly EventType[] = [
  {
    ...eventType(
      'email.received',
      'An e-mail came in for an agent of the project.',
      output(['message_id', 'agent_id', 'from', 'to', 'subject'], {
        message_id: field('string', 'Id of the message'),
        agent_id: field('string', 'Agent whose mailbox it is'),
        from: address,
        to: field('array', 'Who it went to', { items: address }),
        cc: field('array', 'Who got a copy', { items: address }),
        subject: field('string', 'Subject'),
        text: field('string', 'Text'),
        html: field('string', 'Text in HTML'),
        in_reply_to: field('string', 'Id of the message that it answers'),
        attachments: field('array', 'Files: name, content_type, size'),
      }),
    ),
    mailText: ['text', 'html'],
  },
];

const samples = samplesOf(eventTypes, () => ({
  payload: {
    message_id: 'msg_sample',
    agent_id: 'agt_sample',
    from: { address: 'ada@acme.example', name: 'Ada' },
    to: [{ address: 'support@mobius.example', name: 'Support' }],
    cc: [],
    subject: 'No light',
    text: 'The lights stay off.',
    attachments: [],
  },
  meta: { agent_id: 'agt_sample' },
}));

const people = (what: string): JsonSchema => listOf(what, text('E-mail address', 254, { format: 'email' }), 50);
const contents = { text: text('Text', 1_000_000), html: text('Text in HTML', 1_000_000), cc: people('Copies to') };
const agent = text('Agent whose mailbox it comes from', 64, { pattern: '^agt_[0-9A-Za-z_-]+$' });
/** No executor for them is documented: mail goes out by a connected provider. */
const planned = {
  effect: ADDS,
  risk: 'HIGH',
  runtimeState: 'PLANNED',
  gives: output(['message_id'], { message_id: field('string', 'Id of the message') }),
} as const;

const actions: readonly Action[] = [
  action('email.message.send', 'Send an e-mail', 'Sends an e-mail from an agent’s mailbox.', {
    ...planned,
    needs: { agent, to: people('To'), subject: text('Subject', 998) },
    takes: contents,
    atLeast: 4,
  }),
  action('email.message.reply', 'Reply to an e-mail', 'Answers an e-mail that came in, within its conversation.', {
    ...planned,
    needs: { message: text('Message id', 64) },
    takes: contents,
    atLeast: 2,
  }),
];

export const email: Provider = {
  id: 'email',
  displayName: 'Email',
  description: 'The mailboxes of the project’s agents: react when an e-mail comes in.',
  category: 'Email',
  docsUrl: 'https://mobiusops.ai',
  logo: 'monogram',
  endpoints: {},
  credentialEndpoints: [],
  connect: [],
  builtIn: true,
  eventTypes,
  samples,
  actions,
  references: [],
};

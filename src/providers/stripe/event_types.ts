import { eventType } from '../kit/event_type.ts';
import { field, output } from '../kit/schema.ts';
import type { EventType } from '../provider.ts';

type Of = { readonly a: string; readonly kind?: string; readonly does: string };

/** By object as its events begin: what it is, its kind in the API where that is another, and what happens to it. */
export const OBJECTS = {
  account: { a: 'The account', does: 'updated' },
  'account.external_account': {
    a: 'A bank account or card for payouts',
    kind: 'bank_account',
    does: 'created deleted updated',
  },
  balance: { a: 'The balance', does: 'available' },
  'billing_portal.session': { a: 'A session of the customer portal', does: 'created' },
  capability: { a: 'A capability of the account', does: 'updated' },
  charge: { a: 'A charge', does: 'captured expired failed pending refunded succeeded updated' },
  'charge.dispute': {
    a: 'A dispute',
    kind: 'dispute',
    does: 'closed created funds_reinstated funds_withdrawn updated',
  },
  'charge.refund': { a: 'A refund of a charge', kind: 'refund', does: 'updated' },
  'checkout.session': {
    a: 'A checkout',
    does: 'async_payment_failed async_payment_succeeded completed expired',
  },
  coupon: { a: 'A coupon', does: 'created deleted updated' },
  credit_note: { a: 'A credit note', does: 'created updated voided' },
  customer: { a: 'A customer', does: 'created deleted updated' },
  'customer.discount': { a: 'A customer’s discount', kind: 'discount', does: 'created deleted updated' },
  'customer.source': { a: 'A customer’s source of payment', kind: 'source', does: 'created deleted expiring updated' },
  'customer.subscription': {
    a: 'A subscription',
    kind: 'subscription',
    does: 'created deleted paused pending_update_applied pending_update_expired resumed trial_will_end updated',
  },
  'customer.tax_id': { a: 'A customer’s tax number', kind: 'tax_id', does: 'created deleted updated' },
  'entitlements.active_entitlement_summary': { a: 'What a customer is entitled to', does: 'updated' },
  file: { a: 'A file', does: 'created' },
  'identity.verification_session': {
    a: 'A check of somebody’s identity',
    does: 'canceled created processing redacted requires_input verified',
  },
  invoice: {
    a: 'An invoice',
    does: 'created deleted finalization_failed finalized marked_uncollectible overdue overpaid paid payment_action_required payment_failed payment_succeeded sent upcoming updated voided will_be_due',
  },
  invoice_payment: { a: 'A payment of an invoice', does: 'paid' },
  invoiceitem: { a: 'A line of an invoice to come', does: 'created deleted' },
  mandate: { a: 'A mandate', does: 'updated' },
  payment_intent: {
    a: 'A payment',
    does: 'amount_capturable_updated canceled created partially_funded payment_failed processing requires_action succeeded',
  },
  payment_link: { a: 'A payment link', does: 'created updated' },
  payment_method: { a: 'A payment method', does: 'attached automatically_updated detached updated' },
  payout: { a: 'A payout', does: 'canceled created failed paid reconciliation_completed updated' },
  person: { a: 'A person of the account', does: 'created deleted updated' },
  plan: { a: 'A plan', does: 'created deleted updated' },
  price: { a: 'A price', does: 'created deleted updated' },
  product: { a: 'A product', does: 'created deleted updated' },
  promotion_code: { a: 'A promotion code', does: 'created updated' },
  quote: { a: 'A quote', does: 'accepted canceled created finalized' },
  'radar.early_fraud_warning': { a: 'A warning of fraud', does: 'created updated' },
  refund: { a: 'A refund', does: 'created failed updated' },
  'reporting.report_run': { a: 'A report', does: 'failed succeeded' },
  review: { a: 'A review', does: 'closed opened' },
  setup_intent: {
    a: 'The setting up of a payment method',
    does: 'canceled created requires_action setup_failed succeeded',
  },
  subscription_schedule: {
    a: 'A schedule of subscriptions',
    does: 'aborted canceled completed created expiring released updated',
  },
  tax_rate: { a: 'A tax rate', does: 'created updated' },
  topup: { a: 'A top-up', does: 'canceled created failed reversed succeeded' },
  transfer: { a: 'A transfer', does: 'created reversed updated' },
} as const satisfies Readonly<Record<string, Of>>;

export const eventTypes: readonly EventType[] = Object.entries<Of>(OBJECTS).flatMap(([object, { a, does }]) =>
  does.split(' ').map(verb => {
    const type = `${object}.${verb}`;
    return eventType(`stripe.${type}`, `${a}: ${verb.replaceAll('_', ' ')}.`, payload(type));
  }),
);

/** What `data.object` is in events of that type. */
export function objectKindOf(type: string): string {
  const object = type.slice(0, type.lastIndexOf('.'));
  const known: Readonly<Record<string, Of>> = OBJECTS;
  return known[object]?.kind ?? object;
}

function payload(type: string) {
  return output(['id', 'type', 'created', 'data'], {
    id: field('string', 'Id of the event'),
    type: field('string', 'What happened', { const: type }),
    created: field('integer', 'Seconds since 1970'),
    livemode: field('boolean', 'Whether it is about real money'),
    api_version: field(['string', 'null'], 'Version the object is written in'),
    account: field('string', 'Connected account, where it happened in one'),
    data: output(['object'], {
      object: output(['object'], {
        id: field('string', 'Id of the object; an upcoming invoice has none'),
        object: field('string', 'Kind of object'),
      }),
      previous_attributes: field('object', 'Fields that changed, as they were'),
    }),
  });
}

import { action, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const id = (what: string) => text(`${what} id`, 255, { pattern: '^[A-Za-z0-9_]+$' });
const customer = picked('stripe.customer', id('Customer'));
const product = picked('stripe.product', id('Product'));
const price = picked('stripe.price', id('Price'));
const subscription = picked('stripe.subscription', id('Subscription'));
const coupon = picked('stripe.coupon', id('Coupon'));
const currency = text('Three letters of ISO 4217, lower case', 3, { pattern: '^[a-z]{3}$' });
const amount = (what: string) => integer(`${what}, in the currency’s smallest unit`, 0, 99_999_999);
const metadata: JsonSchema = {
  type: 'object',
  description: 'Values of your own by name',
  maxProperties: 50,
  additionalProperties: { type: 'string', maxLength: 500 },
};
const page = { limit: integer('Objects at most', 1, 100), starting_after: id('Last object of the page before:') };

const object = (kind: string, more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id', 'object'], {
    id: field('string', 'Id'),
    object: field('string', 'Kind of object', { const: kind }),
    ...more,
  });
const list = (of: JsonSchema) =>
  output(['data', 'has_more'], {
    data: field('array', 'The objects', { items: of }),
    has_more: field('boolean', 'Whether there are more'),
  });
const status = field(['string', 'null'], 'Status');
const aCustomer = object('customer', {
  name: field(['string', 'null'], 'Name'),
  email: field(['string', 'null'], 'E-mail'),
});
const aProduct = object('product', { name: field('string', 'Name'), active: field('boolean', 'Whether it is sold') });
const aPrice = object('price', {
  product: field('string', 'Product'),
  unit_amount: field(['integer', 'null'], 'Amount'),
});
const anInvoice = object('invoice', {
  status,
  customer: field('string', 'Customer'),
  amount_due: field('integer', 'What is to be paid'),
  hosted_invoice_url: field(['string', 'null'], 'Page where it is paid'),
});
const aPayment = object('payment_intent', {
  status,
  amount: field('integer', 'Amount'),
  currency: field('string', 'Currency'),
});
const aSubscription = object('subscription', { status, customer: field('string', 'Customer') });
const aRefund = object('refund', { status, amount: field('integer', 'Amount') });
const aCharge = object('charge', { status, amount: field('integer', 'Amount') });
const aSession = object('checkout.session', { url: field(['string', 'null'], 'Page where it is paid'), status });
const deleted = output(['id', 'deleted'], {
  id: field('string', 'Id'),
  deleted: field('boolean', 'Whether it is gone'),
});

const person = {
  name: text('Name', 256),
  email: text('E-mail address', 512, { format: 'email' }),
  phone: text('Telephone number', 20),
  description: text('Text that only you see', 5_000),
  metadata,
};
const read = (noun: string, title: string, gives: JsonSchema, needs: Parameters<typeof action>[3]['needs']) =>
  action(`stripe.${noun}.get`, `Get ${title}`, `Reads ${title}.`, { effect: READS, needs, gives });
const lists = (noun: string, title: string, of: JsonSchema, takes: Parameters<typeof action>[3]['takes'] = {}) =>
  action(`stripe.${noun}.list`, `List ${title}`, `Reads ${title}, the newest first.`, {
    effect: READS,
    takes: { ...takes, ...page },
    gives: list(of),
  });

export const actions: readonly Action[] = [
  action('stripe.customer.create', 'Create a customer', 'Makes a customer.', {
    effect: ADDS,
    takes: person,
    gives: aCustomer,
  }),
  action('stripe.customer.update', 'Update a customer', 'Changes the given fields of a customer.', {
    effect: SETS,
    needs: { customer },
    takes: person,
    atLeast: 2,
    gives: aCustomer,
  }),
  action('stripe.customer.delete', 'Delete a customer', 'Deletes a customer and ends their subscriptions.', {
    effect: REMOVES,
    needs: { customer },
    gives: deleted,
  }),
  read('customer', 'a customer', aCustomer, { customer }),
  lists('customer', 'customers', aCustomer, { email: person.email }),
  action('stripe.customer.search', 'Search customers', 'Finds customers in Stripe’s search language.', {
    effect: READS,
    needs: { query: text('For example: email:"ada@acme.example"', 1_000) },
    takes: { limit: page.limit, page: text('`next_page` of the page before', 1_000) },
    gives: list(aCustomer),
  }),
  action('stripe.product.create', 'Create a product', 'Makes something to sell.', {
    effect: ADDS,
    needs: { name: text('Name', 250) },
    takes: { description: text('Text that customers see', 5_000), active: flag('Whether it is sold'), metadata },
    gives: aProduct,
  }),
  action('stripe.product.update', 'Update a product', 'Changes the given fields of a product.', {
    effect: SETS,
    needs: { product },
    takes: { name: text('Name', 250), description: text('Text', 5_000), active: flag('Whether it is sold'), metadata },
    atLeast: 2,
    gives: aProduct,
  }),
  read('product', 'a product', aProduct, { product }),
  lists('product', 'products', aProduct, { active: flag('Only those sold, or only the others') }),
  action('stripe.price.create', 'Create a price', 'Says what a product costs, once or again and again.', {
    effect: ADDS,
    needs: { product, currency, unit_amount: amount('Price') },
    takes: {
      nickname: text('Name that only you see', 250),
      recurring: {
        type: 'object',
        description: 'For subscriptions: how often',
        additionalProperties: false,
        required: ['interval'],
        properties: {
          interval: choice('Unit', ['day', 'week', 'month', 'year']),
          interval_count: integer('Units between payments', 1, 36),
        },
      },
      metadata,
    },
    gives: aPrice,
  }),
  lists('price', 'prices', aPrice, { product, active: flag('Only those in use, or only the others') }),
  action('stripe.payment_intent.create', 'Create a payment', 'Begins a payment.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { amount: amount('What is to be paid'), currency },
    takes: {
      customer,
      payment_method: id('Payment method'),
      confirm: flag('Whether to charge at once'),
      description: text('Text', 1_000),
      receipt_email: person.email,
      metadata,
    },
    gives: aPayment,
  }),
  read('payment_intent', 'a payment', aPayment, { payment_intent: id('Payment') }),
  lists('payment_intent', 'payments', aPayment, { customer }),
  action('stripe.payment_intent.capture', 'Capture a payment', 'Takes money that was set aside.', {
    effect: SETS,
    risk: 'HIGH',
    needs: { payment_intent: id('Payment') },
    takes: { amount_to_capture: amount('How much of it') },
    gives: aPayment,
  }),
  action('stripe.payment_intent.cancel', 'Cancel a payment', 'Gives up a payment that is not made yet.', {
    effect: REMOVES,
    needs: { payment_intent: id('Payment') },
    takes: {
      cancellation_reason: choice('Why', ['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']),
    },
    gives: aPayment,
  }),
  action('stripe.refund.create', 'Refund a payment', 'Gives money back, all of it or a part.', {
    effect: ADDS,
    risk: 'CRITICAL',
    needs: { payment_intent: id('Payment') },
    takes: {
      amount: amount('How much; all of it where absent'),
      reason: choice('Why', ['duplicate', 'fraudulent', 'requested_by_customer']),
      metadata,
    },
    gives: aRefund,
  }),
  read('refund', 'a refund', aRefund, { refund: id('Refund') }),
  read('charge', 'a charge', aCharge, { charge: id('Charge') }),
  lists('charge', 'charges', aCharge, { customer }),
  action(
    'stripe.invoice_item.create',
    'Add a line to an invoice',
    'Adds a line to a draft, or to the customer’s next invoice.',
    {
      effect: ADDS,
      needs: { customer },
      takes: {
        invoice: id('Draft invoice'),
        price,
        quantity: integer('How many', 1, 999_999),
        amount: amount('In place of a price: what it costs'),
        currency,
        description: text('Text of the line', 500),
      },
      gives: object('invoiceitem'),
    },
  ),
  action('stripe.invoice.create', 'Create an invoice', 'Drafts an invoice of the customer’s open lines.', {
    effect: ADDS,
    needs: { customer },
    takes: {
      auto_advance: flag('Whether Stripe finalizes it by itself'),
      collection_method: choice('How it is paid', ['charge_automatically', 'send_invoice']),
      days_until_due: integer('Days to pay in', 1, 365),
      description: text('Text', 1_500),
      metadata,
    },
    gives: anInvoice,
  }),
  read('invoice', 'an invoice', anInvoice, { invoice: id('Invoice') }),
  lists('invoice', 'invoices', anInvoice, {
    customer,
    status: choice('Only those', ['draft', 'open', 'paid', 'uncollectible', 'void']),
  }),
  ...(
    [
      ['finalize', 'Finalize an invoice', 'Makes a draft final and numbers it.', 'MEDIUM', SETS],
      ['send', 'Send an invoice', 'Sends an invoice to the customer by e-mail, each time.', 'MEDIUM', ADDS],
      ['pay', 'Pay an invoice', 'Charges the customer for an invoice now.', 'HIGH', SETS],
      ['void', 'Void an invoice', 'Declares a final invoice void, for good.', 'HIGH', REMOVES],
    ] as const
  ).map(([verb, title, description, risk, effect]) =>
    action(`stripe.invoice.${verb}`, title, description, {
      effect,
      risk,
      needs: { invoice: id('Invoice') },
      gives: anInvoice,
    }),
  ),
  action('stripe.subscription.create', 'Create a subscription', 'Charges a customer again and again.', {
    effect: ADDS,
    risk: 'HIGH',
    needs: { customer, price },
    takes: {
      quantity: integer('How many', 1, 999_999),
      trial_period_days: integer('Days for nothing', 1, 730),
      coupon,
      cancel_at_period_end: flag('Whether it ends with the first period'),
      metadata,
    },
    gives: aSubscription,
  }),
  read('subscription', 'a subscription', aSubscription, { subscription }),
  lists('subscription', 'subscriptions', aSubscription, { customer, price }),
  action('stripe.subscription.update', 'Update a subscription', 'Changes the given fields of a subscription.', {
    effect: SETS,
    risk: 'HIGH',
    needs: { subscription },
    takes: { cancel_at_period_end: flag('Whether it ends with this period'), coupon, metadata },
    atLeast: 2,
    gives: aSubscription,
  }),
  action('stripe.subscription.cancel', 'Cancel a subscription', 'Ends a subscription now.', {
    effect: REMOVES,
    needs: { subscription },
    takes: { invoice_now: flag('Whether to bill what was used'), prorate: flag('Whether to credit what was not') },
    gives: aSubscription,
  }),
  action('stripe.checkout_session.create', 'Create a checkout', 'Makes a page where a customer pays.', {
    effect: ADDS,
    needs: {
      mode: choice('What for', ['payment', 'subscription', 'setup']),
      success_url: text('Where the customer goes then', 5_000, { format: 'uri' }),
    },
    takes: {
      customer,
      prices: picked('stripe.price', listOf('Prices, one line each', id('Price'), 20)),
      cancel_url: text('Where the customer goes who gives up', 5_000, { format: 'uri' }),
      metadata,
    },
    gives: aSession,
  }),
  read('checkout_session', 'a checkout', aSession, { session: id('Checkout session') }),
  action('stripe.payment_link.create', 'Create a payment link', 'Makes a link by which anybody can pay.', {
    effect: ADDS,
    needs: { price, quantity: integer('How many', 1, 999_999) },
    takes: { metadata },
    gives: object('payment_link', { url: field('string', 'The link') }),
  }),
  action('stripe.coupon.create', 'Create a coupon', 'Makes a discount, in percent or an amount.', {
    effect: ADDS,
    needs: { duration: choice('How long it counts', ['forever', 'once', 'repeating']) },
    takes: {
      name: text('Name', 40),
      percent_off: { type: 'number', description: 'Percent', exclusiveMinimum: 0, maximum: 100 },
      amount_off: amount('Amount'),
      currency,
      duration_in_months: integer('Months, where it repeats', 1, 120),
    },
    gives: object('coupon', { name: field(['string', 'null'], 'Name') }),
  }),
  action('stripe.promotion_code.create', 'Create a promotion code', 'Makes a code by which customers get a coupon.', {
    effect: ADDS,
    needs: { coupon },
    takes: {
      code: text('The code; made up where absent', 500),
      max_redemptions: integer('Uses at most', 1, 1_000_000),
    },
    gives: object('promotion_code', { code: field('string', 'The code') }),
  }),
  action('stripe.balance.get', 'Get the balance', 'Reads what money is there and what is on its way.', {
    effect: READS,
    gives: output(['available', 'pending'], {
      available: field('array', 'By currency: amount, currency'),
      pending: field('array', 'By currency: amount, currency'),
    }),
  }),
];

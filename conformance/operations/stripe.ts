import type { Stripe } from 'stripe';
import type { Entries } from './entry.ts';
import type { Methods } from './methods.ts';

/** Methods of the client. */
export type Operation = Methods<Omit<Stripe, 'Decimal'>, 3>;

export const operations = {
  'customer.create': 'customers.create',
  'customer.update': 'customers.update',
  'customer.delete': 'customers.del',
  'customer.get': 'customers.retrieve',
  'customer.list': 'customers.list',
  'customer.search': 'customers.search',
  'product.create': 'products.create',
  'product.update': 'products.update',
  'product.get': 'products.retrieve',
  'product.list': 'products.list',
  'price.create': 'prices.create',
  'price.list': 'prices.list',
  'payment_intent.create': 'paymentIntents.create',
  'payment_intent.get': 'paymentIntents.retrieve',
  'payment_intent.list': 'paymentIntents.list',
  'payment_intent.capture': 'paymentIntents.capture',
  'payment_intent.cancel': 'paymentIntents.cancel',
  'refund.create': 'refunds.create',
  'refund.get': 'refunds.retrieve',
  'charge.get': 'charges.retrieve',
  'charge.list': 'charges.list',
  'invoice_item.create': 'invoiceItems.create',
  'invoice.create': 'invoices.create',
  'invoice.get': 'invoices.retrieve',
  'invoice.list': 'invoices.list',
  'invoice.finalize': 'invoices.finalizeInvoice',
  'invoice.send': 'invoices.sendInvoice',
  'invoice.pay': 'invoices.pay',
  'invoice.void': 'invoices.voidInvoice',
  'subscription.create': 'subscriptions.create',
  'subscription.get': 'subscriptions.retrieve',
  'subscription.list': 'subscriptions.list',
  'subscription.update': 'subscriptions.update',
  'subscription.cancel': 'subscriptions.cancel',
  'checkout_session.create': 'checkout.sessions.create',
  'checkout_session.get': 'checkout.sessions.retrieve',
  'payment_link.create': 'paymentLinks.create',
  'coupon.create': 'coupons.create',
  'promotion_code.create': 'promotionCodes.create',
  'balance.get': 'balance.retrieve',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'customers.shout' satisfies Operation;

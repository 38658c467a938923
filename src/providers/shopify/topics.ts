/**
 * Webhook topics of API version 2026-07 by the scope that reads them: object, and what happens to it. Source: shopify.dev,
 * webhook topics, as collected by the package shopify-webhook-schemas 0.3.8 (MIT).
 */
const TOPICS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': {
    'app/': 'uninstalled scopes_update',
    'bulk_operations/': 'finish',
    // What the law has shops tell each app: privacyTopics of @shopify/shopify-api 13.1.
    'customers/': 'data_request redact',
    'domains/': 'create update destroy',
    'shop/': 'update redact',
  },
  read_orders: {
    'carts/': 'create update',
    'checkouts/': 'create update delete',
    'order_transactions/': 'create',
    'orders/':
      'create updated paid fulfilled partially_fulfilled cancelled edited delete risk_assessment_changed ' +
      'shopify_protect_eligibility_changed',
    'refunds/': 'create',
    'tender_transactions/': 'create',
  },
  read_products: {
    'collections/': 'create update delete',
    'products/': 'create update delete',
    'selling_plan_groups/': 'create update delete',
    'variants/': 'in_stock out_of_stock',
  },
  read_customers: {
    'companies/': 'create update delete',
    'company_contact_roles/': 'assign revoke',
    'company_contacts/': 'create update delete',
    'company_locations/': 'create update delete',
    'customer.': 'joined_segment left_segment tags_added tags_removed',
    'customers/': 'create update delete disable enable purchasing_summary',
    'customers_email_marketing_consent/': 'update',
    'customers_marketing_consent/': 'update',
    'segments/': 'create update delete',
  },
  read_inventory: {
    'inventory_items/': 'create update delete',
    'inventory_levels/': 'connect update disconnect',
  },
  read_draft_orders: { 'draft_orders/': 'create update delete' },
  read_discounts: { 'discounts/': 'create update delete redeemcode_added redeemcode_removed' },
  read_fulfillments: { 'fulfillments/': 'create update', 'fulfillment_events/': 'create delete' },
  read_merchant_managed_fulfillment_orders: {
    'fulfillment_holds/': 'added released',
    'fulfillment_orders/':
      'cancellation_request_accepted cancellation_request_rejected cancellation_request_submitted cancelled ' +
      'fulfillment_request_accepted fulfillment_request_rejected fulfillment_request_submitted ' +
      'fulfillment_service_failed_to_complete hold_released line_items_prepared_for_local_delivery ' +
      'line_items_prepared_for_pickup merged moved order_routing_complete placed_on_hold rescheduled ' +
      'scheduled_fulfillment_order_ready split',
  },
  read_locations: { 'locations/': 'create update delete activate deactivate' },
  read_returns: {
    'returns/': 'request approve decline cancel close reopen update process',
    'reverse_deliveries/': 'attach_deliverable',
    'reverse_fulfillment_orders/': 'dispose',
  },
  read_content: { 'metafield_definitions/': 'create update delete' },
  read_locales: { 'locales/': 'create update destroy' },
  read_markets: { 'markets/': 'create update delete' },
  read_payment_terms: { 'payment_terms/': 'create update delete', 'payment_schedules/': 'due' },
  read_publications: {
    'collection_publications/': 'create update delete',
    'product_publications/': 'create update delete',
  },
  read_product_listings: {
    'collection_listings/': 'add update remove',
    'product_listings/': 'add update remove',
  },
  read_shipping: { 'profiles/': 'create update delete', 'shipping_addresses/': 'create update' },
  read_shopify_payments_disputes: { 'disputes/': 'create update' },
  read_own_subscription_contracts: {
    'subscription_billing_attempts/': 'challenged failure success',
    'subscription_contracts/': 'activate cancel create expire fail pause update',
  },
  read_themes: { 'themes/': 'create update delete publish' },
};

export type Topic = {
  /** As the header has it: `orders/create`. */
  readonly topic: string;
  readonly scopes: readonly string[];
  readonly object: string;
  readonly verb: string;
};

export const topics: readonly Topic[] = Object.entries(TOPICS).flatMap(([scope, objects]) =>
  Object.entries(objects).flatMap(([object, verbs]) =>
    verbs.split(' ').map(verb => ({
      topic: object + verb,
      scopes: scope === '' ? [] : [scope],
      object: object.slice(0, -1),
      verb,
    })),
  ),
);

/** Names of event types have dots only. */
export function eventNameOf(topic: string): string {
  return `shopify.${topic.replaceAll('/', '.')}`;
}

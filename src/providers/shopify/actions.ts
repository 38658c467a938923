import { action, done, picked } from '../kit/action.ts';
import { ADDS, READS, REMOVES, SETS } from '../kit/effects.ts';
import { choice, field, flag, integer, listOf, output, text } from '../kit/schema.ts';
import type { Action, JsonSchema } from '../provider.ts';

const gid = (what: string) => text(`${what} id`, 128, { pattern: '^gid://shopify/[A-Za-z]+/[0-9]+$' });
const product = picked('shopify.product', gid('Product'));
const variant = picked('shopify.variant', gid('Variant'));
const collection = picked('shopify.collection', gid('Collection'));
const customer = picked('shopify.customer', gid('Customer'));
const order = picked('shopify.order', gid('Order'));
const draftOrder = picked('shopify.draft_order', gid('Draft order'));
const location = picked('shopify.location', gid('Location'));
const money = text('Amount with a point, for example 12.50', 20, { pattern: '^\\d{1,12}(\\.\\d{1,4})?$' });
const email = text('E-mail address', 254, { format: 'email' });
const tags = listOf('Tags', text('Tag', 255), 250);
const quantity = integer('How many', 1, 1_000_000);
const page = { first: integer('At most', 1, 250), after: text('`endCursor` of the page before', 512) };
const query = text('Shopify’s search, for example: status:open tag:vip', 1_000);

const object = (more: Readonly<Record<string, JsonSchema>> = {}) =>
  output(['id'], { id: field('string', 'Id'), ...more });
const list = (what: string, of: JsonSchema) =>
  output(['nodes'], {
    nodes: field('array', what, { items: of }),
    pageInfo: field('object', '`hasNextPage` and `endCursor`'),
  });
const aProduct = object({ title: field('string', 'Name'), status: field('string', 'ACTIVE, DRAFT or ARCHIVED') });
const aVariant = object({ price: field('string', 'Price'), sku: field(['string', 'null'], 'Number of yours') });
const aCollection = object({ title: field('string', 'Name') });
const aCustomer = object({
  displayName: field('string', 'Name'),
  email: field(['string', 'null'], 'Address'),
  tags: field('array', 'Tags'),
});
const anOrder = object({
  name: field('string', 'Number as people see it'),
  displayFinancialStatus: field(['string', 'null'], 'Whether it is paid'),
  displayFulfillmentStatus: field('string', 'Whether it is sent'),
  totalPriceSet: field('object', 'What is to be paid'),
});
const aDraft = object({ name: field('string', 'Number'), invoiceUrl: field(['string', 'null'], 'Where it is paid') });

const READ_PRODUCTS = ['read_products'];
const WRITE_PRODUCTS = ['write_products'];
const WRITE_ORDERS = ['write_orders'];
const WRITE_CUSTOMERS = ['write_customers'];
const WRITE_DRAFTS = ['write_draft_orders'];

const productFields = {
  description: text('Text in HTML', 65_000),
  vendor: text('Maker', 255),
  product_type: text('Kind', 255),
  status: choice('Whether it is sold', ['ACTIVE', 'DRAFT', 'ARCHIVED']),
  tags,
};
const person = {
  first_name: text('First name', 255),
  last_name: text('Last name', 255),
  phone: text('Telephone number', 32),
  note: text('Text that only you see', 5_000),
  tags,
};
const lines = listOf(
  'What is ordered',
  {
    type: 'object',
    additionalProperties: false,
    required: ['variant', 'quantity'],
    properties: { variant: gid('Variant'), quantity },
  },
  250,
);

export const actions: readonly Action[] = [
  action('shopify.product.create', 'Create a product', 'Makes a product.', {
    effect: ADDS,
    scopes: WRITE_PRODUCTS,
    needs: { title: text('Name', 255) },
    takes: productFields,
    gives: aProduct,
  }),
  action('shopify.product.update', 'Update a product', 'Changes the given fields of a product.', {
    effect: SETS,
    scopes: WRITE_PRODUCTS,
    needs: { product },
    takes: { title: text('Name', 255), ...productFields },
    atLeast: 2,
    gives: aProduct,
  }),
  action('shopify.product.get', 'Get a product', 'Reads a product with its variants.', {
    effect: READS,
    scopes: READ_PRODUCTS,
    needs: { product },
    gives: aProduct,
  }),
  action('shopify.product.list', 'Find products', 'Finds products by words and fields.', {
    effect: READS,
    scopes: READ_PRODUCTS,
    takes: { query, ...page },
    gives: list('Products', aProduct),
  }),
  action('shopify.product.delete', 'Delete a product', 'Deletes a product with its variants.', {
    effect: REMOVES,
    scopes: WRITE_PRODUCTS,
    needs: { product },
    gives: done,
  }),
  action('shopify.variant.update', 'Update a variant', 'Changes price, number or bar code of a variant.', {
    effect: SETS,
    scopes: WRITE_PRODUCTS,
    needs: { product, variant },
    takes: {
      price: money,
      compare_at_price: money,
      sku: text('Number of yours', 255),
      barcode: text('Bar code', 255),
    },
    atLeast: 3,
    gives: aVariant,
  }),
  action('shopify.variant.list', 'Find variants', 'Finds variants by words and fields.', {
    effect: READS,
    scopes: READ_PRODUCTS,
    takes: { query, ...page },
    gives: list('Variants', aVariant),
  }),
  action('shopify.collection.list', 'Find collections', 'Finds collections by words.', {
    effect: READS,
    scopes: READ_PRODUCTS,
    takes: { query, ...page },
    gives: list('Collections', aCollection),
  }),
  action('shopify.collection.create', 'Create a collection', 'Makes a collection that is filled by hand.', {
    effect: ADDS,
    scopes: WRITE_PRODUCTS,
    needs: { title: text('Name', 255) },
    takes: { description: productFields.description },
    gives: aCollection,
  }),
  action('shopify.collection.add_products', 'Add to a collection', 'Puts products into a collection.', {
    effect: SETS,
    scopes: WRITE_PRODUCTS,
    needs: { collection, products: picked('shopify.product', listOf('Products', gid('Product'), 250)) },
    gives: done,
  }),
  action('shopify.order.get', 'Get an order', 'Reads an order.', {
    effect: READS,
    scopes: ['read_orders'],
    needs: { order },
    gives: anOrder,
  }),
  action('shopify.order.list', 'Find orders', 'Finds orders of the last 60 days by words and fields.', {
    effect: READS,
    scopes: ['read_orders'],
    takes: { query, ...page },
    gives: list('Orders', anOrder),
  }),
  action('shopify.order.update', 'Update an order', 'Changes note, tags or address of an order.', {
    effect: SETS,
    scopes: WRITE_ORDERS,
    needs: { order },
    takes: { note: text('Text', 5_000), tags, email },
    atLeast: 2,
    gives: anOrder,
  }),
  action('shopify.order.cancel', 'Cancel an order', 'Cancels an order, and refunds and restocks where wanted.', {
    effect: REMOVES,
    scopes: WRITE_ORDERS,
    risk: 'CRITICAL',
    needs: {
      order,
      reason: choice('Why', ['CUSTOMER', 'DECLINED', 'FRAUD', 'INVENTORY', 'OTHER', 'STAFF']),
      refund: flag('Whether the money goes back'),
      restock: flag('Whether the goods go back into stock'),
    },
    takes: { notify_customer: flag('Whether the customer is told'), staff_note: text('Text that only you see', 255) },
    gives: done,
  }),
  action('shopify.order.close', 'Close an order', 'Puts an order away as done.', {
    effect: SETS,
    scopes: WRITE_ORDERS,
    needs: { order },
    gives: anOrder,
  }),
  action('shopify.order.mark_paid', 'Mark an order paid', 'Notes that an order was paid outside of Shopify.', {
    effect: SETS,
    scopes: WRITE_ORDERS,
    risk: 'HIGH',
    needs: { order },
    gives: anOrder,
  }),
  action('shopify.order.refund', 'Refund an order', 'Gives money back, all of it or for some lines.', {
    effect: ADDS,
    scopes: WRITE_ORDERS,
    risk: 'CRITICAL',
    needs: { order, amount: money },
    takes: { note: text('Why', 5_000), notify_customer: flag('Whether the customer is told') },
    gives: object(),
  }),
  action('shopify.order.add_tags', 'Tag an order', 'Puts tags on an order.', {
    effect: SETS,
    scopes: WRITE_ORDERS,
    needs: { order, tags },
    gives: done,
  }),
  action('shopify.fulfillment.create', 'Fulfil an order', 'Notes that goods of an order are sent.', {
    effect: ADDS,
    scopes: ['write_merchant_managed_fulfillment_orders'],
    risk: 'HIGH',
    needs: { fulfillment_order: gid('Fulfillment order') },
    takes: {
      tracking_number: text('Number by which it is followed', 255),
      tracking_company: text('Who carries it', 255),
      notify_customer: flag('Whether the customer is told'),
    },
    gives: object({ status: field('string', 'Status') }),
  }),
  action('shopify.draft_order.create', 'Draft an order', 'Makes an order that is not placed yet.', {
    effect: ADDS,
    scopes: WRITE_DRAFTS,
    needs: { lines },
    takes: { customer, email, note: text('Text', 5_000), tags },
    gives: aDraft,
  }),
  action('shopify.draft_order.send_invoice', 'Send an invoice', 'Sends the invoice of a draft order by e-mail.', {
    effect: ADDS,
    scopes: WRITE_DRAFTS,
    risk: 'HIGH',
    needs: { draft_order: draftOrder },
    takes: { email, subject: text('Subject', 255), message: text('Text', 5_000) },
    gives: aDraft,
  }),
  action('shopify.draft_order.complete', 'Place a draft order', 'Makes an order of a draft.', {
    effect: SETS,
    scopes: WRITE_DRAFTS,
    risk: 'HIGH',
    needs: { draft_order: draftOrder },
    gives: aDraft,
  }),
  action('shopify.customer.create', 'Create a customer', 'Makes a customer.', {
    effect: ADDS,
    scopes: WRITE_CUSTOMERS,
    needs: { email },
    takes: person,
    gives: aCustomer,
  }),
  action('shopify.customer.update', 'Update a customer', 'Changes the given fields of a customer.', {
    effect: SETS,
    scopes: WRITE_CUSTOMERS,
    needs: { customer },
    takes: { email, ...person },
    atLeast: 2,
    gives: aCustomer,
  }),
  action('shopify.customer.get', 'Get a customer', 'Reads a customer.', {
    effect: READS,
    scopes: ['read_customers'],
    needs: { customer },
    gives: aCustomer,
  }),
  action('shopify.customer.list', 'Find customers', 'Finds customers by words and fields.', {
    effect: READS,
    scopes: ['read_customers'],
    takes: { query, ...page },
    gives: list('Customers', aCustomer),
  }),
  action('shopify.customer.add_tags', 'Tag a customer', 'Puts tags on a customer.', {
    effect: SETS,
    scopes: WRITE_CUSTOMERS,
    needs: { customer, tags },
    gives: done,
  }),
  action('shopify.inventory.get', 'Get stock', 'Reads how many of a variant are where.', {
    effect: READS,
    scopes: ['read_inventory', 'read_products'],
    needs: { variant },
    takes: { location },
    gives: output(['nodes'], { nodes: field('array', 'By location: quantities') }),
  }),
  action('shopify.inventory.set', 'Set stock', 'Sets how many of a variant are at a location.', {
    effect: SETS,
    scopes: ['write_inventory'],
    needs: { variant, location, quantity: integer('How many', 0, 1_000_000_000) },
    takes: { reason: choice('Why', ['correction', 'cycle_count_available', 'received', 'damaged', 'other']) },
    gives: done,
  }),
  action('shopify.inventory.adjust', 'Adjust stock', 'Adds to the stock at a location, or takes from it.', {
    effect: ADDS,
    scopes: ['write_inventory'],
    needs: { variant, location, delta: integer('How many more; below zero: fewer', -1_000_000, 1_000_000) },
    takes: { reason: choice('Why', ['correction', 'received', 'damaged', 'shrinkage', 'other']) },
    gives: done,
  }),
  action('shopify.location.list', 'List locations', 'Reads where stock is kept or sold.', {
    effect: READS,
    scopes: ['read_locations'],
    takes: page,
    gives: list('Locations', object({ name: field('string', 'Name') })),
  }),
  action('shopify.discount.create_code', 'Create a discount code', 'Makes a code that takes a percentage off.', {
    effect: ADDS,
    scopes: ['write_discounts'],
    needs: {
      title: text('Name that only you see', 255),
      code: text('The code', 255),
      percentage: { type: 'number', description: 'Percent', exclusiveMinimum: 0, maximum: 100 },
    },
    takes: {
      starts_at: text('From', 40, { format: 'date-time' }),
      ends_at: text('Until', 40, { format: 'date-time' }),
      usage_limit: integer('Uses at most', 1, 1_000_000),
      once_per_customer: flag('Whether each customer may use it once only'),
    },
    gives: object(),
  }),
  action('shopify.shop.get', 'Get the shop', 'Reads name, currency and time zone of the shop.', {
    effect: READS,
    gives: output(['id', 'name'], {
      id: field('string', 'Id'),
      name: field('string', 'Name'),
      currencyCode: field('string', 'Currency'),
      ianaTimezone: field('string', 'Time zone'),
    }),
  }),
];

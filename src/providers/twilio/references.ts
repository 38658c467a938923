import { at } from '../kit/meta.ts';
import type { PageRule } from '../kit/page_rules.ts';
import { optionalString, readArray, readObject, readString } from '../kit/read.ts';
import { restLookup, segment } from '../kit/rest_lookup.ts';
import type { ProviderCall, ReferenceItem, ReferencePage, ReferenceQuery, ReferenceType } from '../provider.ts';

/** The next page's number and token, which stand in its address; the address itself is never followed. */
const nextOf = (address: unknown): string | undefined => {
  const query = new URLSearchParams((optionalString(address) ?? '').slice(0, 4_096).split('?')[1] ?? '');
  const [page, token] = [query.get('Page'), query.get('PageToken')];
  return page !== null && token !== null && /^\d{1,6}$/.test(page) ? `${page}:${token}` : undefined;
};
const asked = ({ pageSize, cursor }: ReferenceQuery, most: number) => {
  const [, Page, PageToken] = /^(\d{1,6}):(.{1,512})$/s.exec(cursor ?? '') ?? [];
  return {
    PageSize: Math.min(Math.max(1, pageSize), most),
    ...(PageToken !== undefined && { Page: Page ?? '', PageToken }),
  };
};
const pages: PageRule = {
  ask: query => asked(query, 100),
  next: ({ body }) => nextOf(at(body, 'meta', 'next_page_url')),
};

const type = { runtimeState: 'ACTIVE', source: 'PROVIDER', search: 'LOCAL', scopes: [], dependsOn: [] } as const;

const number = (node: unknown): ReferenceItem => {
  const found = readObject(node, 'incoming_phone_number');
  const value = readString(found.phone_number, 'phone_number');
  const label = optionalString(found.friendly_name) ?? value;
  return { value, label, metadata: { sid: readString(found.sid, 'sid') }, state: 'PRESENT' };
};

const numbersOf = async (call: ProviderCall, query: Readonly<Record<string, string | number>>) => {
  const sid = segment(readString(call.config.account_sid, 'account_sid'));
  const { body } = await call.fetch(`${call.endpoints.api}/Accounts/${sid}/IncomingPhoneNumbers.json`, { query });
  const items = readArray(at(body, 'incoming_phone_numbers'), 'incoming_phone_numbers').map(number);
  return { items, next: nextOf(at(body, 'next_page_uri')) };
};

async function listNumbers(call: ProviderCall, query: ReferenceQuery): Promise<ReferencePage> {
  const { items, next } = await numbersOf(call, asked(query, 1_000));
  return next === undefined ? { items } : { items, nextCursor: next };
}

const services = (endpoint: string, path: string, items: string) =>
  restLookup({
    endpoint,
    path,
    pages,
    items: [items],
    item: node => {
      const value = readString(node.sid, 'sid');
      return { value, label: optionalString(node.friendly_name) ?? value, state: 'PRESENT' };
    },
    one: sid => `${path}/${segment(sid)}`,
  });

export const references: readonly ReferenceType[] = [
  {
    ...type,
    name: 'twilio.phone_number',
    title: 'Phone number',
    description: 'A number of the account, in E.164 form.',
    list: listNumbers,
    resolve: async (call, { values }) => {
      const found = await Promise.all(
        values.map(async value => (await numbersOf(call, { PhoneNumber: value, PageSize: 50 })).items),
      );
      // The vendor also finds numbers that hold the one asked for.
      return found.flatMap((items, index) => items.filter(({ value }) => value === values[index]).slice(0, 1));
    },
  },
  {
    ...type,
    name: 'twilio.messaging_service',
    title: 'Messaging service',
    description: 'A service that chooses the number a message comes from.',
    ...services('messaging', '/Services', 'services'),
  },
  {
    ...type,
    name: 'twilio.verify_service',
    title: 'Verify service',
    description: 'A service that sends and checks codes.',
    ...services('verify', '/Services', 'services'),
  },
  {
    ...type,
    name: 'twilio.content_template',
    title: 'Content template',
    description: 'A prepared message, with places to fill in.',
    ...services('content', '/Content', 'contents'),
  },
];

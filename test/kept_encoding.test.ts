import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { ActionSchema, ProviderSchema } from '../gen/mobius/integrations/v1/catalog_pb.js';
import {
  ListActionsResponseSchema,
  ListProvidersResponseSchema,
} from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { encodeParts, keepEncoding } from '../src/rpc/kept_encoding.ts';

const action = (name: string) =>
  keepEncoding(create(ActionSchema, { name, title: 'Title', inputSchema: { type: 'object', required: ['a'] } }));
const bytesOf = (parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts);

test('a list of kept messages reads as the message that it is, and the same the second time', () => {
  const message = create(ListActionsResponseSchema, { actions: [action('a.b'), action('c.d')], nextPageToken: 'next' });
  for (let i = 0; i < 2; i++) {
    expect(fromBinary(ListActionsResponseSchema, bytesOf(encodeParts(ListActionsResponseSchema, message)))).toEqual(
      fromBinary(ListActionsResponseSchema, toBinary(ListActionsResponseSchema, message)),
    );
  }
});

test('a kept message within others is found, and the same one under another number is encoded for it', () => {
  const kept = action('a.b');
  const provider = create(ProviderSchema, { id: 'slack', actions: [kept], causes: [{ message: 'why' }] });
  const message = create(ListProvidersResponseSchema, {
    providers: [provider, create(ProviderSchema, { id: 'bare' })],
  });
  const alone = create(ListActionsResponseSchema, { actions: [kept] });
  for (const [schema, one] of [
    [ListProvidersResponseSchema, message],
    [ListActionsResponseSchema, alone],
    [ListProvidersResponseSchema, message],
  ] as const) {
    expect(fromBinary(schema, bytesOf(encodeParts(schema, one)))).toEqual(fromBinary(schema, toBinary(schema, one)));
  }
});

test('a message without kept ones is one part', () => {
  const message = create(ListActionsResponseSchema, { actions: [create(ActionSchema, { name: 'a.b' })] });
  expect(encodeParts(ListActionsResponseSchema, message)).toEqual([toBinary(ListActionsResponseSchema, message)]);
});

import { create, type DescMessage, fromBinary, type Message, toBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { ActionSchema, ProviderSchema } from '../gen/mobius/integrations/v1/catalog_pb.js';
import {
  ListActionsResponseSchema,
  ListProvidersResponseSchema,
} from '../gen/mobius/integrations/v1/catalog_service_pb.js';
import { Readiness } from '../gen/mobius/integrations/v1/readiness_pb.js';
import { encodeParts, sizeOf, withPieces } from '../src/rpc/kept_encoding.ts';

/** In two pieces, as the catalog makes them: what the manifest says, and the readiness. */
const action = (name: string, title = 'Title') => {
  const facts = create(ActionSchema, { name, title, inputSchema: { type: 'object', required: ['a'] } });
  const standing = create(ActionSchema, { readiness: Readiness.NEEDS_SETUP, causes: [{ message: 'why' }] });
  const { readiness, causes } = standing;
  const pieces = [toBinary(ActionSchema, facts), toBinary(ActionSchema, standing)];
  return withPieces({ ...facts, readiness, causes }, pieces);
};

function readsTheSame(schema: DescMessage, message: Message): void {
  const parts = encodeParts(schema, message);
  const whole = toBinary(schema, message);
  expect(fromBinary(schema, Buffer.concat(parts))).toEqual(fromBinary(schema, whole));
  expect(sizeOf(parts)).toBe(whole.byteLength);
}

test('a list of messages in pieces reads as the messages that they are', () => {
  const long = action('e.f', 'T'.repeat(40_000));
  const message = { actions: [action('a.b'), long, action('c.d')], nextPageToken: 'next' };
  readsTheSame(ListActionsResponseSchema, create(ListActionsResponseSchema, message));
});

test('messages in pieces within others are found, under whatever number', () => {
  const kept = action('a.b');
  const provider = create(ProviderSchema, { id: 'slack', actions: [kept], causes: [{ message: 'why' }] });
  const providers = [provider, create(ProviderSchema, { id: 'bare' })];
  readsTheSame(ListProvidersResponseSchema, create(ListProvidersResponseSchema, { providers }));
  readsTheSame(ListActionsResponseSchema, create(ListActionsResponseSchema, { actions: [kept] }));
});

test('a message without any in pieces is one part', () => {
  const message = create(ListActionsResponseSchema, { actions: [create(ActionSchema, { name: 'a.b' })] });
  expect(encodeParts(ListActionsResponseSchema, message)).toEqual([toBinary(ListActionsResponseSchema, message)]);
});

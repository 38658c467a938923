import { readdirSync } from 'node:fs';
import type { DescField, DescFile, DescMessage, DescMethod } from '@bufbuild/protobuf';
import { FieldOptionsSchema } from '@bufbuild/protobuf/wkt';

/** The contract as it is generated: every service, method and message of ours. */

const gen = new URL('../gen/mobius/integrations/', import.meta.url);
const files: DescFile[] = [];
for (const name of readdirSync(gen, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('_pb.js'))) {
  const module: Record<string, unknown> = await import(new URL(name, gen).href);
  files.push(
    ...(Object.entries(module).flatMap(([key, value]) => (key.startsWith('file_') ? [value] : [])) as DescFile[]),
  );
}
export const services = files.flatMap(file => file.services);
export const methods = services.flatMap(service => service.methods);
export const messages = files.flatMap(file => file.messages);
export const isPublic = (method: DescMethod) => method.parent.file.proto.package === 'mobius.integrations.v1';
export const nameOf = (method: DescMethod) => `${method.parent.name}.${method.name}`;

export function isRedacted(field: DescField): boolean {
  return field.proto.options?.$typeName === FieldOptionsSchema.typeName && field.proto.options.debugRedact === true;
}

/** These messages and every message of ours in their fields. */
export function reachable(roots: DescMessage[]): DescMessage[] {
  const seen = new Set<DescMessage>();
  const visit = (message: DescMessage) => {
    if (seen.has(message) || !message.typeName.startsWith('mobius.')) return;
    seen.add(message);
    for (const field of message.fields) if (field.message) visit(field.message);
  };
  roots.forEach(visit);
  return [...seen];
}

// A plugin of buf generate: writes comments.json, the comments of the public contract by full name, because generated
// descriptors keep none. describeOpenApi takes them.
import { readFileSync, writeFileSync } from 'node:fs';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  CodeGeneratorRequestSchema,
  CodeGeneratorResponse_Feature,
  CodeGeneratorResponseSchema,
  type DescriptorProto,
  Edition,
  type EnumDescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

// Field numbers of descriptor.proto, of which the paths of source locations consist.
const inFile = { messages: 4, enums: 5, services: 6 };
const inMessage = { fields: 2, nested: 3, enums: 4 };
const inService = { methods: 2 };
const inEnum = { values: 2 };

function* names(file: FileDescriptorProto): Generator<[path: string, name: string]> {
  const at = (path: number[], name: string): [string, string] => [path.join('.'), name];
  function* ofEnum(desc: EnumDescriptorProto, path: number[], name: string): Generator<[string, string]> {
    yield at(path, name);
    for (const [i, v] of desc.value.entries()) yield at([...path, inEnum.values, i], `${name}.${v.name}`);
  }
  function* ofMessage(desc: DescriptorProto, path: number[], name: string): Generator<[string, string]> {
    yield at(path, name);
    for (const [i, f] of desc.field.entries()) yield at([...path, inMessage.fields, i], `${name}.${f.name}`);
    for (const [i, m] of desc.nestedType.entries())
      yield* ofMessage(m, [...path, inMessage.nested, i], `${name}.${m.name}`);
    for (const [i, e] of desc.enumType.entries()) yield* ofEnum(e, [...path, inMessage.enums, i], `${name}.${e.name}`);
  }
  const scope = file.package;
  for (const [i, m] of file.messageType.entries()) yield* ofMessage(m, [inFile.messages, i], `${scope}.${m.name}`);
  for (const [i, e] of file.enumType.entries()) yield* ofEnum(e, [inFile.enums, i], `${scope}.${e.name}`);
  for (const [i, s] of file.service.entries()) {
    yield at([inFile.services, i], `${scope}.${s.name}`);
    for (const [n, m] of s.method.entries())
      yield at([inFile.services, i, inService.methods, n], `${scope}.${s.name}.${m.name}`);
  }
}

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
const comments: Record<string, string> = {};
const contract = request.protoFile.filter(f => f.package === 'mobius.integrations.v1');
for (const file of contract) {
  const texts = new Map(file.sourceCodeInfo?.location.map(l => [l.path.join('.'), l.leadingComments]));
  for (const [path, name] of names(file)) {
    const text = texts.get(path)?.replace(/^ /gm, '').trim();
    if (text) comments[name] = text;
  }
}
const response = create(CodeGeneratorResponseSchema, {
  supportedFeatures: BigInt(
    CodeGeneratorResponse_Feature.PROTO3_OPTIONAL | CodeGeneratorResponse_Feature.SUPPORTS_EDITIONS,
  ),
  minimumEdition: Edition.EDITION_PROTO2,
  maximumEdition: Edition.EDITION_2024,
  // It is asked once an input, and the last answer stands: an input that is not the contract says nothing.
  file: contract.length > 0 ? [{ name: 'comments.json', content: `${JSON.stringify(comments, null, 1)}\n` }] : [],
});
writeFileSync(1, toBinary(CodeGeneratorResponseSchema, response));

import { type DescExtension, type DescFile, type DescMessage, type DescService, toBinary } from '@bufbuild/protobuf';
import { nestedTypes } from '@bufbuild/protobuf/reflect';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectRouter } from '@connectrpc/connect';
import {
  type ServerReflectionRequest,
  ServerReflection as ServerReflectionV1,
} from '../../gen/grpc/reflection/v1/reflection_pb.js';
import {
  type ServerReflectionRequest as ServerReflectionRequestV1alpha,
  ServerReflection as ServerReflectionV1alpha,
} from '../../gen/grpc/reflection/v1alpha/reflection_pb.js';

type Question = (ServerReflectionRequest | ServerReflectionRequestV1alpha)['messageRequest'];
type Answer =
  | { case: 'fileDescriptorResponse'; value: { fileDescriptorProto: Uint8Array[] } }
  | { case: 'allExtensionNumbersResponse'; value: { baseTypeName: string; extensionNumber: number[] } }
  | { case: 'listServicesResponse'; value: { service: { name: string }[] } }
  | { case: 'errorResponse'; value: { errorCode: number; errorMessage: string } };

/**
 * Registers gRPC server reflection, v1 and v1alpha. Only `services` are listed, and only files they reach are answered,
 * so that a listener never shows a package it does not serve.
 */
export function serveReflection(router: ConnectRouter, services: readonly DescService[]): void {
  const index = indexFiles(services);
  const answer = (question: Question) => answerQuestion(index, question);
  router.service(ServerReflectionV1, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
      }
    },
  });
  router.service(ServerReflectionV1alpha, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
      }
    },
  });
}

type FileIndex = {
  services: string[];
  byName: Map<string, DescFile>;
  bySymbol: Map<string, DescFile>;
  extensions: Map<string, Map<number, DescExtension>>;
};

function answerQuestion(index: FileIndex, question: Question): Answer {
  switch (question.case) {
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: index.services.map(name => ({ name })) } };
    case 'fileByFilename':
      return withImports(index.byName.get(question.value), 'file');
    case 'fileContainingSymbol':
      return withImports(index.bySymbol.get(question.value.replace(/^\./, '')), 'symbol');
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = question.value;
      return withImports(index.extensions.get(containingType)?.get(extensionNumber)?.file, 'extension');
    }
    case 'allExtensionNumbersOfType': {
      const numbers = index.extensions.get(question.value);
      if (numbers === undefined && !index.bySymbol.has(question.value)) return notFound('type');
      const extensionNumber = [...(numbers?.keys() ?? [])];
      return { case: 'allExtensionNumbersResponse', value: { baseTypeName: question.value, extensionNumber } };
    }
    default:
      return failed(Code.InvalidArgument, 'the request asks nothing');
  }
}

function withImports(file: DescFile | undefined, what: string): Answer {
  if (file === undefined) return notFound(what);
  const fileDescriptorProto = [...reach([file])].map(f => toBinary(FileDescriptorProtoSchema, f.proto));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

const notFound = (what: string): Answer => failed(Code.NotFound, `this server has no such ${what}`);
const failed = (errorCode: Code, errorMessage: string): Answer => ({
  case: 'errorResponse',
  value: { errorCode, errorMessage },
});

function indexFiles(services: readonly DescService[]): FileIndex {
  const index: FileIndex = {
    services: services.map(s => s.typeName).sort(),
    byName: new Map(),
    bySymbol: new Map(),
    extensions: new Map(),
  };
  for (const file of reach(services.map(s => s.file))) {
    index.byName.set(file.proto.name, file);
    for (const type of nestedTypes(file)) {
      index.bySymbol.set(type.typeName, file);
      for (const member of memberNames(type)) index.bySymbol.set(member, file);
      if (type.kind === 'extension') addExtension(index, type);
    }
  }
  return index;
}

function addExtension(index: FileIndex, extension: DescExtension) {
  const extendee = extension.extendee.typeName;
  const known = index.extensions.get(extendee) ?? new Map<number, DescExtension>();
  index.extensions.set(extendee, known.set(extension.number, extension));
}

function memberNames(type: ReturnType<typeof nestedTypes> extends Iterable<infer T> ? T : never): string[] {
  switch (type.kind) {
    case 'message':
      return messageMembers(type);
    case 'service':
      return type.methods.map(m => `${type.typeName}.${m.name}`);
    case 'enum': {
      // Enum values are siblings of their enum in Protobuf's scoping.
      const scope = type.typeName.slice(0, -type.name.length);
      return type.values.map(v => scope + v.name);
    }
    default:
      return [];
  }
}

const messageMembers = (message: DescMessage) => [
  ...message.fields.map(f => `${message.typeName}.${f.name}`),
  ...message.oneofs.map(o => `${message.typeName}.${o.name}`),
];

/** The files themselves, then everything they import, each once. */
function reach(files: readonly DescFile[]): Set<DescFile> {
  const seen = new Set(files);
  for (const file of seen) for (const dependency of file.dependencies) seen.add(dependency);
  return seen;
}

// What callers of the service import: `import { CredentialService } from '@mobius/integrations/contract'`.

export {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from './gen/google/rpc/error_details_pb.js';
export * from './gen/mobius/integrations/internal/v1/credential_pb.js';
export * from './gen/mobius/integrations/internal/v1/credential_service_pb.js';
export * from './gen/mobius/integrations/internal/v1/reference_feed_service_pb.js';
export * from './gen/mobius/integrations/internal/v1/source_event_pb.js';
export * from './gen/mobius/integrations/internal/v1/source_event_service_pb.js';
export * from './gen/mobius/integrations/internal/v1/vault_service_pb.js';
export * from './gen/mobius/integrations/v1/audit_pb.js';
export * from './gen/mobius/integrations/v1/audit_service_pb.js';
export * from './gen/mobius/integrations/v1/catalog_pb.js';
export * from './gen/mobius/integrations/v1/catalog_service_pb.js';
export * from './gen/mobius/integrations/v1/error_pb.js';
export * from './gen/mobius/integrations/v1/event_pb.js';
export * from './gen/mobius/integrations/v1/event_service_pb.js';
export * from './gen/mobius/integrations/v1/integration_pb.js';
export * from './gen/mobius/integrations/v1/integration_service_pb.js';
export * from './gen/mobius/integrations/v1/readiness_pb.js';
export * from './gen/mobius/integrations/v1/reference_pb.js';
export * from './gen/mobius/integrations/v1/reference_service_pb.js';

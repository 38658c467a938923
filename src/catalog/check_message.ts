import type { MessageInitShape } from '@bufbuild/protobuf';
import {
  type CheckActionInputsResponseSchema,
  InputFindingKind,
} from '../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { Readiness } from '../../gen/mobius/integrations/v1/readiness_pb.js';
import { ReferenceState } from '../../gen/mobius/integrations/v1/reference_pb.js';
import type { InputCheck } from './check.ts';
import { causeMessage } from './message.ts';

export function inputCheckMessage(check: InputCheck): MessageInitShape<typeof CheckActionInputsResponseSchema> {
  return {
    valid: check.isValid,
    findings: check.findings.map(({ field, kind, message, referenceType, referenceState }) => ({
      inputField: field,
      kind: InputFindingKind[kind],
      message,
      referenceType: referenceType ?? '',
      referenceState: referenceState === undefined ? ReferenceState.UNSPECIFIED : ReferenceState[referenceState],
    })),
    readiness: Readiness[check.readiness],
    causes: check.causes.map(causeMessage),
    integrationId: check.integrationId ?? '',
  };
}

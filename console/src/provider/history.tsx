import { useQuery } from '@connectrpc/connect-query';
import type { CredentialVersion } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { CredentialSlot, CredentialState } from '../../../gen/mobius/integrations/v1/integration_pb.js';
import { IntegrationService } from '../../../gen/mobius/integrations/v1/integration_service_pb.js';
import { Badge } from '../parts/badge.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { type Columns, DataTable } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { credentialStateWord, slotWord } from '../words/integration.ts';

const columns: Columns<CredentialVersion> = [
  { id: 'version', header: 'Version', cell: ({ row: { original: v } }) => `${slotWord(v.slot)} ${v.version}` },
  {
    id: 'state',
    header: 'State',
    cell: ({ row: { original: v } }) => {
      const word = credentialStateWord(v.state);
      return <Badge tone={word.tone}>{word.text}</Badge>;
    },
  },
  { id: 'since', header: 'Current since', cell: ({ row: { original: v } }) => <Time at={v.createTime} /> },
  {
    id: 'end',
    header: 'Overlap ends',
    cell: ({ row: { original: v } }) => (v.state === CredentialState.CURRENT ? '' : <Time at={v.destroyTime} />),
  },
  { id: 'by', header: 'Brought by', cell: ({ row: { original: v } }) => v.createdBy },
  {
    id: 'fingerprint',
    header: 'Fingerprint',
    cell: ({ row: { original: v } }) => <code title={v.fingerprint}>{v.fingerprint.slice(0, 10)}</code>,
  },
  {
    id: 'late',
    header: 'Deliveries on the old one',
    cell: ({ row: { original: v } }) =>
      v.slot === CredentialSlot.WEBHOOK_SECRET && v.state !== CredentialState.CURRENT ? v.overlapDeliveryCount : '',
  },
];

/** Every secret the integration had: when, by whom, and whether it is gone. Never the secret. */
export function History({ project, integration }: { readonly project: string; readonly integration: string }) {
  const query = useQuery(IntegrationService.method.getIntegration, {
    project,
    integration,
    includeCredentialVersions: true,
  });
  return (
    <Loaded query={query} what="The history" rows={2}>
      {({ credentialVersions: versions }) =>
        versions.length === 0 ? (
          <Empty title="No credential yet" />
        ) : (
          <DataTable
            label="Credential history"
            columns={versions.some(v => v.slot === CredentialSlot.WEBHOOK_SECRET) ? columns : columns.slice(0, -1)}
            rows={versions}
            rowId={v => `${v.slot}-${v.version}`}
          />
        )
      }
    </Loaded>
  );
}

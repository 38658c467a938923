import { callers } from '../../dev/certificates.ts';
import { check, noted, type Step } from '../step.ts';

type Row = { caller: string; purpose: string; run_id: string; lease_id: string; outcome: string; resource: string };

export const auditTells: Step = {
  title: 'the audit list shows who resolved what and why',
  async show(stage) {
    const command = stage.mobius('audit', 'list', '--action', 'credential.resolve', '--json');
    const status = await command.ended;
    check(status === 0, `mobius ended with ${status}: ${command.stderr()}`);
    const { records = [] } = JSON.parse(command.stdout()) as { records?: Row[] };
    const record = records.find(({ lease_id }) => lease_id === noted(stage, 'lease'));
    check(record !== undefined, 'the resolve is not among the records');
    check(record.caller === callers.executor, `the caller is ${record.caller}`);
    check(record.resource === noted(stage, 'slack'), `the resource is ${record.resource}`);
    check(record.purpose === 'slack.message.post', `the purpose is ${record.purpose}`);
    check(record.run_id === noted(stage, 'run'), `the run is ${record.run_id}`);
    check(record.outcome === 'AUDIT_OUTCOME_SUCCEEDED', `the outcome is ${record.outcome}`);
    return `${record.caller} resolved ${record.resource} for ${record.purpose} in ${record.run_id}`;
  },
};

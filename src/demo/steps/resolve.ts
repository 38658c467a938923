import { CredentialService } from '../../../gen/mobius/integrations/internal/v1/credential_service_pb.js';
import type { Stage } from '../stage.ts';
import { check, noted, refusalOf, type Step } from '../step.ts';

const purpose = 'slack.message.post';

export const messagePosted: Step = {
  title: "the executor's certificate resolves the Slack credential and posts a message with it to the sandbox",
  async show(stage) {
    const channel = noted(stage, 'channel');
    const [text, runId] = [`deployed at ${new Date().toISOString()}`, 'run-demo-1'];
    const runner = stage.example('action-runner', channel, text, runId);
    const status = await runner.ended;
    check(status === 0, `the action runner ended with ${status}: ${runner.stderr()}`);
    const { posted, lease } = JSON.parse(runner.stdout()) as { posted: string; lease: string };
    const messages = await stage.sandbox.slackMessages(channel);
    check(
      messages.some(message => message.text === text && message.ts === posted),
      'the message is not in the channel',
    );
    stage.notes.set('lease', lease);
    stage.notes.set('run', runId);
    return `message ${posted} in ${channel} under ${lease} for ${runId}`;
  },
};

export const strangerRefused: Step = {
  title: "the stranger's certificate is refused",
  async show(stage) {
    const { code, reason } = await refusalOf(resolveWith(stage, 'stranger'));
    check(code === 'PermissionDenied' && reason === 'PERMISSION_MISSING', `the answer is ${code} ${reason}`);
    const nobody = await refusalOf(resolveWith(stage, undefined));
    check(nobody.reason === '', `without a certificate the service itself answered ${nobody.reason}`);
    return `${reason}; without any certificate the handshake fails`;
  },
};

export const unknownOutside: Step = {
  title: 'rpc does not know CredentialService',
  async show({ clients, project }) {
    const target = { case: 'provider', value: 'slack' } as const;
    const wish = { project, target, purpose, runId: 'run-demo-2' };
    const answers: string[] = [];
    for (const listener of ['rpc', 'edge'] as const) {
      const { code } = await refusalOf(clients[listener](CredentialService).resolveCredential(wish));
      check(code === 'Unimplemented', `${listener} answered ${code}`);
      answers.push(`${listener} UNIMPLEMENTED`);
    }
    return `${answers.join(', ')}, with a manager's token`;
  },
};

function resolveWith({ clients, project }: Stage, caller: 'stranger' | undefined): Promise<unknown> {
  return clients.internal(CredentialService, caller).resolveCredential({
    project,
    target: { case: 'provider', value: 'slack' },
    purpose,
    runId: 'run-demo-3',
  });
}

import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { startWorld } from './world.ts';
test('prompt', async () => {
  const world = await startWorld();
  const py = `
import pty, os, sys, time, select
pid, fd = pty.fork()
if pid == 0:
    os.execv('/work/main/bin/mobius', ['mobius','integrations','connect','linear','--auth-kind','api_key'])
out=b''
sent=False
while True:
    try:
        d=os.read(fd,4096)
    except OSError: break
    if not d: break
    out+=d
    if b': ' in out and not sent:
        sent=True
        os.write(fd,(os.environ['KEY']+'\\n').encode())
_,st=os.waitpid(pid,0)
sys.stdout.write(out.decode()+'\\nSTATUS %d\\n'%os.waitstatus_to_exitcode(st))
`;
  const child = spawn('python3', ['-c', py], { env: { PATH: process.env.PATH!, KEY: world.seeds.linear.apiKey, MOBIUS_PROJECT: 'p1', MOBIUS_RPC_ADDR: world.service.addresses.rpc, MOBIUS_TOKEN: await world.token() } });
  let out = '';
  child.stdout.on('data', d => { out += d; });
  child.stderr.on('data', d => { out += d; });
  await new Promise(r => child.once('close', r));
  console.log(out.replaceAll(world.seeds.linear.apiKey, 'LEAKED'));
  expect(out).toContain('STATUS 0');
  expect(out).not.toContain(world.seeds.linear.apiKey);
  await world.stop();
});

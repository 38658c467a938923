import type { Action } from '../../../gen/mobius/integrations/v1/catalog_pb.js';
import { CatalogService } from '../../../gen/mobius/integrations/v1/catalog_service_pb.js';
import { Readiness, ReadinessCause, RuntimeState } from '../../../gen/mobius/integrations/v1/readiness_pb.js';
import { check, type Step } from '../step.ts';

const connected = ['slack', 'google_sheets', 'github', 'linear', 'clay', 'openai', 'table'];

export const actionReadiness: Step = {
  title: 'actions READY where connected and NEEDS_SETUP with the cause where not',
  async show({ clients, project }) {
    const actions: Action[] = [];
    for (let pageToken = ''; ; ) {
      const page = await clients.rpc(CatalogService).listActions({ project, pageSize: 200, pageToken });
      actions.push(...page.actions);
      pageToken = page.nextPageToken;
      if (pageToken === '') break;
    }
    const runnable = actions.filter(({ runtimeState }) => runtimeState === RuntimeState.ACTIVE);
    const post = runnable.find(({ name }) => name === 'slack.message.post');
    check(post?.readiness === Readiness.READY, `slack.message.post is ${Readiness[post?.readiness ?? 0]}`);
    for (const { name, provider, readiness, causes } of runnable) {
      const missing = causes.map(({ cause }) => cause);
      if (connected.includes(provider)) {
        // Connected with the default scopes: an action that needs more says which, and nothing else.
        const isReady = readiness === Readiness.READY || missing.every(cause => cause === ReadinessCause.SCOPE_MISSING);
        check(isReady, `${name} is ${Readiness[readiness]} by ${missing.map(cause => ReadinessCause[cause])}`);
      } else {
        check(readiness === Readiness.NEEDS_SETUP, `${name} is ${Readiness[readiness]}`);
        check(missing.includes(ReadinessCause.NOT_CONFIGURED), `${name} does not say NOT_CONFIGURED`);
        check(causes[0]?.fix?.method.endsWith('/ConnectProvider'), `${name} does not say how to mend it`);
      }
    }
    const planned = actions.filter(({ runtimeState }) => runtimeState === RuntimeState.PLANNED);
    check(
      planned.every(({ readiness }) => readiness !== Readiness.READY),
      'a planned action is READY',
    );
    const count = (wanted: Readiness): number => runnable.filter(({ readiness }) => readiness === wanted).length;
    const unconnected = [...new Set(runnable.map(({ provider }) => provider))].filter(id => !connected.includes(id));
    check(unconnected.length > 0 && count(Readiness.READY) > 0, 'one of the two kinds is not there');
    return `${count(Readiness.READY)} READY, ${count(Readiness.NEEDS_SETUP)} NEEDS_SETUP (${unconnected.length} providers NOT_CONFIGURED), ${planned.length} planned`;
  },
};

import type { Answers } from '../answers.ts';
import { endpointsOf } from '../endpoints.ts';
import { constantOf } from '../ids.ts';
import { literal, when, withImports } from '../text.ts';

/** `index.ts`: the manifest. */
export function manifestFile(answers: Answers): string {
  const { id, oauth, key, basic, webhook, action, reference } = answers;
  const isAppSigned = webhook?.secret === 'PLATFORM_APP';
  const ways = [oauth && 'oauth', key && 'apiKey', basic && 'basicAuth'].filter(way => way !== undefined);
  return withImports(
    `
export const ${constantOf(id)}: Provider = {
  id: ${literal(id)},
  displayName: ${literal(answers.displayName)},
  description: ${literal(answers.description)},
  category: ${literal(answers.category)},
  docsUrl: ${literal(answers.docsUrl)},
  logo: ${literal(answers.logo)},
  endpoints: ${JSON.stringify(endpointsOf(answers))},
  credentialEndpoints: ["api"],
  ${when(oauth !== undefined || isAppSigned, `app: { schema: ${appForm(oauth !== undefined, isAppSigned)} },`)}
  connect: [${ways.join(', ')}],
  ${when(webhook !== undefined, 'webhook,')}
  ${webhook === undefined ? 'eventTypes: [],' : 'eventTypes, samples,'}
  ${action === undefined ? 'actions: [],' : 'actions,'}
  ${reference === undefined ? 'references: [],' : 'references,'}
};
`,
    {
      '../kit/form.ts': ['form', 'oauthApp', 'secretField'],
      '../provider.ts': ['type Provider'],
      './actions.ts': ['actions'],
      './auth.ts': ways,
      './events.ts': ['eventTypes', 'samples', 'webhook'],
      './references.ts': ['references'],
    },
  );
}

function appForm(isOAuth: boolean, isAppSigned: boolean): string {
  const signing = `{ signing_secret: secretField("Signing secret", "What the app’s webhooks are signed with") }`;
  if (!isOAuth) return `form(["signing_secret"], ${signing})`;
  return isAppSigned ? `oauthApp("OAuth app", ${signing}, ["signing_secret"])` : 'oauthApp("OAuth app")';
}

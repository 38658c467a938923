import type { Answers } from '../answers.ts';
import { literal } from '../text.ts';

/** `fixtures/cases.ts`: what only the vendor's documentation tells. Until it is filled in, the suite fails and says with what. */
export function fixturesFile(answers: Answers): string {
  const { webhook } = answers;
  return `import type { ProviderCases } from "../../../../test/provider-cases.ts";
import { unfilled } from "../../../../test/unfilled.ts";

/** What the vendor publishes, copied from its documentation, with ids, names and keys of nobody. */
export const cases: ProviderCases = {
  documented: [
    ${documentedOf(answers).join('\n    ')}
  ],
  ${webhook === undefined ? '' : publishedOf(webhook.timestamp !== '')}
};
`;
}

const page = (what: string): string => unfilled(`address of the page of the documentation that shows ${what}`);
const unfilled = (what: string): string => `unfilled(${literal(what)})`;

function documentedOf({ id, identity, oauth, webhook, action, reference }: Answers): readonly string[] {
  const entries = [
    `{
      of: "identity",
      source: ${page(`the answer of ${identity.path}`)},
      answer: ${unfilled('that answer, whole, as a value')},
      account: ${unfilled('the { id, label } of the account that the answer tells of')},
    },`,
  ];
  if (oauth !== undefined) {
    entries.push(`{
      of: "token",
      source: ${page('what the token URL answers to a code')},
      answer: ${unfilled('that answer, whole, as a value')},
      accessToken: ${unfilled('the access token in it')},
    },`);
  }
  if (webhook !== undefined) {
    const whose = webhook.secret === 'PLATFORM_APP' ? `accountId: ${unfilled('the id of the account it is of')},` : '';
    entries.push(`{
      of: "delivery",
      source: ${page(`a delivery of ${webhook.event.kind}`)},
      body: ${unfilled('its body, whole, as a value')},
      eventType: ${literal(`${id}.${webhook.event.name}`)},
      ${whose}
    },`);
  }
  if (reference !== undefined) {
    const link = reference.paging === 'link' ? `headers: ${unfilled('{ link: the Link header beside it }')},` : '';
    entries.push(`{
      of: "page",
      source: ${page(`the answer of ${reference.path}`)},
      type: ${literal(`${id}.${reference.noun}`)},
      answer: ${unfilled('that answer, whole, as a value')},
      items: ${unfilled('[{ value, label }, …] of all that it lists, in order: id and name')},
      isLast: ${unfilled('whether that answer is the last page: true or false')},
      ${link}
    },`);
  }
  if (action !== undefined) {
    entries.push(`{
      of: "action",
      source: ${page(`the answer to what ${id}.${action.name} does`)},
      action: ${literal(`${id}.${action.name}`)},
      answer: ${unfilled('that answer, whole, as a value')},
    },`);
  }
  return entries;
}

function publishedOf(isTimed: boolean): string {
  const timestamp = isTimed
    ? ''
    : `timestamp: ${unfilled('by what a repeat is told, since the vendor signs no time: "<Vendor> signs the body alone; …"')},`;
  return `published: [
    {
      name: "signature",
      suffix: "",
      secret: ${unfilled('the signing secret of an example in the documentation; where it shows none, remove `published` and say so in exceptions.published')},
      at: ${unfilled('new Date(…): when that example was signed; any, where no time is signed')},
      headers: ${unfilled('its headers, names in lower case')},
      body: ${unfilled('its body, byte for byte, as text')},
    },
  ],
  ${timestamp === '' ? '' : `exceptions: { ${timestamp} },`}`;
}

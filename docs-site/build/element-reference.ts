/** A page for each element, from `dist/custom-elements.json`: the doc comments, as they are. */
import { readFileSync } from 'node:fs';
import { code, table, withoutTags } from './reference-page.ts';
import type { ReferencePage } from './reference-page.ts';

interface Named {
  readonly name?: string;
  readonly description?: string;
  readonly default?: string;
}

interface Typed extends Named {
  readonly type?: { readonly text: string };
}

interface Member extends Typed {
  readonly kind: 'field' | 'method';
  readonly attribute?: string;
  readonly privacy?: string;
  readonly static?: boolean;
  readonly readonly?: boolean;
  readonly inheritedFrom?: unknown;
  readonly parameters?: readonly Typed[];
  readonly return?: { readonly type: { readonly text: string } };
}

interface Attribute extends Typed {
  /** The property that it sets; none for what only the element itself reads. */
  readonly fieldName?: string;
}

interface Declaration {
  readonly name: string;
  readonly tagName?: string;
  readonly description?: string;
  readonly members?: readonly Member[];
  readonly attributes?: readonly Attribute[];
  readonly events?: readonly Named[];
  readonly slots?: readonly Named[];
  readonly cssParts?: readonly Named[];
  readonly cssProperties?: readonly Named[];
}

interface Manifest {
  readonly modules: readonly { readonly declarations: readonly Declaration[] }[];
}

/** An attribute is text: what its type says of `undefined` and `null` is for scripts. */
const typeOf = ({ type }: Typed) => code((type?.text ?? '').replaceAll(/\s*\|\s*(?:null|undefined)\b/g, ''));
const said = ({ description = '' }: Named) => withoutTags(description.replaceAll(/\s*\n\s*/g, ' '));
const section = (title: string, body: string) => (body === '' ? '' : `## ${title}\n\n${body}\n`);

function signatureOf({ name = '', parameters = [], return: result }: Member): string {
  const inputs = parameters.map((one) => `${one.name ?? ''}${one.type === undefined ? '' : `: ${one.type.text}`}`);
  return `${name}(${inputs.join(', ')})${result === undefined ? '' : `: ${result.type.text}`}`;
}

/** Which of them scripts have, too. */
function propertiesAmong(attributes: readonly Attribute[]): string {
  const fields = attributes.filter(({ fieldName }) => fieldName !== undefined);
  if (fields.length === attributes.length) return 'Each is a property of the same name in scripts, in camel case.\n\n';
  if (fields.length === 0) return '';
  const names = fields.map(({ name = '' }) => code(name)).join(', ');
  return `In scripts ${names} ${fields.length === 1 ? 'is a property' : 'are properties'}, too.\n\n`;
}

function pageOf(declaration: Declaration & { readonly tagName: string }): ReferencePage {
  const {
    tagName,
    name,
    description = '',
    members = [],
    attributes = [],
    events = [],
    slots = [],
    cssParts = [],
    cssProperties = [],
  } = declaration;
  const open = members.filter((one) => one.privacy === undefined && one.static !== true && one.inheritedFrom === undefined);
  // What the elements say to each other has no description.
  const described = open.filter((one) => one.description !== undefined && one.description !== '');
  const fields = described.filter((one) => one.kind === 'field' && one.attribute === undefined);
  const methods = described.filter((one) => one.kind === 'method');
  const defaults = new Map(open.map((one) => [one.attribute, one.default] as const));
  const listed = table(
    ['Attribute', 'Type', 'Default', 'What it does'],
    attributes.map((one) => [code(one.name ?? ''), typeOf(one), code(one.default ?? defaults.get(one.name) ?? ''), said(one)]),
  );
  const summary = description.split(/\n\n/)[0]!.replaceAll(/\s+/g, ' ');
  return {
    url: `reference/${tagName}/`,
    title: `<${tagName}>`,
    description: summary.replaceAll('`', ''),
    markdown: [
      `${withoutTags(description)}\n`,
      `The class is \`${name}\`.\n`,
      section('Attributes', attributes.length === 0 ? '' : propertiesAmong(attributes) + listed),
      section(
        'Properties',
        table(
          ['Property', 'Type', 'What it is'],
          fields.map((one) => [
            code(one.name ?? ''),
            code(one.type?.text ?? ''),
            `${one.readonly === true ? 'Read-only. ' : ''}${said(one)}`,
          ]),
        ),
      ),
      section(
        'Methods',
        table(
          ['Method', 'What it does'],
          methods.map((one) => [code(signatureOf(one)), said(one)]),
        ),
      ),
      section(
        'Events',
        table(
          ['Event', 'When'],
          events.filter((one) => one.description !== undefined).map((one) => [code(one.name ?? ''), said(one)]),
        ),
      ),
      section(
        'Slots',
        table(
          ['Slot', 'For'],
          slots.map((one) => [one.name === '' || one.name === undefined ? '(default)' : code(one.name), said(one)]),
        ),
      ),
      section(
        'Parts',
        table(
          ['`::part()`', 'What it is'],
          cssParts.map((one) => [code(one.name ?? ''), said(one)]),
        ),
      ),
      section(
        'Custom properties',
        table(
          ['Property', 'What it sets'],
          cssProperties.map((one) => [code(one.name ?? ''), said(one)]),
        ),
      ),
    ].join('\n'),
  };
}

/** @throws {Error} if the project was not built. */
export function elementPages(manifestFile: string): readonly ReferencePage[] {
  const { modules } = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
  const order = ['bv-container', 'bv-editor', 'bv-terminal', 'bv-preview'];
  const place = (tag: string) => (order.includes(tag) ? order.indexOf(tag) : order.length);
  return modules
    .flatMap(({ declarations }) => declarations)
    .filter((one): one is Declaration & { tagName: string } => one.tagName !== undefined)
    .sort((a, b) => place(a.tagName) - place(b.tagName) || (a.tagName < b.tagName ? -1 : 1))
    .map(pageOf);
}

/**
 * What users of frameworks get, from the manifest: a table of the elements' types that the files of `components/frameworks/` read, and
 * the React components of `bavini/react`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { elementsOf, type ElementDeclaration, type Manifest } from './manifest.ts';
import type { Output } from './output.ts';

const folder = 'components/frameworks';

type Element = ElementDeclaration & { readonly path: string };

/** Made by the script itself, out of a page's code fences. */
const isWritten = ({ tagName }: Element) => tagName !== 'bv-fence';

/** What authors set. */
function propertiesOf({ members = [], attributes = [] }: Element): readonly string[] {
  const reflected = new Set(attributes.map(({ fieldName }) => fieldName));
  return members
    .filter((one) => one.kind === 'field' && one.privacy !== 'private' && one.static !== true && one.readonly !== true)
    .filter(({ name, type }) => reflected.has(name) || type !== undefined)
    .map(({ name }) => name);
}

const quoted = (name: string) => (/^\w+$/.test(name) ? name : `'${name}'`);

/** `dist/types/components/frameworks/elements.d.ts` */
function tableOf(elements: readonly Element[], eventFiles: ReadonlyMap<string, string>): string {
  const imports = new Map<string, Set<string>>();
  const take = (file: string, name: string) => {
    imports.set(file, (imports.get(file) ?? new Set()).add(name));
    return name;
  };
  const rows = elements.map((element) => {
    const { name, tagName, path, attributes = [], events = [] } = element;
    const type = take(path, name);
    const properties = propertiesOf(element);
    // Set, it is the attribute.
    const plain = new Set(attributes.filter(({ fieldName }) => fieldName === undefined).map(({ name }) => name));
    const attribute = ({ name: own, fieldName, type: said }: (typeof attributes)[number]) =>
      `      ${quoted(own)}?: ${fieldName !== undefined && properties.includes(fieldName) ? `${type}['${fieldName}']` : (said?.text ?? 'string')};`;
    const eventType = (event: string) => (event === 'Event' ? event : take(eventFiles.get(event) ?? '', event));
    return [
      `  '${tagName}': {`,
      `    element: ${type};`,
      '    attributes: {',
      ...attributes.map(attribute),
      '    };',
      '    properties: {',
      ...properties.filter((name) => !plain.has(name)).map((property) => `      ${property}?: ${type}['${property}'];`),
      '    };',
      '    events: {',
      ...events.map((event) => `      '${event.name}': ${eventType(event.type?.text ?? 'Event')};`),
      '    };',
      '  };',
    ].join('\n');
  });
  const lines = [...imports].map(
    ([file, names]) => `import type { ${[...names].sort().join(', ')} } from '${posix.relative(folder, file.replace(/\.ts$/, '.js'))}';`,
  );
  return `${lines.sort().join('\n')}\n\n/** What each of our elements is, and what can be set on it and heard of it. */\nexport interface BvElements {\n${rows.join('\n')}\n}\n`;
}

/** `bv-run` → `onBvRun` */
const handlerOf = (event: string) => `on${event.replace(/(?:^|-)(\w)/g, (_whole, first: string) => first.toUpperCase())}`;

/** `dist/react.js`. Late elements have no class yet, so what React sets as properties is written down. */
function reactOf(elements: readonly Element[]): string {
  const rows = elements.map((element) => {
    const prototype = propertiesOf(element).map((name) => `${name}: 0`);
    const events = (element.events ?? []).map(({ name }) => `${handlerOf(name)}: '${name}'`);
    return `export const ${element.name} = /* @__PURE__ */ wrap('${element.tagName}', '${element.name}', { ${prototype.join(', ')} }, { ${events.join(', ')} });`;
  });
  return `import * as react from 'react';
import { createComponent } from '@lit/react';
import './bavini.js';
const wrap = (tagName, displayName, prototype, events) =>
  createComponent({ react, tagName, displayName, elementClass: { prototype }, events });
${rows.join('\n')}
`;
}

/** Needs the manifest and the declarations. */
export async function writeFrameworks(output: Output): Promise<void> {
  const manifest = JSON.parse(readFileSync('dist/custom-elements.json', 'utf8')) as Manifest;
  const elements = elementsOf(manifest).filter(isWritten);
  const eventFiles = new Map(
    manifest.modules.flatMap(({ path, declarations = [] }) => declarations.map(({ name = '' }) => [name, path] as const)),
  );
  await output.write('react.js', reactOf(elements));
  await output.write(`types/${folder}/elements.d.ts`, tableOf(elements, eventFiles));
  const components = elements.map(({ name, tagName }) => `export declare const ${name}: Component<'${tagName}'>;\n`).join('');
  for (const file of readdirSync(join(folder, 'types'))) {
    const text = readFileSync(join(folder, 'types', file), 'utf8');
    await output.write(`types/${folder}/${file}`, file === 'react.d.ts' ? `${text}\n${components}` : text);
  }
}

/** Places that take files by a form, as they document it. */
import type { FileContents } from './project-files.ts';

export interface Service {
  readonly name: string;
  /** Where the form is sent, and its fields. */
  readonly formOf: (title: string, files: ReadonlyMap<string, FileContents>) => Promise<Form>;
}

export interface Form {
  readonly action: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const withPackageJson = (files: ReadonlyMap<string, FileContents>) =>
  files.has('package.json') ? files : new Map([...files, ['package.json', '{\n  "name": "example",\n  "private": true\n}\n']]);

export const services: Readonly<Record<string, Service>> = {
  stackblitz: {
    name: 'StackBlitz',
    // It takes text only.
    formOf: (title, files) =>
      Promise.resolve({
        action: 'https://stackblitz.com/run',
        fields: [
          ['project[title]', title],
          ['project[description]', title],
          ['project[template]', 'node'],
          ...[...withPackageJson(files)].flatMap(([path, contents]) =>
            typeof contents === 'string' ? [[`project[files][${path}]`, contents] as const] : [],
          ),
        ],
      }),
  },
  codesandbox: {
    name: 'CodeSandbox',
    formOf: async (_title, files) => {
      const { default: lz } = await import('lz-string');
      const texts = [...withPackageJson(files)].flatMap(([path, contents]) =>
        typeof contents === 'string' ? [[path, { content: contents, isBinary: false }] as const] : [],
      );
      const parameters = lz.compressToBase64(JSON.stringify({ files: Object.fromEntries(texts) }));
      return {
        action: 'https://codesandbox.io/api/v1/sandboxes/define',
        fields: [
          ['parameters', parameters.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
          ['environment', 'server'],
        ],
      };
    },
  },
};

/** Sends it in a new tab. To be called while a reader's action is handled, else the browser blocks the tab. */
export function send({ action, fields }: Form): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = action;
  form.target = '_blank';
  form.rel = 'noopener';
  form.hidden = true;
  for (const [name, value] of fields) {
    const input = document.createElement('textarea');
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  try {
    form.submit();
  } finally {
    form.remove();
  }
}

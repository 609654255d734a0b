/** Checks of texts: folder READMEs, and nothing of this machine or a registry in committed files. */
import { readFileSync } from 'node:fs';
import { projectFiles } from './files.ts';
import { outcomeOf } from './report.ts';
import type { Outcome } from './report.ts';

const screenLines = 80;

/** Every folder directly under `components/` and `runtime/` says what it is, on one screen. */
export function checkReadmes(): Promise<Outcome> {
  const files = projectFiles();
  const folders = new Set(
    files.map((file) => /^((?:components|runtime)\/[^/]+)\//.exec(file)?.[1]).filter((folder) => folder !== undefined),
  );
  const problems: string[] = [];
  for (const folder of folders) {
    if (!files.includes(`${folder}/README.md`)) problems.push(`${folder} has no README.md`);
    else if (readFileSync(`${folder}/README.md`, 'utf8').split('\n').length > screenLines)
      problems.push(`${folder}/README.md is longer than a screen (${screenLines} lines)`);
  }
  for (const file of files.filter((name) => name.endsWith('.md'))) problems.push(...brokenLinks(file, files));
  return Promise.resolve(outcomeOf(problems, [`${folders.size} folders`]));
}

function brokenLinks(file: string, files: readonly string[]): string[] {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  const links = [...readFileSync(file, 'utf8').matchAll(/\]\((?!\w+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  return links
    .map((link) =>
      decodeURI(new URL(link, `file:///${folder}`).pathname)
        .slice(1)
        .replace(/\/$/, ''),
    )
    .filter((target) => !files.some((name) => name === target || name.startsWith(`${target}/`)))
    .map((target) => `${file} links to ${target}, which does not exist`);
}

/** Every dependency has a row in CONTRIBUTING.md, by name or as `@scope/*`. */
export function checkDependencyReasons(): Promise<Outcome> {
  const text = readFileSync('CONTRIBUTING.md', 'utf8');
  const names = ['package.json', 'runtime/tools/node-release/package.json'].flatMap((file) => {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string> | undefined>;
    return Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'], ...manifest['optionalDependencies'] });
  });
  const problems = names
    .filter((name) => !text.includes(`\`${name}\``) && !text.includes(`\`${name.split('/')[0] ?? ''}/*\``))
    .map((name) => `CONTRIBUTING.md gives no reason for the dependency "${name}"`);
  return Promise.resolve(outcomeOf(problems, [`${names.length} dependencies`]));
}

/** `example` and `invalid` hosts are for texts; a path below a home or scratch folder names somebody's machine. */
const forbidden: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: /https?:\/\/(?:registry|npm|artifactory|nexus)\.[a-z]/i, why: 'names a registry host' },
  { pattern: /"resolved":\s*"https?:/, why: 'names a download address' },
  { pattern: /(?<![\w.*-])\/(?:work|root)\/[a-z]\w*/, why: 'names a path of one machine' },
  { pattern: /(?<![\w.])\/Users\/[a-z]\w+\//, why: 'names a path of one machine' },
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/, why: 'holds a private key' },
];

export function checkCommittedTexts(): Promise<Outcome> {
  const problems: string[] = [];
  for (const file of projectFiles()) {
    if (
      /\.(png|jpe?g|gif|gz|zip|wasm|woff2|ico)$/.test(file) ||
      file === 'runtime/tools/verify/documents.ts' ||
      file.includes('/fixtures/')
    )
      continue;
    readFileSync(file, 'utf8')
      .split('\n')
      .forEach((line, index) => {
        const found = forbidden.find(({ pattern }) => pattern.test(line));
        if (found !== undefined) problems.push(`${file}:${index + 1} ${found.why}: ${line.trim().slice(0, 100)}`);
      });
  }
  return Promise.resolve(outcomeOf(problems));
}

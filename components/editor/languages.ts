/** Which language a file is written in, by its name. Each is loaded when a file of it is shown. */
import type { LanguageSupport, StreamParser } from '@codemirror/language';

type Load = () => Promise<LanguageSupport>;

const javascript = async (config: { jsx?: boolean; typescript?: boolean }) =>
  (await import('@codemirror/lang-javascript')).javascript(config);

/** Languages of the editor's older version. */
async function legacy(parser: Promise<StreamParser<unknown>>): Promise<LanguageSupport> {
  const [{ LanguageSupport, StreamLanguage }, found] = await Promise.all([import('@codemirror/language'), parser]);
  return new LanguageSupport(StreamLanguage.define(found));
}

const clike = (name: 'csharp' | 'kotlin' | 'scala' | 'dart' | 'objectiveC') =>
  legacy(import('@codemirror/legacy-modes/mode/clike').then((module) => module[name]));
const shell: Load = () => legacy(import('@codemirror/legacy-modes/mode/shell').then((module) => module.shell));
const properties: Load = () => legacy(import('@codemirror/legacy-modes/mode/properties').then((module) => module.properties));
const ruby: Load = () => legacy(import('@codemirror/legacy-modes/mode/ruby').then((module) => module.ruby));
const python: Load = async () => (await import('@codemirror/lang-python')).python();

const byName: readonly (readonly [RegExp, Load])[] = [
  [/\.(m|c)?jsx?$/, () => javascript({ jsx: true })],
  [/\.(m|c)?ts$/, () => javascript({ typescript: true })],
  [/\.tsx$/, () => javascript({ typescript: true, jsx: true })],
  [/\.(json5?|jsonc|webmanifest|map|ipynb)$|^\.(prettierrc|eslintrc|babelrc)$/, async () => (await import('@codemirror/lang-json')).json()],
  [/\.(html?|ejs|hbs)$/, async () => (await import('@codemirror/lang-html')).html()],
  [/\.vue$/, async () => (await import('@codemirror/lang-vue')).vue()],
  [/\.svelte$/, async () => (await import('@replit/codemirror-lang-svelte')).svelte()],
  [/\.astro$/, () => javascript({ typescript: true, jsx: true })],
  [/\.(css|less|pcss)$/, async () => (await import('@codemirror/lang-css')).css()],
  [/\.scss$/, async () => (await import('@codemirror/lang-sass')).sass()],
  [/\.sass$/, async () => (await import('@codemirror/lang-sass')).sass({ indented: true })],
  [/\.(md|mdx|markdown)$/, async () => (await import('@codemirror/lang-markdown')).markdown()],
  [/\.(svg|xml|xsl|xsd|plist|rss|atom)$/, async () => (await import('@codemirror/lang-xml')).xml()],
  [/\.ya?ml$/, async () => (await import('@codemirror/lang-yaml')).yaml()],
  [/\.sql$/, async () => (await import('@codemirror/lang-sql')).sql()],
  [/\.pyi?$|^SConstruct$/, python],
  [/\.rs$/, async () => (await import('@codemirror/lang-rust')).rust()],
  [/\.go$/, async () => (await import('@codemirror/lang-go')).go()],
  [/\.(c|h|cc|cpp|cxx|hpp|hh|ino)$/, async () => (await import('@codemirror/lang-cpp')).cpp()],
  [/\.java$/, async () => (await import('@codemirror/lang-java')).java()],
  [/\.php$/, async () => (await import('@codemirror/lang-php')).php()],
  [/\.(sh|bash|zsh|ksh|bats)$|^\.(bash|zsh)?(rc|_profile)$|^\.profile$/, shell],
  [
    /^(Dockerfile|Containerfile)(\..*)?$|\.dockerfile$/,
    () => legacy(import('@codemirror/legacy-modes/mode/dockerfile').then((module) => module.dockerFile)),
  ],
  [/\.toml$|^(Cargo|poetry)\.lock$/, () => legacy(import('@codemirror/legacy-modes/mode/toml').then((module) => module.toml))],
  [/\.(ini|cfg|conf|properties|editorconfig)$|^\.env(\..*)?$|^\.npmrc$|^\.editorconfig$/, properties],
  [/\.rb$|^(Gemfile|Rakefile)$/, ruby],
  [/\.cs$/, () => clike('csharp')],
  [/\.kts?$/, () => clike('kotlin')],
  [/\.scala$/, () => clike('scala')],
  [/\.dart$/, () => clike('dart')],
  [/\.m$/, () => clike('objectiveC')],
  [/\.swift$/, () => legacy(import('@codemirror/legacy-modes/mode/swift').then((module) => module.swift))],
  [/\.lua$/, () => legacy(import('@codemirror/legacy-modes/mode/lua').then((module) => module.lua))],
  [/\.(pl|pm)$/, () => legacy(import('@codemirror/legacy-modes/mode/perl').then((module) => module.perl))],
  [/\.r$/i, () => legacy(import('@codemirror/legacy-modes/mode/r').then((module) => module.r))],
  [/\.hs$/, () => legacy(import('@codemirror/legacy-modes/mode/haskell').then((module) => module.haskell))],
  [/\.clj[cs]?$/, () => legacy(import('@codemirror/legacy-modes/mode/clojure').then((module) => module.clojure))],
  [/\.(diff|patch)$/, () => legacy(import('@codemirror/legacy-modes/mode/diff').then((module) => module.diff))],
  [/\.ps1$/, () => legacy(import('@codemirror/legacy-modes/mode/powershell').then((module) => module.powerShell))],
  [/\.proto$/, () => legacy(import('@codemirror/legacy-modes/mode/protobuf').then((module) => module.protobuf))],
  [/\.wat$/, () => legacy(import('@codemirror/legacy-modes/mode/wast').then((module) => module.wast))],
];

/** Of a file whose name says nothing. */
const byInterpreter: readonly (readonly [RegExp, Load])[] = [
  [/\b(node|deno|bun)\b/, () => javascript({ jsx: true })],
  [/\b(ba|z|k|da)?sh\b/, shell],
  [/\bpython/, python],
  [/\bruby\b/, ruby],
];

/** Undefined for files of other kinds, which are shown without colours. */
export async function languageOf(file: string, text = ''): Promise<LanguageSupport | undefined> {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const named = byName.find(([ending]) => ending.test(name));
  if (named !== undefined) return named[1]();
  const interpreter = /^#!(.*)/.exec(text)?.[1];
  return interpreter === undefined ? undefined : byInterpreter.find(([pattern]) => pattern.test(interpreter))?.[1]();
}

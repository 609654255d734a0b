/** The pages for scripts, from the doc comments of everything that `runtime/index.ts` and `components/index.ts` export. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { cell, withoutTags } from './reference-page.ts';
import type { ReferencePage } from './reference-page.ts';

const root = join(import.meta.dirname, '../..');

const isHidden = (node: ts.Node) =>
  (ts.canHaveModifiers(node) &&
    ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword || kind === ts.SyntaxKind.ProtectedKeyword) === true) ||
  ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal') ||
  (ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name));

/** The author's words, with their tags as sentences. */
function commentOf(node: ts.Node): string {
  const own = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  if (own === undefined) return '';
  const text = (comment: string | ts.NodeArray<ts.JSDocComment> | undefined) => (ts.getTextOfJSDocComment(comment) ?? '').trim();
  const tags = (own.tags ?? []).map((tag) => {
    if (ts.isJSDocThrowsTag(tag)) {
      const type = tag.typeExpression?.type.getText();
      return `Throws ${type === undefined ? '' : `\`${type}\``} ${text(tag.comment)}`;
    }
    if (ts.isJSDocParameterTag(tag)) return `\`${tag.name.getText()}\`: ${text(tag.comment)}`;
    if (tag.tagName.text === 'returns') return `Gives ${text(tag.comment)}`;
    return text(tag.comment);
  });
  const words = [text(own.comment), ...tags].filter((part) => part !== '').join('\n\n');
  return withoutTags(words.replaceAll(/\{@link (\w+(?:\.\w+)?)(?:\(\))?[^}]*\}/g, '`$1`'));
}

/** A member without its body: what a caller needs to know of it. */
function signatureOf(node: ts.Node): string {
  const body = (node as { readonly body?: ts.Node }).body;
  const initializer = (node as { readonly initializer?: ts.Node }).initializer;
  const file = node.getSourceFile();
  const end = body?.getStart(file) ?? initializer?.getFullStart() ?? node.getEnd();
  return file.text
    .slice(node.getStart(file, false), end)
    .replace(/[\s=;,{]+$/, '')
    .replaceAll(/\b(?:export|declare|override|async) /g, '')
    .replaceAll(/\n\s*/g, ' ');
}

const fence = (text: string) => `\n\`\`\`ts\n${text}\n\`\`\`\n`;

/** A class or an interface: its comment, then each member that others may use. */
function membersOf(declaration: ts.ClassDeclaration | ts.InterfaceDeclaration): string {
  const shown = [...declaration.members].filter((member) => !isHidden(member) && !ts.isClassStaticBlockDeclaration(member));
  // Of overloads with a body only the signatures above it are public.
  const overloaded = new Set(
    shown.filter((one) => ts.isMethodDeclaration(one) && one.body === undefined).map((one) => one.name?.getText()),
  );
  const rows = shown
    .filter((one) => !(ts.isMethodDeclaration(one) && one.body !== undefined && overloaded.has(one.name.getText())))
    .filter((one) => !(ts.isConstructorDeclaration(one) && commentOf(one) === ''))
    .map((one) => `| \`${cell(signatureOf(one).replaceAll(/\s+/g, ' '))}\` | ${cell(commentOf(one).replaceAll(/\s*\n\s*/g, ' '))} |`);
  return rows.length === 0 ? '' : `\n| Member | What it is or does |\n| --- | --- |\n${rows.join('\n')}\n`;
}

/** `typeof english` tells a reader nothing: the table itself does. */
function queried(declaration: ts.Declaration, checker: ts.TypeChecker): ts.Node | undefined {
  if (!ts.isTypeAliasDeclaration(declaration) || !ts.isTypeQueryNode(declaration.type)) return undefined;
  return checker.getSymbolAtLocation(declaration.type.exprName)?.valueDeclaration?.parent.parent;
}

function describe(name: string, declaration: ts.Declaration, checker: ts.TypeChecker): string {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
  const comment = commentOf(holder);
  if (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) {
    const parents = declaration.heritageClauses?.map((clause) => clause.getText()).join(' ');
    const kind = ts.isClassDeclaration(declaration) ? 'class' : 'interface';
    return `## ${name}\n${fence(`${kind} ${name}${parents === undefined ? '' : ` ${parents}`}`)}\n${comment}\n${membersOf(declaration)}`;
  }
  if (ts.isVariableDeclaration(declaration)) {
    // A table of codes says by its comments what each of them means.
    const text = holder.getText().replace(/^export /, '');
    return `## ${name}\n\n${comment}\n${fence(text)}`;
  }
  const text = queried(declaration, checker)
    ?.getText()
    .replace(/^export /, '');
  if (text !== undefined) return `## ${name}\n\n${comment}\n${fence(text)}`;
  return `## ${name}\n\n${comment}\n${fence(ts.isTypeAliasDeclaration(declaration) ? declaration.getText().replace(/^export /, '') : signatureOf(declaration))}`;
}

/** What each of the modules exports, in the order of its declarations, without their types being given twice. */
function exportsOf(entries: readonly string[]): readonly (readonly string[])[] {
  const files = entries.map((entry) => join(root, entry));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Declaration>();
  const typeOnly = new Set(
    files.flatMap((file) =>
      program
        .getSourceFile(file)!
        .statements.filter(ts.isExportDeclaration)
        .filter(({ isTypeOnly, exportClause }) => isTypeOnly && exportClause === undefined)
        .map(({ moduleSpecifier }) => join(dirname(file), (moduleSpecifier as ts.StringLiteral).text)),
    ),
  );
  return files.map((file) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!).flatMap((symbol) => {
      const target = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
      const declaration = target.declarations?.[0];
      if (declaration === undefined || seen.has(declaration)) return [];
      seen.add(declaration);
      // Of these modules there are only the types at run time.
      const isValue = ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration);
      if (isValue && typeOnly.has(declaration.getSourceFile().fileName)) return [];
      // Elements have pages of their own.
      const isElement = ts.getJSDocTags(declaration).some(({ tagName }) => tagName.text === 'tag');
      return isElement ? [] : [describe(symbol.name, declaration, checker)];
    }),
  );
}

const apiIntro = `\`import { Container } from 'bavini'\`, or from \`dist/index.js\`. Importing it has no effect; the first \`Container.boot()\` loads the
rest. \`Container\` has the methods of the WebContainer API with the same names and types: a test compiles it against \`@webcontainer/api\`.\n`;

const elementsIntro = `What \`dist/bavini.js\` exports beside the [elements](site:reference/) themselves: the classes of their events, and functions. Types
are exported, too: \`import type { BvLesson } from 'bavini/elements'\`.\n`;

export function apiPages(): readonly ReferencePage[] {
  const [runtime = [], elements = []] = exportsOf(['runtime/index.ts', 'components/index.ts']);
  return [
    {
      url: 'reference/api/',
      title: 'JavaScript API',
      description: 'Everything that the runtime exports: Container, its options, processes, files, errors.',
      markdown: `${apiIntro}\n${runtime.join('\n')}`,
    },
    {
      url: 'reference/elements-api/',
      title: 'Events and functions of the elements',
      description: 'What the script of the elements exports: classes of events, checks of your own, texts, types.',
      markdown: `${elementsIntro}\n${elements.join('\n')}`,
    },
  ];
}

/**
 * es-module-shims carries a cycle of modules by a stand-in, whose update function it exports from there: a module that imports itself, or
 * one that imports it, sees that export among its own (2.8.4). React's Fast Refresh, which looks at all exports of a module, then loads the
 * page anew. Here the functions stand in a table instead.
 */

/** What is written where, each once. */
const replacements: readonly (readonly [text: string, by: string])[] = [
  ['const registry = (importShim._r = {});', 'const registry = (importShim._r = {});\n  const updates = (importShim._u = {});'],
  [
    'if (load.s) (await dynamicImport(load.s, load.u)).u$_(module);',
    'if (load.s) {\n      await dynamicImport(load.s, load.u);\n      updates[load.u](module);\n    }',
  ],
  ['`export function u$_(m){${depLoad.a[1]', '`importShim._u[${urlJsString(depLoad.u)}]=m=>{${depLoad.a[1]'],
  [".join(',')}}${\n", ".join(',')}};${\n"],
  [
    "import{u$_ as u$_${depIndex}}from'${depLoad.s}';u$_${depIndex}(m$_${depIndex})`",
    "import'${depLoad.s}';importShim._u[${urlJsString(depLoad.u)}](m$_${depIndex})`",
  ],
  ["`\\n;import{u$_}from'${load.s}';try{u$_({${exports", "`\\n;import'${load.s}';try{importShim._u[${urlJsString(load.u)}]({${exports"],
];

/** @throws {Error} if it is written in another way than this knows. */
export function withOwnNamespaces(shims: string): string {
  return replacements.reduce((source, [text, by]) => {
    if (source.split(text).length !== 2) throw new Error(`es-module-shims does not have once what is to be replaced: ${text}`);
    return source.replace(text, () => by);
  }, shims);
}

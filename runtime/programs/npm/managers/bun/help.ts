/** What bun says of itself, and what no page can do. */

export const bunVersion = '1.4.5';
export const revision = 'a7733435c';

export const unavailable = new Set([
  'build',
  'test',
  'repl',
  'upgrade',
  'publish',
  'link',
  'unlink',
  'patch',
  'outdated',
  'audit',
  'exec',
  'feedback',
  'info',
]);

export const helpText = `Bun is a fast JavaScript runtime, package manager, bundler, and test runner. (${bunVersion}+${revision})

Usage: bun <command> [...flags] [...args]

Commands:
  run       <script>                   Execute a package.json script
  x         <package>                  Execute a package binary (CLI), installing if needed (bunx)
  install                              Install dependencies for a package.json (bun i)
  add       <package>                  Add a dependency to package.json (bun a)
  remove    <package>                  Remove a dependency from package.json (bun rm)
  update    <package>                  Update outdated dependencies
  why       <package>                  Explain why a package is installed
  create    <package>                  Create a new project from a template (bun c)
  init                                 Start an empty project
  pm <subcommand>                      Additional package management utilities`;

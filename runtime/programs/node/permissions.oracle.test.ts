/** `--permission`, and options of modules that depend on what the runtime may do, against the Node that runs the test. */
import { describeAgainstNode } from '../../testing/against-node.ts';

/** How each function of `fs` refuses: at once, or to its callback. */
const refusals = `
const fs = require('fs');
const calls = {
  access: [], stat: [], lstat: [], statfs: [], readdir: [], readlink: [], realpath: [], rm: [], rmdir: [], unlink: [], mkdir: [], mkdtemp: [],
  chmod: [0o644], chown: [1, 1], lchown: [1, 1], utimes: [1, 1], lutimes: [1, 1], rename: ['y'], link: ['y'], symlink: ['y'], copyFile: ['y'],
  cp: ['y'], open: [], opendir: [], readFile: [], writeFile: [''], appendFile: [''], truncate: [], exists: [],
};
const told = (error) => error instanceof Error ? [error.code, error.permission, error.resource].join(' ') : String(error);
const attempt = (run) => { try { return told(run()); } catch (error) { return told(error); } };
(async () => {
  for (const [name, more] of Object.entries(calls)) {
    const how = await new Promise((resolve) => {
      try { fs[name]('/x', ...more, (error) => resolve('callback: ' + told(error))); } catch (error) { resolve('throws: ' + told(error)); }
    });
    const later = fs.promises[name] && await fs.promises[name]('/x', ...more).catch(told);
    console.log(name, how, later, fs[name + 'Sync'] && attempt(() => fs[name + 'Sync']('/x', ...more)));
  }
  for (const path of ['/x', Buffer.from('/x'), new URL('file:///x')]) console.log(attempt(() => fs.openAsBlob(path)));
})();
`;

const addons = {
  'node_modules/native/package.json': '{"exports":{"node-addons":"./native.js","default":"./plain.js"}}',
  'node_modules/native/native.js': "module.exports = 'native'",
  'node_modules/native/plain.js': "module.exports = 'plain'",
};

const tellsAddons = "console.log(require('native'), process.permission.has('addon'), process.permission.has('inspector'))";

const patterns = ['/a/b/*', '/etc/passwd.*', '/home/*.js', '/x*', '/one'];
const asked = '/a/b /a/b/ /a/b/c /a/c /a/bc /etc/passwd /etc/passwd. /etc/passwd.x /home /home/ /home/a.md /x /xy /x/y /w /one /one/a';

describeAgainstNode('Permissions', [
  {
    name: 'are patterns up to their first star',
    code: `console.log('${asked}'.split(' ').filter((path) => process.permission.has('fs.read', path)).join())`,
    args: ['--permission', '--no-warnings', ...patterns.map((path) => `--allow-fs-read=${path}`), 'main.js'],
  },
  { name: 'are refused at once or to a callback', code: refusals, args: ['--permission', '--no-warnings', 'main.js'] },
  {
    name: 'leave out native addons',
    code: tellsAddons,
    files: addons,
    args: ['--permission', '--no-warnings', '--allow-fs-read=*', 'main.js'],
  },
  {
    name: 'let in native addons',
    code: tellsAddons,
    files: addons,
    args: ['--permission', '--no-warnings', '--allow-fs-read=*', '--allow-addons', 'main.js'],
  },
]);

describeAgainstNode('Arguments', [
  {
    name: 'of fs.openAsBlob() are bytes, too',
    code: "require('fs').openAsBlob(Buffer.from(__filename)).then(async (blob) => console.log(blob.size))",
  },
  { name: 'that are empty name no script', args: ['', '--permission', 'a'], input: 'console.log(process.argv.slice(1), process.execArgv)' },
  {
    name: 'of module.enableCompileCache() are checked',
    code: `for (const value of [0, null, false, NaN, Symbol(0), { directory: 1 }]) {
      try { require('module').enableCompileCache(value); console.log('done'); } catch ({ name, code, message }) { console.log(name, code, message); }
    }`,
  },
]);

/** Projects that many cases begin with. */

/** A `package.json` with these fields. */
export const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', ...fields }, null, 2)}\n`;

export const workspaces = {
  'package.json': project({ workspaces: ['packages/*'], scripts: { hello: 'echo root' } }),
  'packages/a/package.json':
    '{"name":"a","version":"1.0.0","dependencies":{"b":"^1.0.0","plain":"1"},"scripts":{"hello":"echo a","test":"echo testing a"}}\n',
  'packages/b/package.json': '{"name":"b","version":"1.2.0","scripts":{"other":"echo b"}}\n',
};

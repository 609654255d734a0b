/** What our `node` and `npm` say of themselves, in pages and where lessons are baked. */
export const nodeVersion = 'v24.21.0';
/** Its trees are those of the `@npmcli/arborist` that is inside of it: `package.json` has exactly that one. */
export const npmVersion = '11.19.1';

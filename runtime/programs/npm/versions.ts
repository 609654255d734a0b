/** What our `node` and `npm` say of themselves, in pages and where lessons are baked. */
export const nodeVersion = 'v24.21.0';
export const npmVersion = '11.19.1';

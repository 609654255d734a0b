/** `hosted-git-info`'s way from an address to who hosts it. npm asks for it with every range, and it keeps no answer that says nobody. */
import fromUrl from 'hosted-git-info/lib/from-url.js';

/** Without any of these a text is no address: it would be taken for one with an empty protocol, twice, and refused. */
const ofAddresses = /[:/@]/;

const fromAddress: typeof fromUrl = (text, options, known) => (ofAddresses.test(text) ? fromUrl(text, options, known) : undefined);
export default fromAddress;

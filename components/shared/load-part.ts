import { BvElementError, messageOf } from './element-error.ts';
import { strings } from './strings.ts';

/** Where the script this module was loaded in comes from, and its chunks. */
const { origin } = new URL(import.meta.url);

/**
 * Imports a part that is loaded when it is wanted, `what` the tag it belongs to: a name in every language.
 *
 * @throws {BvElementError} `ERR_BV_ASSET`, naming the directive where the page's Content Security Policy is the reason.
 */
export async function loadPart<Part>(what: string, load: () => Promise<Part>): Promise<Part> {
  let blocked = false;
  const onViolation = ({ blockedURI, effectiveDirective }: SecurityPolicyViolationEvent) => {
    blocked ||= effectiveDirective.startsWith('script-src') && blockedURI.startsWith(origin);
  };
  document.addEventListener('securitypolicyviolation', onViolation);
  try {
    return await load();
  } catch (cause) {
    // The violation is told by a task of its own, after the failure it belongs to.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const message = blocked ? strings.loadBlocked(what, origin) : `${strings.loadFailed(what)} (${messageOf(cause)})`;
    throw new BvElementError('ERR_BV_ASSET', message, { cause });
  } finally {
    document.removeEventListener('securitypolicyviolation', onViolation);
  }
}

/** Why a page got no answer: a browser only says "failed to fetch", so this finds out what it can. */
import { PackageError, type PackageErrorCode } from './package-error.ts';

export interface FailureOptions {
  readonly cause: unknown;
  readonly fetch: typeof fetch;
  readonly pkgid: string | undefined;
}

interface Surroundings {
  readonly navigator?: { readonly onLine?: boolean };
  readonly location?: { readonly origin: string; readonly protocol: string };
}

const askMs = 5000;
const bake = 'To need no network at all, the author of the page can bake the packages: npx bavini bake';

/** Only `ENETWORK` is worth another attempt. */
export async function explainFailure(url: string, { cause, fetch, pkgid }: FailureOptions): Promise<PackageError> {
  const { navigator, location } = globalThis as Surroundings;
  const { host, protocol, origin } = new URL(url);
  const why = cause instanceof Error ? `${cause.message}${causeOf(cause)}` : String(cause);
  const fail = (code: PackageErrorCode, text: string, advice: readonly string[]) =>
    new PackageError(code, `request to ${url} failed, reason: ${text}`, { cause, uri: url, pkgid, advice });
  const network = () =>
    fail('ENETWORK', why, [`"${host}" cannot be reached, or broke off its answer.`, 'Check the network and the "registry" setting.', bake]);
  // Elsewhere than in a browser nothing stands between the request and the network.
  if (location === undefined) return network();
  if (navigator?.onLine === false) return fail('EOFFLINE', 'the browser is offline', ['Connect to the network and try again.', bake]);
  if (location.protocol === 'https:' && protocol === 'http:' && !/^(?:localhost|127\.|\[::1\])/.test(host)) {
    return fail('EINSECURE', 'a page that came over https may not request http', ['Use the registry’s https address.', bake]);
  }
  const violations: string[] = [];
  const onViolation = (event: Event) => {
    const { blockedURI, effectiveDirective } = event as SecurityPolicyViolationEvent;
    if (blockedURI.startsWith(origin)) violations.push(effectiveDirective);
  };
  globalThis.addEventListener('securitypolicyviolation', onViolation);
  try {
    if (origin === location.origin) return network();
    // Without reading the answer a page may ask anyone: whoever answers now withholds it from this origin.
    await fetch(url, {
      mode: 'no-cors',
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(askMs),
    });
    return fail('ECORS', `"${host}" does not let pages of ${location.origin} read its answers (CORS)`, [
      `The server has to answer with "Access-Control-Allow-Origin"; one that sends tokens needs "Access-Control-Allow-Headers: authorization" too.`,
      'Set the "registry" attribute of <bv-container> to a registry that does.',
      bake,
    ]);
  } catch {
    // The event of a policy that was violated comes after the rejection.
    await new Promise((resolve) => setTimeout(resolve, 0));
    const [directive] = violations;
    if (directive === undefined) return network();
    return fail('ECSP', `the page's content security policy forbids it (${directive})`, [
      `Add ${origin} to "${directive}" of the page's policy.`,
      bake,
    ]);
  } finally {
    globalThis.removeEventListener('securitypolicyviolation', onViolation);
  }
}

/** Node says the reason in the cause. */
function causeOf({ cause }: Error): string {
  const { code, message } = (cause ?? {}) as { readonly code?: string; readonly message?: string };
  return code === undefined && message === undefined ? '' : ` (${code ?? message})`;
}

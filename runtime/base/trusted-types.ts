/**
 * The runtime's Trusted Types policy, for pages that require trusted types. What passes through it is markup of ours and
 * addresses of our own files. Lit's templates have one of their own, `bavini-elements`: shared, it would cost the entry script
 * one request more.
 */
interface TrustedTypePolicy {
  createHTML(text: string): string;
  createScriptURL(url: string): string;
}
interface TrustedTypePolicyFactory {
  createPolicy(name: string, rules: TrustedTypePolicy): TrustedTypePolicy;
}

let policy: TrustedTypePolicy | undefined;
let made = false;

/** Made at the first use. Undefined where the browser or the page's policy has none. */
function trustedTypePolicy(): TrustedTypePolicy | undefined {
  if (made) return policy;
  made = true;
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypePolicyFactory };
  try {
    policy = trustedTypes?.createPolicy('bavini', { createHTML: (text) => text, createScriptURL: (url) => url });
  } catch {
    // The page's policy does not name it: if it requires trusted types, the first sink says so.
  }
  return policy;
}

/** `text` as an element's markup. */
export function trustedHtml(text: string): string {
  return trustedTypePolicy()?.createHTML(text) ?? text;
}

/** `url` as the address of a worker's script. */
export function trustedScriptUrl(url: string): string {
  return trustedTypePolicy()?.createScriptURL(url) ?? url;
}

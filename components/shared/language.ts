/**
 * The language of each element: that of the nearest ancestor with `lang`, across shadow roots.
 *
 * Texts are read while an element is rendered, in its language ({@link speakAs}); what is read at other times is in the page's.
 * English is in the code, the others are loaded when a page has them.
 */

/** The texts of a language, by table and name. */
export type Texts = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What is not loaded yet, by language. */
const sources: Record<string, (() => Promise<Texts>)[]> = {};
const texts = new Map<string, Texts>();
const loading = new Map<string, Promise<unknown>>();
const listeners = new Set<() => void>();
let speaking: string | undefined;

/** From now on these languages can be spoken; called again, they have more tables. */
export function useLanguages(loaders: Readonly<Record<string, () => Promise<Texts>>>): void {
  for (const [language, load] of Object.entries(loaders)) (sources[language] ??= []).push(load);
}

/** As the nearest ancestor says, such as `de-AT`; empty for none. */
function languageTag(element: Element): string {
  for (let at: Element | null = element; at !== null;) {
    const said: Element | null = at.closest('[lang]');
    if (said !== null) return said.getAttribute('lang') ?? '';
    const root: Node = at.getRootNode();
    at = root instanceof ShadowRoot ? root.host : null;
  }
  return document.documentElement.lang;
}

/** The one of ours it is in; `en` for all that we do not speak. */
export function languageOf(element: Element): string {
  const [primary = ''] = languageTag(element).toLowerCase().split('-');
  return Object.hasOwn(sources, primary) ? primary : 'en';
}

/** In which texts are read now. */
export function currentLanguage(): string {
  return speaking ?? languageOf(document.documentElement);
}

/** Of the language that is spoken now; undefined for English, and until it is loaded. */
export function spokenTexts(): Texts | undefined {
  return texts.get(currentLanguage());
}

/** Resolves when its texts are there; undefined if they are. A language that cannot be loaded is spoken as English. */
export function loadLanguage(language: string): Promise<unknown> | undefined {
  const waiting = sources[language] ?? [];
  if (waiting.length > 0) {
    const started = Promise.all([
      loading.get(language),
      ...waiting.splice(0).map((load) =>
        load().then(
          (loaded) => {
            texts.set(language, { ...texts.get(language), ...loaded });
            tellTexts();
          },
          (error: unknown) => {
            console.warn(`bavini: Cannot load the texts in ${JSON.stringify(language)}: ${String(error)}`);
          },
        ),
      ),
    ]).then(() => {
      if (loading.get(language) === started) loading.delete(language);
    });
    loading.set(language, started);
  }
  return loading.get(language);
}

/** From here to the end of the task texts are in the language of `element`. */
export function speakAs(element: Element): void {
  speaking = languageOf(element);
  void loadLanguage(speaking);
  queueMicrotask(() => (speaking = undefined));
}

/** What `say` reads is in the language of `element`. */
export function saidBy<Said>(element: Element, say: () => Said): Said {
  const before = speaking;
  speaking = languageOf(element);
  try {
    return say();
  } finally {
    speaking = before;
  }
}

/** Calls `listener` whenever texts may have changed, until the returned function is called. */
export function onTextsChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let changes = 0;

/** Another one than before, wherever texts that were read before may be others now. */
export function textsNow(): string {
  return `${currentLanguage()} ${changes}`;
}

export function tellTexts(): void {
  changes += 1;
  for (const listener of listeners) listener();
}

const watched = new WeakSet<Node>();

/** Follows changes of `lang` around `element`. */
export function watchLanguage(element: Element): void {
  for (let root: Node = element.getRootNode(); ; root = (root as ShadowRoot).host.getRootNode()) {
    if (!watched.has(root)) {
      watched.add(root);
      new MutationObserver(tellTexts).observe(root, { subtree: true, attributes: true, attributeFilter: ['lang'] });
    }
    if (!(root instanceof ShadowRoot)) return;
  }
}

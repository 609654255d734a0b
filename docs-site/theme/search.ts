/** The search: a dialog with a field and links, read from an index that was made with the site. Loaded when it is first opened. */
import MiniSearch from 'minisearch';
import { searchOptions } from './search-options.ts';

const maxResults = 12;

let dialog: HTMLDialogElement | undefined;

function loadIndex(root: URL): Promise<MiniSearch> {
  return fetch(new URL('assets/search.json', root)).then(async (response) => {
    if (!response.ok) throw new Error(`The index answered ${response.status}`);
    return MiniSearch.loadJSON(await response.text(), searchOptions);
  });
}

function createDialog(root: URL): HTMLDialogElement {
  const made = document.createElement('dialog');
  made.className = 'search';
  made.setAttribute('aria-label', 'Search');
  made.innerHTML = `<form method="dialog" role="search">
<label class="visually-hidden" for="search-field">Search the documentation</label>
<input id="search-field" type="search" placeholder="Search the documentation" autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="search">
<button>Close</button>
</form>
<p class="search-status" role="status"></p>
<ul class="search-results" role="list" aria-label="Results"></ul>`;
  document.body.append(made);
  const field = made.querySelector('input')!;
  const status = made.querySelector('.search-status')!;
  const list = made.querySelector('ul')!;
  const links = () => [...list.querySelectorAll('a')];
  let index: Promise<MiniSearch> | undefined;
  let asked = 0;

  const show = async () => {
    const query = field.value.trim();
    const turn = ++asked;
    if (query === '') {
      list.replaceChildren();
      status.textContent = 'Type a word. Arrow keys go through the results.';
      return;
    }
    try {
      index ??= loadIndex(root);
      const found = (await index).search(query);
      if (turn !== asked) return; // More was typed meanwhile.
      list.replaceChildren(
        ...found.slice(0, maxResults).map((result) => {
          const { id, page, title } = result as unknown as { id: string; page: string; title: string };
          const link = document.createElement('a');
          link.href = new URL(id, root).href;
          const heading = document.createElement('b');
          heading.textContent = title;
          link.append(heading);
          if (page !== title) {
            const place = document.createElement('small');
            place.textContent = page;
            link.append(' ', place);
          }
          const item = document.createElement('li');
          item.append(link);
          return item;
        }),
      );
      const told = found.length > maxResults ? `The best ${maxResults} of ${found.length} results` : `${found.length} results`;
      status.textContent = found.length === 0 ? `Nothing found for “${query}”` : found.length === 1 ? '1 result' : told;
    } catch (error) {
      index = undefined; // Tried again with the next letter.
      status.textContent = `The search cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  field.addEventListener('input', () => void show());
  made.addEventListener('keydown', (event) => {
    const all = links();
    const at = all.indexOf(document.activeElement as HTMLAnchorElement);
    if (event.key === 'ArrowDown') (all[at + 1] ?? all[0])?.focus();
    else if (event.key === 'ArrowUp') (at > 0 ? all[at - 1]! : field).focus();
    // A field with text would only empty it.
    else if (event.key === 'Escape') made.close();
    else if (event.key === 'Enter' && document.activeElement === field) all[0]?.click();
    else return;
    event.preventDefault();
  });
  made.addEventListener('click', (event) => {
    // Beside the box, or a section of this page.
    if (event.target === made || (event.target as Element).closest('a') !== null) made.close();
  });
  void show();
  return made;
}

/** Opens the dialog; the focus goes back when it is closed. */
export function openSearch(root: URL): void {
  dialog ??= createDialog(root);
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input')!.select();
}

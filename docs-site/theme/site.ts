/** What the pages do with scripts: menu on narrow screens, colours, search, copying of code, where one is in the page. */
import { colourButton } from './colours-button.ts';
import { copyButtons } from './copy-buttons.ts';
import { followReading } from './follow-reading.ts';

const find = <T extends Element>(selector: string) => document.querySelector<T>(selector);

const theme = find<HTMLButtonElement>('.theme-button');
if (theme !== null) colourButton(theme);

const menuButton = find<HTMLButtonElement>('.menu-button');
const menu = find<HTMLElement>('nav.menu');
if (menuButton !== null && menu !== null) {
  const open = (wanted: boolean) => {
    menuButton.setAttribute('aria-expanded', String(wanted));
    menu.classList.toggle('open', wanted);
  };
  menuButton.addEventListener('click', () => open(menuButton.getAttribute('aria-expanded') !== 'true'));
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || !menu.classList.contains('open')) return;
    open(false);
    menuButton.focus();
  });
  // The page that is shown, without the window moving. Once the menu has its place: asking before makes the browser lay out all twice.
  const current = menu.querySelector<HTMLElement>('[aria-current]');
  new ResizeObserver((_, observer) => {
    observer.disconnect();
    if (current !== null) menu.scrollTop = current.offsetTop - menu.clientHeight / 2;
  }).observe(menu);
}

const searchButton = find<HTMLButtonElement>('.search-button');
if (searchButton !== null) {
  const root = new URL(document.documentElement.dataset['root'] ?? './', document.baseURI);
  const open = () => void import('./search.ts').then(({ openSearch }) => openSearch(root));
  searchButton.addEventListener('click', open);
  document.addEventListener('keydown', (event) => {
    const at = event.composedPath()[0];
    const typing = at instanceof HTMLElement && at.matches('input, textarea, select, [contenteditable], [contenteditable] *');
    const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typing || event.defaultPrevented || !slash) return;
    event.preventDefault();
    open();
  });
}

copyButtons(document);
followReading(document);

/** The button that goes through: as the system, light, dark. */
const order = ['system', 'light', 'dark'] as const;
type Colours = (typeof order)[number];

const says: Readonly<Record<Colours, string>> = { system: 'Colours: as the system', light: 'Colours: light', dark: 'Colours: dark' };

export function colourButton(button: HTMLButtonElement): void {
  const root = document.documentElement;
  const show = (colours: Colours) => {
    if (colours === 'system') delete root.dataset['theme'];
    else root.dataset['theme'] = colours;
    button.setAttribute('aria-label', says[colours]);
    button.title = says[colours];
    button.dataset['colours'] = colours;
  };
  let now: Colours = root.dataset['theme'] === 'light' || root.dataset['theme'] === 'dark' ? root.dataset['theme'] : 'system';
  show(now);
  button.addEventListener('click', () => {
    now = order[(order.indexOf(now) + 1) % order.length]!;
    show(now);
    try {
      if (now === 'system') localStorage.removeItem('bavini-docs-colours');
      else localStorage.setItem('bavini-docs-colours', now);
    } catch {
      // A browser that keeps nothing: this page has them all the same.
    }
  });
}

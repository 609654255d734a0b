import { type MouseEvent, useEffect, useState } from 'react';
import { LiveServer } from './live-server';

const base = import.meta.env.BASE_URL;

const pages = [
  { name: 'Server', address: base },
  { name: 'About', address: `${base}about` },
];

/** Shows its pages without loading them: what a container runs ends with the page that it is on. */
export function App() {
  const [address, setAddress] = useState(location.pathname);
  useEffect(() => {
    const follow = () => setAddress(location.pathname);
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const go = (event: MouseEvent<HTMLAnchorElement>) => {
    event.preventDefault();
    history.pushState(null, '', event.currentTarget.href);
    setAddress(location.pathname);
  };
  const about = address === `${base}about`;
  return (
    <>
      <nav>
        {pages.map(({ name, address: href }) => (
          <a key={name} href={href} aria-current={address === href ? 'page' : undefined} onClick={go}>
            {name}
          </a>
        ))}
      </nav>
      {about ? <p>A page without a container.</p> : <LiveServer />}
    </>
  );
}

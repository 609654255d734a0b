/** Marks in the table of contents the section that is read. */
export function followReading(document: Document): void {
  const links = new Map(
    [...document.querySelectorAll<HTMLAnchorElement>('.toc a')].map((link) => [decodeURIComponent(link.hash.slice(1)), link]),
  );
  if (links.size === 0) return;
  const headings = [...links.keys()].flatMap((id) => document.getElementById(id) ?? []);
  const visible = new Set<Element>();
  const mark = () => {
    const first = headings.find((heading) => visible.has(heading));
    if (first === undefined) return; // Within a long section: it stays marked.
    for (const [id, link] of links) link.classList.toggle('read', id === first.id);
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) visible.add(target);
      else visible.delete(target);
    }
    mark();
  });
  for (const heading of headings) observer.observe(heading);
}

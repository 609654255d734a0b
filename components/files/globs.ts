import zeptomatch from 'zeptomatch';

/** Whether a path matches one of the globs between blanks in `text`, or is in a folder that does. */
export function globsOf(text: string): (path: string) => boolean {
  const globs = text.split(/\s+/).filter(Boolean);
  if (globs.length === 0) return () => false;
  return (path) => {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) if (zeptomatch(globs, path.slice(0, end))) return true;
    return false;
  };
}

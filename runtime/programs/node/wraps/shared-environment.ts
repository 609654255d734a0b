import type { Link } from './port-core.ts';

const sharers = new WeakMap<Map<string, string>, Set<Link>>();

/**
 * `SHARE_ENV`: threads here share no memory, so each side has the variables and tells the other what it changes, in the order of its
 * messages. Ends when what it returns is called.
 */
export function shareEnvironment(variables: Map<string, string>, link: Link): () => void {
  const links = sharers.get(variables) ?? follow(variables);
  links.add(link);
  link.onEnvironment = (name, value) => {
    // Told to the others, not back.
    links.delete(link);
    if (value === null) variables.delete(name);
    else variables.set(name, value);
    links.add(link);
  };
  return () => void links.delete(link);
}

function follow(variables: Map<string, string>): Set<Link> {
  const links = new Set<Link>();
  sharers.set(variables, links);
  const { set, delete: remove } = variables;
  const tell = (name: string, value: string | null) => {
    for (const link of links) link.send({ kind: 'environment', name, value });
  };
  variables.set = (name, value) => {
    Reflect.apply(set, variables, [name, value]);
    tell(name, value);
    return variables;
  };
  variables.delete = (name) => {
    const had = Reflect.apply(remove, variables, [name]) as boolean;
    if (had) tell(name, null);
    return had;
  };
  return links;
}

/** Only has to compile: a `Container` can stand wherever the WebContainer API's public interface is asked for. */
import type { WebContainer, FileSystemTree as TheirTree, WebContainerProcess } from '@webcontainer/api';
import type { Container } from './container.ts';
import type { TerminalProcess } from './container-process.ts';
import type { FileSystemTree } from './file-tree.ts';

/** A class type with private members is nominal; its public ones are what programs use. */
type Public<T> = { [K in keyof T]: T[K] };

declare const container: Container;
declare const process: TerminalProcess;
declare const tree: FileSystemTree;
declare const theirTree: TheirTree;

export const asWebContainer: Public<WebContainer> = container;
export const asProcess: WebContainerProcess = process;
export const asTheirTree: TheirTree = tree;
export const asOurTree: FileSystemTree = theirTree;

// Wrong uses.
// @ts-expect-error there is no such event
container.on('ready', () => {});
// @ts-expect-error a tree's file needs contents
void container.mount({ 'a.txt': { file: {} } });
// @ts-expect-error three streams only without a tty
void container.spawn('node', [], {}).then((spawned) => spawned.stderr);
// @ts-expect-error a port is a number
void container.fetch('3000', '/');

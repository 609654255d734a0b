import type { Session } from '../session.ts';
import type { CommandName } from './names.ts';

export interface Command {
  /** @param forWorkspaces `-w` or `--workspaces` was given, and the command can do it. */
  readonly run: (session: Session, args: readonly string[], forWorkspaces: boolean) => Promise<void>;
  /** Can work on some workspaces. */
  readonly forWorkspaces?: boolean;
  /** Being in a workspace's folder is no reason to work on it only. */
  readonly ignoresImplicitWorkspace?: boolean;
  /** Only starts a program: what it says of its failure is enough. */
  readonly isShellout?: boolean;
}

/** Each is loaded when it runs. One that is missing cannot run where the table is for. */
export type CommandTable = { readonly [C in CommandName]?: () => Promise<Command> };

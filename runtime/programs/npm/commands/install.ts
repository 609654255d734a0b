/** `npm install` and `npm ci`: from the lock alone where it is enough, else by the resolver, which is loaded then. */
import { Failure } from '../failure.ts';
import type { TreePlan } from '../install/tree-plan.ts';
import { takeTurn } from '../install/turns.ts';
import { lockAgreement } from '../lockfile/agreement.ts';
import { lockNames } from '../lockfile/lock.ts';
import { readManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { asksForWorkspaces, lockedPlan, lockedProject, needsResolver, reify, rootOf, type LockedProject } from './reify.ts';
import type { Command } from './command.ts';

async function runInstall(session: Session, given: readonly string[]): Promise<void> {
  const { config, disk } = session;
  const args = config.global && given.length === 0 ? ['.'] : given;
  const root = rootOf(session);
  const add = args.filter((arg) => resolvePath(session.cwd, arg) !== config.prefix || !/^\.{0,2}\/?/.test(arg) || arg === '');
  if (!config.flag('dry-run')) disk.makeFolders(root);
  const wanted = add.filter((arg) => resolvePath(session.cwd, arg) !== root);
  if (wanted.length === 0 && !config.global) {
    const manifest = disk.exists(resolvePath(root, 'package.json')) ? readManifest(disk, root) : {};
    const locked = needsResolver(session) ? undefined : lockedProject(session, root, manifest);
    if (locked !== undefined && locked.lock.version >= 2 && lockAgreement(session, root, locked) === 'same') {
      await reify(session, await lockedPlan(session, root, locked), { projectScripts: true });
      return;
    }
  }
  // Each is loaded by now, as a rule (`main.ts`).
  const [{ installResolved }] = await Promise.all([
    import('./change-tree.ts'),
    import('../resolve/ask-early.ts').then(({ openAhead }) => openAhead(session, root)),
  ]);
  await installResolved(session, wanted);
}

async function runCi(session: Session): Promise<void> {
  const { config, disk } = session;
  if (config.global) throw new Failure('`npm ci` does not work for global packages', { code: 'ECIGLOBAL' });
  const root = config.localPrefix;
  let locked: LockedProject | undefined;
  try {
    if (lockNames.some((name) => disk.exists(resolvePath(root, name)))) {
      locked = lockedProject(session, root, disk.exists(resolvePath(root, 'package.json')) ? readManifest(disk, root) : {});
    }
  } catch (error) {
    // npm says the same of a lock that it cannot read.
    if (
      !(error instanceof Failure) ||
      error.code !== 'EJSONPARSE' ||
      !lockNames.some((name) => error.details.path?.endsWith(name) === true)
    )
      throw error;
  }
  if (locked === undefined) {
    throw await (await import('./change-tree.ts')).cannotClean();
  }
  let plan: TreePlan;
  // An older lock does not say all that the tree depends on.
  if (locked.lock.version >= 2 && !asksForWorkspaces(config) && lockAgreement(session, root, locked) !== 'differs') {
    plan = await lockedPlan(session, root, locked);
  } else {
    const { planBeyondLock } = await import('./change-tree.ts');
    plan = await planBeyondLock(session, locked);
  }
  // What is only tried leaves `node_modules` as it is: then npm compares with that.
  await reify(session, plan, { clean: !session.config.flag('dry-run'), projectScripts: true });
}

export const installCommand: Command = {
  forWorkspaces: true,
  run: (session, args) => takeTurn(session, () => runInstall(session, args)),
};
export const ci: Command = { forWorkspaces: true, run: (session) => takeTurn(session, () => runCi(session)) };

async function andTest(session: Session): Promise<void> {
  const { test } = await import('./run.ts');
  await test.run(session, [], false);
}

export const installTest: Command = {
  forWorkspaces: true,
  run: async (session, args) => {
    await installCommand.run(session, args, false);
    await andTest(session);
  },
};

export const installCiTest: Command = {
  forWorkspaces: true,
  run: async (session) => {
    await ci.run(session, [], false);
    await andTest(session);
  },
};

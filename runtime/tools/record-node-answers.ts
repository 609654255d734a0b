/** Records what the C++ side of the pinned Node answers on Linux (x64), for builds on every system. Run it where the release changes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { answersFile, dumpAnswers } from './node-library/dump.ts';
import { findPinnedNode } from './node-library/pinned-node.ts';

if (process.platform !== 'linux' || process.arch !== 'x64')
  throw new Error(`Cannot record on ${process.platform} (${process.arch}): containers are Linux (x64)`);
mkdirSync(dirname(answersFile), { recursive: true });
writeFileSync(answersFile, `${JSON.stringify(dumpAnswers(findPinnedNode().binary), null, 1)}\n`);

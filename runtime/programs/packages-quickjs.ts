/** The package managers inside QuickJS, as children of a program that waits for them. */
import './quickjs-globals.ts';
import { installIntl } from '../process/engines/quickjs/intl-program.ts';
import { askIntl } from '../process/engines/quickjs/program-side.ts';
import type { TrustedProgram } from '../process/program.ts';
import * as managers from './npm/waited.ts';
import { connectTrusted } from './quickjs-trusted.ts';

// They sort names as Node does.
installIntl(askIntl);
connectTrusted((name) => Promise.resolve((managers as Readonly<Record<string, TrustedProgram>>)[name]));

import { existsSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { AuthorServer } from '../author-server.ts';
import { FoundProblems, textOption, UsageError, type Command } from '../command.ts';
import { checkPage } from '../lesson/check-page.ts';
import { reporterNames, reportText, type ReporterName, type StepReport } from '../lesson/check-report.ts';
import { openBrowser } from '../open-browser.ts';

export const checkCommand: Command = {
  name: 'check',
  operands: '<page>...',
  summary: [
    'goes through every step of the lessons of a page or folder in a real browser: its start must not pass its',
    'checks, its solution must. Exit code 1 if one is wrong. Needs puppeteer-core',
  ],
  optionHelp: [
    ['--browser <path>', "the browser's program. Default: Chrome, Chromium or Firefox of this machine"],
    ['--reporter <name>', 'text, json or junit. Default: text'],
  ],
  options: { browser: { type: 'string' }, reporter: { type: 'string' } },
  async run(invocation) {
    const { positionals, say } = invocation;
    const reporter = (textOption(invocation, 'reporter') ?? 'text') as ReporterName;
    if (!reporterNames.includes(reporter)) throw new UsageError(`check: there is no reporter "${reporter}"`);
    if (positionals.length === 0) throw new UsageError('check: name a page or a folder');
    for (const name of positionals) if (!existsSync(name)) throw new Error(`Cannot check "${name}": it is not there`);
    const browser = await openBrowser(textOption(invocation, 'browser'));
    const reports: StepReport[] = [];
    try {
      for (const name of positionals) {
        const isPage = !statSync(name).isDirectory();
        const folder = isPage ? dirname(resolve(name)) : resolve(name);
        const server = await AuthorServer.open({ folder, port: 0, reload: false });
        // Nothing that was kept of another one.
        const context = await browser.createBrowserContext();
        try {
          const page = await context.newPage();
          page.setDefaultTimeout(0);
          const found = await checkPage(page, `${server.origin}/${isPage ? encodeURIComponent(basename(name)) : ''}`, name);
          if (found.length === 0) throw new Error(`Cannot check "${name}": it has no <bv-lesson> with a step`);
          reports.push(...found);
        } finally {
          await context.close();
          server.close();
        }
      }
    } finally {
      await browser.close();
    }
    say(reportText(reports, reporter));
    if (reports.some(({ problems }) => problems.length > 0)) throw new FoundProblems('Steps are wrong');
  },
};

/** All that lessons say to readers, and to authors about their mistakes. */
import { stringsOf } from '../shared/strings.ts';

const quoted = (text: string) => `“${text}”`;

export const lessonEnglish = {
  lesson: 'Lesson',
  steps: 'Steps',
  showSteps: (current: number, count: number) => `Step ${current} of ${count}`,
  previous: 'Previous',
  next: 'Next',
  stepDone: 'done',
  stepLocked: 'not open yet',
  stepLockedWhy: 'Finish the steps before it first.',
  nextLockedWhy: 'The next step opens when all checks of this one have passed.',
  stepShown: (label: string, current: number, count: number) => `Step ${current} of ${count}: ${label}`,
  lessonDone: 'All steps are done.',
  resetFile: (file: string) => `Reset ${file}`,
  resetStep: 'Reset step',
  resetLesson: 'Reset lesson',
  resetMenu: 'Start over',
  stepIsReset: 'The files of this step are as they were at its start.',
  fileIsReset: (file: string) => `${file} is as it was at the start of this step.`,
  lessonIsReset: 'The lesson starts over: nothing of what you wrote in it is left.',
  resetLessonAsks: 'This forgets what you wrote in all steps.',
  resetLessonYes: 'Forget all',
  cancel: 'Cancel',
  undo: 'Undo',
  undone: 'Your files are back.',

  checks: 'Checks',
  check: 'Check',
  checking: 'Checking …',
  unchecked: 'Not checked yet',
  running: 'Checking',
  passed: 'Passed',
  failed: 'Not yet',
  waiting: 'Waiting',
  broken: 'Could not be checked',
  wanted: 'Wanted:',
  found: 'Found:',
  summary: (passed: number, count: number) =>
    passed === count
      ? count === 1
        ? 'The check has passed.'
        : `All ${count} checks have passed.`
      : `${passed} of ${count} ${count === 1 ? 'check has' : 'checks have'} passed.`,
  summaryFirst: (label: string, found: string) => (found === '' ? `Not yet: ${label}` : `Not yet: ${label}. ${found}`),

  hint: 'Hint',
  solution: 'Solution',
  compare: 'Compare with your files',
  compareInEditor: 'Compare in the editor',
  compareHide: 'Hide the comparison',
  apply: 'Use the solution',
  applied: 'The solution is in your files.',
  sameAsSolution: 'Your files are the same as the solution.',
  comparison: (file: string) => `Your ${file} beside the other version`,
  yours: 'Yours',
  theirs: 'The other version',
  lineAdded: 'added',
  lineRemoved: 'removed',

  fileChanged: (file: string) => `The author changed ${file} since you edited it. Yours is kept.`,
  fileDeleted: (file: string) => `The author deleted ${file} since you edited it. Yours is kept.`,
  showDifference: 'Show the difference',
  hideDifference: 'Hide the difference',
  takeTheirs: 'Take the author’s',
  keepMine: 'Keep mine',

  otherTab: 'This lesson is open in another tab, too, and this step was edited there.',
  showOtherTab: 'Show what was written there',

  notKeptBlocked: 'This browser keeps nothing for this page: what you do here lasts until you leave it.',
  notKeptFull: 'There is no room left in this browser: what you do from now on lasts until you leave the page.',
  notKeptNewer: 'A newer version of this page kept your progress. It is left as it is, and what you do now is not kept.',
  notKeptTwice: (key: string) => `Two lessons of this page are kept as ${quoted(key)}: this one is not kept.`,

  noSteps: 'This lesson has no steps: write <bv-step>s into it, or name a packed lesson with src="…"',
  stepTwice: (name: string) => `Two steps are named ${quoted(name)}: each name must be of one step`,
  stepName: (name: string) => `Cannot use ${quoted(name)} as the name of a step: it must hold no blanks, "#" and "/"`,
  stepUnknown: (name: string) => `There is no step ${quoted(name)} in this lesson`,
  stepFile: (step: string, message: string) => `Step ${quoted(step)}: ${message}`,
  stepFocus: (step: string, file: string) => `Step ${quoted(step)}: the file ${quoted(file)} that is to be shown is not in it`,
  patchTwice: (step: string, file: string) => `Step ${quoted(step)}: ${quoted(file)} is written and patched at once`,
  patchUnreadable: (step: string, message: string) => `Step ${quoted(step)}: a patch cannot be read: ${message}`,
  patchMissing: (step: string, file: string) => `Step ${quoted(step)}: the patch of ${quoted(file)} does not apply: there is no such file`,
  patchFails: (step: string, file: string, hunk: number, header: string) =>
    `Step ${quoted(step)}: the patch of ${quoted(file)} does not apply: hunk ${hunk} (${header}) does not fit`,
  deleteMissing: (step: string, file: string) => `Step ${quoted(step)}: cannot delete ${quoted(file)}: there is no such file`,
  sourceFailed: (url: string, message: string) => `Cannot load the lesson ${url}: ${message}`,
  outsideLesson: (tag: string) => `<${tag}> must be in a <bv-step> of a <bv-lesson>`,

  checkUnknown: (type: string, known: string) => `There is no check of type ${quoted(type)}: known are ${known}`,
  checkNeeds: (type: string, attribute: string) => `A check of type ${quoted(type)} needs the attribute ${attribute}`,
  checkUnreadable: (attribute: string, message: string) => `Cannot read the attribute ${attribute} of a check: ${message}`,
  noNumber: (written: string) => `${quoted(written)} is no number from 0`,
  fillUnreadable: 'expected selector => text',
  noFunction: (name: string) => `The page defines no check ${quoted(name)}: it must call defineCheck()`,
  checkFailed: (message: string) => `The check itself failed: ${message}`,
  timedOut: (seconds: number) => `It did not end within ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, and was stopped.`,
  notRunning: 'Press Check: this one needs the program to run.',
  noServer: (port: number) => `Nothing listens on port ${port}: press Run.`,
  noServerComes: (port: number) => `Nothing listens on port ${port}, and no program runs any more that could.`,
  noAnswer: 'The server closed the connection without an answer: what it says is in the terminal.',
  noAnswerWithin: (seconds: number) => `The server did not answer within ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.`,
  noDocument: 'The preview shows nothing yet: press Run.',

  wantsFile: (file: string) => `There is a file ${file}`,
  wantsNoFile: (file: string) => `There is no file ${file}`,
  wantsInFile: (file: string, text: string) => `${file} contains ${quoted(text)}`,
  wantsNotInFile: (file: string, text: string) => `${file} does not contain ${quoted(text)}`,
  wantsMatch: (file: string, expression: string) => `${file} matches ${expression}`,
  wantsEqual: (file: string) => `${file} is as wanted, line by line`,
  wantsJson: (file: string, json: string) => `${file} holds ${json}`,
  foundFile: (file: string) => `There is ${file}.`,
  foundNoFile: (file: string) => `There is no file ${file}.`,
  foundInFile: (file: string) => `It is in ${file}.`,
  foundNotInFile: (file: string) => `It is not in ${file}.`,
  foundLine: (line: number, found: string | undefined, wanted: string | undefined) => {
    if (found === undefined) return `Line ${line} is missing: ${quoted(wanted ?? '')}`;
    return wanted === undefined ? `Line ${line} is too much: ${quoted(found)}` : `Line ${line} is ${quoted(found)}, not ${quoted(wanted)}`;
  },
  foundNoJson: (message: string) => `It is no JSON: ${message}`,
  foundNoValue: (path: string, wanted: string) => `There is no ${path}; wanted is ${wanted}`,
  foundValue: (path: string, found: string, wanted: string) =>
    path === '' ? `It is ${found}; wanted is ${wanted}` : `${path} is ${found}; wanted is ${wanted}`,
  wantsCode: (command: string, code: number) => (code === 0 ? `${command} runs without an error` : `${command} ends with code ${code}`),
  wantsPrinted: (command: string, text: string) => `${command} prints ${quoted(text)}`,
  wantsError: (command: string, text: string) => `${command} prints ${quoted(text)} as an error`,
  foundCode: (code: string, printed: string) =>
    printed === '' ? `It ended with ${code}.` : `It ended with ${code} and printed:\n${printed}`,
  foundPrinted: (printed: string) => `It printed:\n${printed}`,
  foundNothingPrinted: 'It printed nothing.',
  foundError: (printed: string) => (printed === '' ? 'It printed no error.' : `Its errors are:\n${printed}`),
  foundOnlyError: (printed: string) => `It printed nothing but an error:\n${printed}`,
  wantsTests: (file: string) => `The tests in ${file} pass`,
  foundFailedTests: (count: number, name: string, message: string) => {
    const which = count === 1 ? `The test ${quoted(name)} fails.` : `${count} tests fail. The first is ${quoted(name)}.`;
    return message === '' ? which : `${which}\n${message}`;
  },
  wantsStatus: (request: string, status: number) => `${request} is answered with the status ${status}`,
  foundStatus: (status: number, body: string) =>
    body === '' ? `The status is ${status}.` : `The status is ${status}, and the answer:\n${body}`,
  wantsHeader: (request: string, name: string, value: string) =>
    value === '' ? `${request} is answered with a header ${name}` : `${request} is answered with ${name}: ${value}`,
  foundHeader: (name: string, value: string) => `It is ${name}: ${value}`,
  foundNoHeader: (name: string) => `There is no header ${name}.`,
  wantsBody: (request: string, text: string) => `${request} is answered with ${quoted(text)}`,
  wantsJsonBody: (request: string, json: string) => `${request} is answered with ${json}`,
  foundBody: (body: string) => `The answer is:\n${body}`,
  foundNoBody: 'The answer is empty.',
  wantsElement: (selector: string) => `The page has ${selector}`,
  wantsElements: (selector: string, count: number) => `The page has ${selector} ${count === 1 ? 'once' : `${count} times`}`,
  wantsNoElement: (selector: string) => `The page has no ${selector}`,
  wantsVisible: (selector: string) => `${selector} can be seen`,
  wantsText: (selector: string, text: string) => `${selector} says ${quoted(text)}`,
  wantsAttribute: (selector: string, name: string, value: string | undefined) =>
    value === undefined ? `${selector} has the attribute ${name}` : `${selector} has ${name}=${quoted(value)}`,
  foundNoElement: (selector: string) => `There is no ${selector} in the page.`,
  foundElements: (count: number) => (count === 0 ? 'There is none.' : count === 1 ? 'There is one.' : `There are ${count}.`),
  foundNoTarget: (selector: string) => `There is no ${selector} to use.`,
  foundHidden: 'It is hidden.',
  foundText: (text: string) => `It says ${quoted(text)}`,
  foundNoText: 'It says nothing.',
  foundAttribute: (name: string, value: string) => `It is ${name}=${quoted(value)}`,
  foundNoAttribute: (name: string) => `It has no attribute ${name}.`,
};

export type LessonStrings = typeof lessonEnglish;
export const lessonStrings = stringsOf('lesson', lessonEnglish);

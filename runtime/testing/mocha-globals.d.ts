/** The test framework's globals in browser tests (mocha, as Web Test Runner loads it). */
interface TestContext {
  timeout(milliseconds: number): void;
}
type TestBody = (this: TestContext) => void | Promise<void>;

declare const describe: (title: string, body: (this: TestContext) => void) => void;
declare const it: { (title: string, body: TestBody): void; skip(title: string, body: TestBody): void };
declare const before: (body: TestBody) => void;
declare const after: (body: TestBody) => void;
declare const beforeEach: (body: TestBody) => void;
declare const afterEach: (body: TestBody) => void;

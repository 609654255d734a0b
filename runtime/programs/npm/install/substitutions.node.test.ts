import assert from 'node:assert/strict';
import { test } from 'node:test';
import { substitutionFor } from './substitutions.ts';

/** As a plan has it. */
const ofLinux = (name: string) => ({ name, version: '1.0.0', os: ['linux'], cpu: ['x64'] });

test('substitutionFor(): what people install most and no page runs is named with what to use instead', () => {
  const advice = (name: string) => {
    const use = substitutionFor(ofLinux(name), new Map());
    return use !== undefined && 'advice' in use ? use.advice : undefined;
  };
  const instead = {
    '@prisma/engines': /PRISMA_SCHEMA_ENGINE_BINARY=.* pglite-prisma-adapter/,
    canvas: /pureimage/,
    '@napi-rs/canvas-linux-x64-gnu': /pureimage/,
    '@oxlint/binding-linux-x64-gnu': /eslint/,
    '@typescript/native-preview-linux-x64': /typescript 6/,
    '@nx/nx-linux-x64-gnu': /npm run --workspaces/,
    '@tensorflow/tfjs-node': /@tensorflow\/tfjs /,
    'onnxruntime-node': /onnxruntime-web/,
    cypress: /jsdom/,
    puppeteer: /jsdom/,
    electron: /native program/,
  };
  for (const [name, wanted] of Object.entries(instead)) assert.match(advice(name) ?? '', wanted, name);
});

test('substitutionFor(): what its package does without is not named', () => {
  assert.deepEqual(substitutionFor(ofLinux('@msgpackr-extract/msgpackr-extract-linux-x64'), new Map()), { kind: 'binary' });
  assert.deepEqual(substitutionFor(ofLinux('msgpackr-extract'), new Map()), { kind: 'unbuilt' });
});

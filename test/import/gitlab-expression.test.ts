/** Conditions of GitLab's rules in the pipeline of a git tag: what is certain, and what is left open. */
import { expect, test } from 'vitest';
import { holds, starts, startsForTag, tagVariables, type Known } from '../../src/import/gitlab-expression.ts';

const expressions: readonly [string, Known][] = [
  ['$CI_COMMIT_TAG', true],
  ['${CI_COMMIT_TAG} != null', true],
  ['$CI_COMMIT_TAG == ""', false],
  ['$CI_COMMIT_TAG == "v1"', null],
  ['$CI_COMMIT_TAG =~ /^v/', null],
  ['$CI_COMMIT_BRANCH', false],
  ['$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH', null],
  ['$CI_COMMIT_BRANCH == "main"', false],
  ['$CI_COMMIT_BRANCH != "main"', true],
  ["$CI_COMMIT_BRANCH == 'main' || $CI_COMMIT_TAG", true],
  ['$CI_COMMIT_BRANCH =~ /^release\\/.*$/i', false],
  ['$CI_COMMIT_BRANCH !~ /x/', true],
  ['$CI_COMMIT_BRANCH == null && $CI_COMMIT_TAG', true],
  ['$CI_PIPELINE_SOURCE == "merge_request_event"', false],
  ['"merge_request_event" == $CI_PIPELINE_SOURCE', false],
  ['$CI_PIPELINE_SOURCE == "push"', null],
  ['$CI_MERGE_REQUEST_IID', false],
  ['$OWN', null],
  ['$OWN && $CI_COMMIT_BRANCH', false],
  ['$OWN || $CI_COMMIT_TAG', true],
  ['($OWN || $CI_COMMIT_TAG) && $CI_COMMIT_BRANCH', false],
  ['"a" == "a"', true],
  ['$OWN ==', null],
  ['$CI_COMMIT_TAG @ 1', null],
  ['($CI_COMMIT_TAG', null],
  ['$CI_COMMIT_TAG)', null],
  ['', null],
];

test.each(expressions)('%s: %s', (expression, known) => {
  expect(holds(expression, tagVariables)).toBe(known);
});

const rules: readonly { readonly name: string; readonly rules: readonly unknown[]; readonly starts: Known }[] = [
  { name: 'no rule that holds', rules: [{ if: '$CI_COMMIT_BRANCH' }], starts: false },
  { name: 'one that holds', rules: [{ if: '$CI_COMMIT_BRANCH' }, { if: '$CI_COMMIT_TAG' }], starts: true },
  { name: 'one that holds, and says never', rules: [{ if: '$CI_COMMIT_TAG', when: 'never' }, {}], starts: false },
  { name: 'changes, which a git tag always has', rules: [{ changes: ['src/**'] }], starts: true },
  { name: 'exists, which is not looked up', rules: [{ exists: ['Dockerfile'] }], starts: null },
  {
    name: 'what is not known, and never then',
    rules: [{ if: '$OWN', when: 'never' }, { when: 'manual' }],
    starts: true,
  },
  { name: 'what is not known', rules: [{ if: '$OWN' }], starts: null },
  { name: 'a reference', rules: [['.rules', 'tags'], { if: '$CI_COMMIT_BRANCH' }], starts: null },
];
test.each(rules)('rules with $name: $starts', ({ rules: given, starts: known }) => {
  expect(starts(given, tagVariables)).toBe(known);
});

const refs: readonly { readonly only?: unknown; readonly except?: unknown; readonly starts: Known }[] = [
  { starts: true },
  { only: ['tags'], starts: true },
  { only: { refs: ['tags', 'main'] }, starts: true },
  { only: 'branches', starts: false },
  { only: ['main', 'merge_requests'], starts: false },
  { only: ['/^v/'], starts: null },
  { only: { variables: ['$OWN'] }, starts: null },
  { except: ['tags'], starts: false },
  { except: ['main'], starts: null },
];
test.each(refs)('only $only, except $except: $starts', ({ only, except, starts: known }) => {
  expect(startsForTag(only, except)).toBe(known);
});

/** A first axis of one's own: the default rules do not name it, and the fix that is printed is one that works. */
import { expect, test } from 'vitest';
import type { MatrixConfig } from '../../src/config/matrix-config.ts';
import { required } from '../../src/commands/read-project.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { checkTags } from '../../src/plan/check-tags.ts';
import { daily, planned } from '../support/history.ts';

const config: MatrixConfig = {
  repository: 'registry.example/acme/app',
  scheme: 'semver',
  dockerfile: 'Dockerfile',
  axes: { variant: ['debian', 'alpine'] },
  defaults: { variant: 'debian' },
};

function fixes(written: MatrixConfig): readonly (string | undefined)[] {
  const { image, tags } = planned(written, daily('1.0.0'));
  const read = required(readConfig(written, 'matrix.config.ts'));
  return checkTags(tags, image, read).map(({ fix }) => fix);
}

test('each rule that gives two values one tag gets the template that tells them apart', () => {
  const first = fixes(config);
  expect(first).toContain(
    "write rules: { full: { template: '{{version}}-{{variant}}{{suffix}}' } }, which names what differs; or say only: { variant: 'default' }, or end an alias by range or where",
  );
  const templates = first.map(
    (fix) => /rules: \{ (?<name>\w+): \{ template: '(?<template>[^']*)'/.exec(fix ?? '')?.groups,
  );
  const rules = Object.fromEntries(
    templates.map((groups) => [groups?.['name'] ?? '', { template: groups?.['template'] ?? '' }]),
  );
  expect(Object.keys(rules).toSorted()).toEqual(['full', 'latest', 'major', 'minor', 'sha']);
  expect(fixes({ ...config, rules })).toEqual([]);
});

test('a rule that names the axis already is not told to name it again', () => {
  const axes = { variant: { debian: { aliases: ['x'] }, alpine: { aliases: ['x'] } } };
  const found = fixes({ ...config, axes, rules: { full: { template: '{{version}}-{{variant}}' } } });
  expect(found[0]).toBe("say only: { variant: 'default' }, or end an alias by range or where");
});

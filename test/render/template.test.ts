import { describe, expect, test } from 'vitest';
import type { TemplateInput } from '../../src/render/template-input.ts';
import { renderTemplate } from '../../src/render/template.ts';

const context = {
  flavor: 'conda',
  base: { name: 'python:3.10-slim', digest: '' },
  packages: ['git', 'tini'],
  users: [{ name: 'ada' }, { name: 'grace' }],
  none: [],
  on: true,
};

function input(text: string, partials: Readonly<Record<string, string>> = {}): TemplateInput {
  const sources = Object.entries(partials).map(([name, text]) => [name, { path: `partials/${name}.hbs`, text }]);
  return { template: { path: 'app.hbs', text }, partials: Object.fromEntries(sources), context };
}

describe('a template that is right', () => {
  const rows: readonly { name: string; text: string; partials?: Record<string, string>; gives: string }[] = [
    { name: 'names and groups', text: '{{flavor}} {{base.name}}', gives: 'conda python:3.10-slim' },
    {
      name: 'nothing is escaped',
      text: '{{#with base}}{{name}}>=2 & "x"{{/with}}',
      gives: 'python:3.10-slim>=2 & "x"',
    },
    { name: 'if, else, unless', text: '{{#if base.digest}}a{{else}}b{{/if}}{{#unless on}}c{{/unless}}', gives: 'b' },
    {
      name: 'a list of texts',
      text: '{{#each packages}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}',
      gives: '0git,1tini',
    },
    {
      name: 'a list of groups',
      text: '{{#each users}}{{name}}-{{../flavor}} {{/each}}',
      gives: 'ada-conda grace-conda ',
    },
    { name: 'block parameters', text: '{{#each users as |user|}}{{user.name}} {{/each}}', gives: 'ada grace ' },
    {
      name: 'a group walked through',
      text: '{{#each base}}{{@key}}={{this}};{{/each}}',
      gives: 'name=python:3.10-slim;digest=;',
    },
    { name: 'an empty list hides its names', text: '{{#each none}}{{anything}}{{else}}-{{/each}}', gives: '-' },
    { name: 'a partial', text: 'a\n{{> labels}}\nb', partials: { labels: 'L={{flavor}}\n' }, gives: 'a\nL=conda\nb' },
    {
      name: 'a partial with values',
      text: "{{> pip extra='k8s'}}",
      partials: { pip: '{{#if extra}}{{extra}} {{/if}}{{flavor}}' },
      gives: 'k8s conda',
    },
    {
      name: 'a partial on a group',
      text: '{{> base base}}',
      partials: { base: '{{name}}' },
      gives: 'python:3.10-slim',
    },
    { name: 'the root from inside', text: '{{#each users}}{{@root.flavor}}{{/each}}', gives: 'condaconda' },
    { name: 'a comment', text: '{{! why }}{{!-- {{verison}} --}}x', gives: 'x' },
  ];
  test.each(rows)('$name', ({ text, partials, gives }) => {
    expect(renderTemplate(input(text, partials))).toEqual({ ok: true, value: gives });
  });
});

describe('a template that is wrong says what, where and what to write', () => {
  const grammar = 'a template has {{name}}, {{#if}}, {{#unless}}, {{#each}}, {{#with}} and {{> partial}}';
  const rows: readonly {
    name: string;
    text: string;
    partials?: Record<string, string>;
    code?: string;
    where: string;
    message: string;
    fix?: string;
  }[] = [
    {
      name: 'a typo',
      text: 'x\n  {{flavro}}',
      where: 'app.hbs:2:5',
      message: '"flavro" is not known here',
      fix: 'did you mean "flavor"?',
    },
    {
      name: 'a name nothing resembles',
      text: '{{base.tag}}',
      where: 'app.hbs:1:3',
      message: '"base.tag" is not known here',
      fix: 'known are digest, name',
    },
    {
      name: 'the condition of an if, which Handlebars takes as false',
      text: '{{#if verison}}x{{/if}}',
      where: 'app.hbs:1:7',
      message: '"verison" is not known here',
      fix: 'known are base, flavor, none, on, packages, users',
    },
    {
      name: 'inside a branch that is not taken',
      text: '{{#if base.digest}}{{base.digset}}{{/if}}',
      where: 'app.hbs:1:22',
      message: '"base.digset" is not known here',
      fix: 'did you mean "digest"?',
    },
    {
      name: 'the list of an each',
      text: '{{#each package}}x{{/each}}',
      where: 'app.hbs:1:9',
      message: '"package" is not known here',
      fix: 'did you mean "packages"?',
    },
    {
      name: 'inside an each',
      text: '{{#each users}}{{nmae}}{{/each}}',
      where: 'app.hbs:1:18',
      message: '"nmae" is not known here',
      fix: 'did you mean "name"?',
    },
    {
      name: 'a name of the data around, without ../',
      text: '{{#each users}}{{flavor}}{{/each}}',
      where: 'app.hbs:1:18',
      message: '"flavor" is not known here',
      fix: 'known are name',
    },
    {
      name: 'inside a partial of a partial',
      text: '{{> a}}',
      partials: { a: '{{> b}}', b: '\n{{flavour}}' },
      where: 'partials/b.hbs:2:3',
      message: '"flavour" is not known here',
      fix: 'did you mean "flavor"?',
    },
    {
      name: 'the value given to a partial',
      text: '{{> a x=flavr}}',
      partials: { a: '{{x}}' },
      where: 'app.hbs:1:9',
      message: '"flavr" is not known here',
      fix: 'did you mean "flavor"?',
    },
    {
      name: 'a name every object has',
      text: '{{constructor}}',
      where: 'app.hbs:1:3',
      message: '"constructor" is not known here',
      fix: 'known are base, flavor, none, on, packages, users',
    },
    {
      name: 'under a text',
      text: '{{flavor.x}}',
      where: 'app.hbs:1:3',
      message: '"flavor.x" is not known here',
      fix: 'nothing is known there',
    },
    {
      name: 'data of Handlebars that is not there',
      text: '{{@indx}}',
      where: 'app.hbs:1:3',
      message: '"@indx" is not known here',
      fix: 'did you mean "@index"?',
    },
    {
      name: 'an unknown partial',
      text: 'a\n {{> label}}',
      partials: { labels: '' },
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:2:2',
      message: 'there is no partial "label"',
      fix: 'did you mean "labels"?',
    },
    {
      name: 'a partial that includes itself',
      text: '{{> a}}',
      partials: { a: '{{> b}}', b: '{{> a}}' },
      code: 'TEMPLATE_INVALID',
      where: 'partials/b.hbs:1:1',
      message: 'the partial "a" includes itself: a → b → a',
    },
    {
      name: 'a list printed',
      text: '{{packages}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: '"packages" is a list and cannot be printed',
    },
    {
      name: 'a group printed',
      text: '{{base}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: '"base" is a group of values and cannot be printed',
    },
    {
      name: 'a helper',
      text: '{{upper flavor}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: '"upper" is used like a helper',
      fix: grammar,
    },
    {
      name: 'a built-in that cannot be checked',
      text: "{{lookup base 'name'}}",
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: '"lookup" is used like a helper',
      fix: grammar,
    },
    {
      name: 'a block of another kind',
      text: '{{#base}}x{{/base}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: '{{#base}} is not understood',
      fix: `${grammar}; a block takes one name`,
    },
    {
      name: 'a computed name',
      text: "{{#if (eq flavor 'x')}}x{{/if}}",
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:7',
      message: 'holds a SubExpression',
      fix: grammar,
    },
    {
      name: 'an inline partial',
      text: '{{#*inline "x"}}y{{/inline}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:1',
      message: 'holds a DecoratorBlock',
      fix: grammar,
    },
    {
      name: 'above the outermost',
      text: '{{../flavor}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:3',
      message: '"../flavor" goes above the outermost values',
    },
    {
      name: 'a block left open',
      text: 'a\n{{#if on}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:2',
      message: 'it ends inside a block or an expression, after "a{{#if on}}"',
      fix: grammar,
    },
    {
      name: 'a block closed as another',
      text: '{{#if on}}{{/each}}',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1:4',
      message: "if doesn't match each",
    },
    {
      name: 'a name left open',
      text: 'a {{flavor',
      code: 'TEMPLATE_INVALID',
      where: 'app.hbs:1',
      message: 'it cannot be read after "a {{flavor"',
      fix: grammar,
    },
  ];
  test.each(rows)('$name', ({ text, partials, code = 'TEMPLATE_UNKNOWN_NAME', where, message, fix }) => {
    const problem = { code, where, message, ...(fix === undefined ? {} : { fix }) };
    expect(renderTemplate(input(text, partials))).toEqual({ ok: false, problems: [problem] });
  });
});

test('every problem is reported, each once, in the order a reader meets them', () => {
  const rendered = renderTemplate(
    input('{{a1}}{{> p}}{{#each users}}{{b1}}{{/each}}{{> p}}', { p: '{{c1}}', broken: 'never included, still fine' }),
  );
  expect(rendered.ok ? [] : rendered.problems.map((problem) => `${problem.where} ${problem.message}`)).toEqual([
    'app.hbs:1:3 "a1" is not known here',
    'partials/p.hbs:1:3 "c1" is not known here',
    'app.hbs:1:31 "b1" is not known here',
  ]);
});

test('a template and a partial that cannot be parsed are two problems', () => {
  const rendered = renderTemplate(input('{{#if on}}', { p: '{{', unused: '{{/if}}' }));
  expect(rendered.ok ? [] : rendered.problems.map((problem) => `${problem.code} ${problem.where}`)).toEqual([
    'TEMPLATE_INVALID app.hbs:1',
    'TEMPLATE_INVALID partials/p.hbs:1',
    'TEMPLATE_INVALID partials/unused.hbs:1',
  ]);
});

/** `action.yml`: the command line's flags and arguments as inputs, so that a flag and an input of one name are one thing. */
import type { Command, Option } from 'commander';
import { ownInputs, type OwnInput } from '../../src/action/inputs.ts';
import { createProgram } from '../../src/cli/program.ts';

const head = `# Written by \`npm run generate\` from the program's flags; test/docs.test.ts holds it.
name: tagwright
description: Plans, builds, publishes and audits the complete tag set of an image that is released in a matrix.
author: The tagwright authors
branding:
  icon: tag
  color: blue

`;

const own: Readonly<Record<OwnInput, { readonly description: string; readonly default?: string }>> = {
  command: { description: 'The command of tagwright to run.', default: 'plan' },
  'github-token': {
    description:
      'Reads releases where the config names a GitHub repository, for which contents: read is enough; writes what comment and issue ask for.',
    default: '${{ github.token }}',
  },
  tags: {
    description:
      'Which tags the output `tags` has: pinned, all with the convenience tags the cell owns, or none for a push by digest (default: pinned of a release, all of another build).',
  },
  'bake-target': { description: 'Target in the output `bake-file` where one cell is chosen.' },
  'require-env': { description: 'Names of variables (secrets) that must not be empty; checked before anything else.' },
  'other-tags': {
    description: "What to do if the event's git tag is not a version of this config: error, or skip.",
  },
  comment: {
    description:
      'The plan as one comment on the pull request, written anew by each run; needs pull-requests: write. Forks, whose token cannot write, have the job summary; true or false (plan).',
  },
  issue: {
    description:
      'The findings as one issue, which the first run without any closes; needs issues: write; true or false (audit).',
  },
  'on-comment': {
    description:
      'Answers a new comment /yank VERSION REASON, or /unyank VERSION, of somebody who may write to the repository with a pull request that has the line in the config; no tag moves. Needs contents: write, pull-requests: write and issues: write; true or false (yank).',
  },
  'dangerously-trust-this-event': {
    description:
      'Treats code of a fork or a pull request as if somebody who may write to the repository had pushed it; true or false.',
  },
};

const outputs: Readonly<Record<string, string>> = {
  result: 'as-planned, findings, outside-failed, bad-input, bug, or skipped.',
  release: 'The version alone, such as 2.11.5.',
  revision: 'The commit of the release, or of another build, 40 hex.',
  version:
    "The full tag of the chosen cell, as docker/metadata-action's; where none is chosen the version alone. Of a build that is not a release, its first tag.",
  tags: 'References of the chosen cell, one a line, in every repository.',
  'tag-names': 'Its tags alone, one a line.',
  labels: 'Its labels, key=value, one a line.',
  annotations: 'The same as annotations, level:key=value, one a line.',
  json: 'Tags, labels and annotations as JSON.',
  'build-args': 'Its build arguments, NAME=value, one a line.',
  platforms: 'Its platforms, separated by commas.',
  dockerfile: 'Path of its Dockerfile.',
  'bake-file': 'Path of a bake file: every cell of the release, or the chosen one for a bake file of your own.',
  'bake-file-tags': 'Path of a bake file with the tags of the chosen cell.',
  'bake-file-labels': 'Path of a bake file with its labels.',
  'bake-file-annotations': 'Path of a bake file with its annotations.',
  push: 'Of a build that is not a release: true, or false for the code of a fork and for rules with push: false.',
  matrix: 'JSON for strategy.matrix, of the command matrix.',
  plan: 'The plan as JSON, of several repositories as { repositories: [plan, …] }; with the input diff, the difference.',
  changed: 'With the input diff: true where a tag differs.',
  digests: 'Tag to digest as JSON, of the commands build and publish.',
  'plan-file': 'Path of the moves that publish with stop-before-moves wrote.',
  'plan-hash': 'Its hash, for the input approved of apply.',
  findings: 'What an audit found, as JSON.',
  'comment-url': 'Where the comment is that the input comment asked for.',
  'issue-url': 'Where the open issue is that the input issue asked for.',
  'report-file': 'Path of what the command printed, in the format asked for.',
};

export function actionYml(): string {
  const program = createProgram({ version: '0.0.0', color: () => false }, () => Promise.resolve());
  const inputs = [
    ...ownInputs.map((name) => inputYml(name, own[name].description, own[name].default)),
    ...[...flagsOf(program)].map(([name, description]) => inputYml(name, description)),
  ];
  const results = Object.entries(outputs).map(([name, text]) => `  ${name}:\n    description: ${quoted(text)}\n`);
  const runs = 'runs:\n  using: node24\n  main: action/index.js\n';
  return `${head}inputs:\n${inputs.join('')}\noutputs:\n${results.join('')}\n${runs}`;
}

/** Every flag and argument of every command, with what it says and which commands have it. */
function flagsOf(program: Command): Map<string, string> {
  const texts = new Map<string, Map<string, string[]>>();
  const add = (name: string, text: string, command: string): void => {
    const byText = texts.get(name) ?? new Map<string, string[]>();
    byText.set(text, [...(byText.get(text) ?? []), command]);
    texts.set(name, byText);
  };
  for (const command of program.commands) {
    for (const argument of command.registeredArguments)
      add(argument.name(), argumentText(argument.name()), command.name());
    for (const option of command.options) add(nameOf(option), optionText(option), command.name());
  }
  return new Map([...texts].map(([name, byText]) => [name, joined(byText, program.commands.length)]));
}

function joined(byText: ReadonlyMap<string, readonly string[]>, all: number): string {
  return [...byText]
    .map(([text, commands]) => `${text}${commands.length === all ? '' : ` (${commands.join(', ')})`}.`)
    .join(' ');
}

function argumentText(name: string): string {
  const texts: Readonly<Record<string, string>> = {
    version: 'The release; where it is left out, the one of the event',
    tag: 'The tag to explain, or to tell the owners of',
    plan: 'A plan file, as audit --plan-out wrote it',
    'journal-file': 'The journal of the publish to undo',
    repository: 'The repositories to look at',
    file: 'The files with the markers',
    shell: 'The shell to complete in: bash, zsh or fish',
    check: 'The check of the config that is answered',
  };
  const text = texts[name];
  if (text === undefined) throw new Error(`say in test/support/action-yml.ts what the argument ${name} is`);
  return text;
}

function optionText(option: Option): string {
  const choices = option.argChoices === undefined ? '' : `: ${option.argChoices.join(', ')}`;
  const repeated = Array.isArray(option.defaultValue) ? '; one a line' : '';
  const text = option.description.replace('; may be repeated', '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${choices}${option.isBoolean() ? '; true or false' : ''}${repeated}`;
}

function nameOf(option: Option): string {
  return option.long?.slice(2) ?? '';
}

function inputYml(name: string, description: string, value?: string): string {
  const fallback = value === undefined ? '' : `    default: ${quoted(value)}\n`;
  return `  ${name}:\n    description: ${quoted(description)}\n    required: false\n${fallback}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

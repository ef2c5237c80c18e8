import { DockerfileParser, type Dockerfile, type Instruction } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

/**
 * What a reviewer would say about a Dockerfile, one line each with its line number: the parser's own diagnostics, and the
 * rules below. They are narrow, and meant for the Dockerfiles of this project.
 */
export function dockerfileFaults(text: string): string[] {
  const dockerfile = DockerfileParser.parse(text);
  const parsed = validate(text).map(
    (fault) =>
      `${fault.range.start.line + 1}: ${typeof fault.message === 'string' ? fault.message : fault.message.value}`,
  );
  const stages = readStages(dockerfile);
  const ruled = dockerfile
    .getInstructions()
    .flatMap((instruction) => rules.flatMap((rule) => rule(instruction, stages)).map(withLine(instruction)));
  return [...parsed, ...directiveFaults(text), ...ruled];
}

/** What was declared above an instruction. */
interface Stages {
  /** Names of the stages that begin before a line. */
  namesBefore(line: number): readonly string[];
  /** Arguments declared before a line in its stage, or ahead of the first stage for a `FROM`. */
  argumentsBefore(line: number): readonly string[];
  readonly allArguments: ReadonlySet<string>;
}

type Rule = (instruction: Instruction, stages: Stages) => readonly string[];

const rules: readonly Rule[] = [
  baseIsPinned,
  stageExists,
  argumentsAreDeclared,
  aptIsTidy,
  pipIsTidy,
  pipesFail,
  argumentsAreQuoted,
  startsWithoutShell,
];

function withLine(instruction: Instruction): (fault: string) => string {
  return (fault) => `${instruction.getRange().start.line + 1}: ${fault}`;
}

/** A frontend named in the file is pulled and run before anything else: none is. */
function directiveFaults(text: string): string[] {
  return /^#\s*(?:syntax|escape|check)\s*=/i.test(text) ? ['1: a parser directive'] : [];
}

function baseIsPinned(instruction: Instruction, stages: Stages): string[] {
  if (instruction.getKeyword() !== 'FROM') return [];
  const image = words(instruction)[0] ?? '';
  if (image === 'scratch' || stages.namesBefore(lineOf(instruction)).includes(image)) return [];
  const tag = /:(?<tag>[^/]+)$/.exec(image)?.groups?.['tag'];
  if (tag === undefined || tag === 'latest') return [`the base ${image} has no tag of its own`];
  return [];
}

function stageExists(instruction: Instruction, stages: Stages): string[] {
  const known = stages.namesBefore(lineOf(instruction));
  return [...instruction.getTextContent().matchAll(/(?<=[\s,])(?:--)?from=(?<name>[^\s,]+)/g)]
    .map((match) => match.groups?.['name'] ?? '')
    .filter((name) => !known.includes(name))
    .map((name) => `there is no stage ${name} above`);
}

function argumentsAreDeclared(instruction: Instruction, stages: Stages): string[] {
  if (instruction.getKeyword() === 'ARG') return [];
  const declared = stages.argumentsBefore(lineOf(instruction));
  return [...used(instruction.getTextContent())]
    .filter((name) => stages.allArguments.has(name) && !declared.includes(name))
    .map((name) => `the argument ${name} is not declared in this stage`);
}

function aptIsTidy(instruction: Instruction): string[] {
  const text = instruction.getTextContent();
  if (instruction.getKeyword() !== 'RUN' || !/apt-get\b.*\binstall/s.test(text)) return [];
  const wanted = ['apt-get update', '--yes', '--no-install-recommends', 'rm -rf /var/lib/apt/lists/*'];
  return wanted.filter((part) => !text.includes(part)).map((part) => `apt-get install without ${part}`);
}

function pipIsTidy(instruction: Instruction): string[] {
  const text = instruction.getTextContent();
  if (!/\bpip install\b/.test(text)) return [];
  return /--no-cache-dir|--mount=type=cache,target=\/root\/\.cache\/pip/.test(text)
    ? []
    : ['pip install leaves its cache'];
}

function pipesFail(instruction: Instruction): string[] {
  const text = instruction.getTextContent();
  const pipes = /(?<!\|)\|(?!\|)/.test(text);
  return instruction.getKeyword() === 'RUN' && pipes && !text.includes('pipefail') ? ['a pipe without pipefail'] : [];
}

/** `$VERSION` outside double quotes is split into words: `1.0 --index-url http://…` becomes two options. */
function argumentsAreQuoted(instruction: Instruction, stages: Stages): string[] {
  if (instruction.getKeyword() !== 'RUN') return [];
  const bare = new Set<string>();
  let quotes = '';
  const text = instruction.getTextContent().replaceAll(/^\s*#.*$/gm, '');
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\') at += 1;
    else if (quotes === '' && (character === '"' || character === "'")) quotes = character;
    else if (character === quotes) quotes = '';
    else if (character === '$' && quotes === '') for (const name of used(text.slice(at, at + 80), true)) bare.add(name);
  }
  return [...bare].filter((name) => stages.allArguments.has(name)).map((name) => `$${name} is not quoted`);
}

function startsWithoutShell(instruction: Instruction): string[] {
  if (!['ENTRYPOINT', 'CMD'].includes(instruction.getKeyword())) return [];
  return (instruction.getArgumentsContent() ?? '').startsWith('[') ? [] : ['starts through a shell'];
}

function used(text: string, atStart = false): Set<string> {
  const pattern = atStart ? /^\$\{?(?<name>[A-Z][A-Z0-9_]*)/g : /\$\{?(?<name>[A-Z][A-Z0-9_]*)/g;
  return new Set([...text.matchAll(pattern)].map((match) => match.groups?.['name'] ?? ''));
}

function words(instruction: Instruction): string[] {
  return instruction
    .getArguments()
    .map((argument) => argument.getValue())
    .filter((word) => !word.startsWith('--'));
}

function lineOf(instruction: Instruction): number {
  return instruction.getRange().start.line;
}

function readStages(dockerfile: Dockerfile): Stages {
  const all = dockerfile.getInstructions();
  const before = (line: number): Instruction[] => all.filter((instruction) => lineOf(instruction) < line);
  const names = (args: readonly Instruction[]): string[] =>
    args
      .filter((instruction) => instruction.getKeyword() === 'ARG')
      .map((instruction) => (words(instruction)[0] ?? '').replace(/=.*$/s, ''));
  return {
    namesBefore: (line) =>
      before(line)
        .filter((instruction) => instruction.getKeyword() === 'FROM')
        .flatMap((instruction) => words(instruction)[2] ?? []),
    argumentsBefore: (line) => {
      const above = before(line);
      const lastFrom = above.findLastIndex((instruction) => instruction.getKeyword() === 'FROM');
      const isFrom = all.find((instruction) => lineOf(instruction) === line)?.getKeyword() === 'FROM';
      const firstFrom = above.findIndex((instruction) => instruction.getKeyword() === 'FROM');
      if (isFrom) return names(firstFrom === -1 ? above : above.slice(0, firstFrom));
      return names(above.slice(lastFrom + 1));
    },
    allArguments: new Set(names(all)),
  };
}

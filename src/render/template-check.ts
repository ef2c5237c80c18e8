/** Finds everything that is wrong with a template before it is rendered, by walking it along with the very data. */
import Handlebars from 'handlebars';
import type { Problem } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';
import type { TemplateInput, TemplateSource } from './template-input.ts';
import { descend, innerScopes, partialScope, type Lookup, type Scope } from './template-scope.ts';

interface Parsed {
  readonly source: TemplateSource;
  readonly program: hbs.AST.Program;
}

/** The template and every partial, parsed. */
export interface ParsedTemplates {
  readonly template: Parsed;
  readonly partials: ReadonlyMap<string, Parsed>;
}

/** Where the walk is: in which file, under which data, reached through which partials. */
interface Place {
  readonly source: TemplateSource;
  readonly scope: Scope;
  readonly trail: readonly string[];
}

const blocks = new Set(['if', 'unless', 'each', 'with']);
const supported = 'a template has {{name}}, {{#if}}, {{#unless}}, {{#each}}, {{#with}} and {{> partial}}';

/** @returns the parsed templates, or one `TEMPLATE_INVALID` for each that cannot be parsed */
export function parseTemplates(input: TemplateInput): Result<ParsedTemplates> {
  const problems: Problem[] = [];
  const parse = (source: TemplateSource): Parsed | null => {
    try {
      return { source, program: Handlebars.parse(source.text) };
    } catch (error) {
      problems.push(syntaxProblem(source, error));
      return null;
    }
  };
  const template = parse(input.template);
  const partials = new Map<string, Parsed>();
  for (const [name, source] of Object.entries(input.partials)) {
    const parsed = parse(source);
    if (parsed !== null) partials.set(name, parsed);
  }
  return template === null || problems.length > 0 ? failed(...problems) : ok({ template, partials });
}

/** @returns every problem, each once, in the order a reader meets them */
export function checkTemplate(parsed: ParsedTemplates, input: TemplateInput): readonly Problem[] {
  const found = new Map<string, Problem>();
  const scope: Scope = { value: input.context, names: {}, parent: null, root: input.context };
  const place: Place = { source: parsed.template.source, scope, trail: [] };
  walk(parsed.template.program, place, parsed, (problem) => found.set(`${problem.where} ${problem.message}`, problem));
  return [...found.values()];
}

type Report = (problem: Problem) => void;

function walk(program: hbs.AST.Program, place: Place, parsed: ParsedTemplates, report: Report): void {
  for (const statement of program.body) visit(statement, place, parsed, report);
}

function visit(statement: hbs.AST.Statement, place: Place, parsed: ParsedTemplates, report: Report): void {
  if (is<hbs.AST.MustacheStatement>(statement, 'MustacheStatement')) visitMustache(statement, place, report);
  else if (is<hbs.AST.BlockStatement>(statement, 'BlockStatement')) visitBlock(statement, place, parsed, report);
  else if (is<hbs.AST.PartialStatement>(statement, 'PartialStatement')) visitPartial(statement, place, parsed, report);
  else if (statement.type !== 'ContentStatement' && statement.type !== 'CommentStatement') {
    report(invalid(place, statement, `holds a ${statement.type}`, supported));
  }
}

function visitMustache(statement: hbs.AST.MustacheStatement, place: Place, report: Report): void {
  if (statement.params.length > 0 || (statement.hash?.pairs.length ?? 0) > 0) {
    return report(invalid(place, statement, `${quote(nameOf(statement.path))} is used like a helper`, supported));
  }
  const value = lookUp(statement.path, place, report);
  if (typeof value === 'object') {
    const kind = Array.isArray(value) ? 'a list' : 'a group of values';
    report(invalid(place, statement, `${quote(nameOf(statement.path))} is ${kind} and cannot be printed`));
  }
}

function visitBlock(block: hbs.AST.BlockStatement, place: Place, parsed: ParsedTemplates, report: Report): void {
  const name = block.path.original;
  const [subject] = block.params;
  if (!blocks.has(name) || subject === undefined || block.params.length > 1 || (block.hash?.pairs.length ?? 0) > 0) {
    return report(invalid(place, block, `{{#${name}}} is not understood`, `${supported}; a block takes one name`));
  }
  const value = lookUp(subject, place, report);
  for (const scope of innerScopes(name, value, block.program.blockParams ?? [], place.scope)) {
    walk(block.program, { ...place, scope }, parsed, report);
  }
  // Handlebars leaves the second part out where there is no {{else}}, which its types do not say.
  if (block.inverse as hbs.AST.Program | undefined) walk(block.inverse, place, parsed, report);
}

function visitPartial(
  statement: hbs.AST.PartialStatement,
  place: Place,
  parsed: ParsedTemplates,
  report: Report,
): void {
  if (statement.name.type === 'SubExpression') {
    return report(invalid(place, statement, 'includes a partial by a computed name', 'name it'));
  }
  const name = nameOf(statement.name);
  const partial = parsed.partials.get(name);
  if (partial === undefined) {
    return report(
      invalid(place, statement, `there is no partial ${quote(name)}`, hint(name, [...parsed.partials.keys()])),
    );
  }
  if (place.trail.includes(name)) {
    const circle = [...place.trail.slice(place.trail.indexOf(name)), name].join(' → ');
    return report(invalid(place, statement, `the partial ${quote(name)} includes itself: ${circle}`));
  }
  const [subject] = statement.params;
  const value = subject === undefined ? place.scope.value : lookUp(subject, place, report);
  const hash: [string, Lookup][] = (statement.hash?.pairs ?? []).map((pair) => [
    pair.key,
    lookUp(pair.value, place, report),
  ]);
  const scope = partialScope(value, Object.fromEntries(hash), place.scope);
  walk(partial.program, { source: partial.source, scope, trail: [...place.trail, name] }, parsed, report);
}

/** What an expression stands for; a name that is not there is reported and then counts as unknown. */
function lookUp(expression: hbs.AST.Expression, place: Place, report: Report): Lookup {
  if (
    is<hbs.AST.StringLiteral>(expression, 'StringLiteral') ||
    is<hbs.AST.NumberLiteral>(expression, 'NumberLiteral') ||
    is<hbs.AST.BooleanLiteral>(expression, 'BooleanLiteral')
  ) {
    return expression.value;
  }
  if (!is<hbs.AST.PathExpression>(expression, 'PathExpression')) {
    report(invalid(place, expression, `holds a ${expression.type}`, supported));
    return undefined;
  }
  const found = descend(expression, place.scope);
  if (found.kind === 'found') return found.value;
  if (found.kind === 'above') {
    report(invalid(place, expression, `${quote(expression.original)} goes above the ${found.what}`));
  } else {
    const message = `${quote(expression.original)} is not known here`;
    report({
      code: 'TEMPLATE_UNKNOWN_NAME',
      where: at(place.source, expression),
      message,
      fix: hint(found.name, found.known),
    });
  }
  return undefined;
}

function hint(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near !== null) return `did you mean ${quote(near)}?`;
  return known.length === 0 ? 'nothing is known there' : `known are ${[...known].sort().join(', ')}`;
}

function syntaxProblem(source: TemplateSource, error: unknown): Problem {
  const text = error instanceof Error ? error.message : String(error);
  const parse = /^(?:Parse|Lexical) error on line (?<line>\d+)[^\n]*\n(?<excerpt>[^\n]*)/.exec(text)?.groups;
  if (parse !== undefined) {
    const atEnd = text.endsWith("got 'EOF'");
    const what = atEnd ? 'it ends inside a block or an expression, after' : 'it cannot be read after';
    const message = `${what} ${quote(parse['excerpt'] ?? '')}`;
    return { code: 'TEMPLATE_INVALID', where: `${source.path}:${parse['line']}`, message, fix: supported };
  }
  const placed = /^(?<message>.*) - (?<line>\d+):(?<column>\d+)$/s.exec(text)?.groups;
  const where = placed === undefined ? '' : `:${placed['line']}:${Number(placed['column']) + 1}`;
  return { code: 'TEMPLATE_INVALID', where: `${source.path}${where}`, message: placed?.['message'] ?? text };
}

function invalid(place: Place, node: hbs.AST.Node, message: string, fix?: string): Problem {
  const problem = { code: 'TEMPLATE_INVALID', where: at(place.source, node), message } as const;
  return fix === undefined ? problem : { ...problem, fix };
}

function at(source: TemplateSource, node: hbs.AST.Node): string {
  return `${source.path}:${node.loc.start.line}:${node.loc.start.column + 1}`;
}

function nameOf(node: hbs.AST.Expression): string {
  return 'original' in node ? String(node.original) : node.type;
}

function is<T extends hbs.AST.Node>(node: hbs.AST.Node, type: T['type']): node is T {
  return node.type === type;
}

/**
 * Templates to text. Handlebars in its strict form, over plain data; a name the data does not hold is a problem, also
 * where Handlebars itself would quietly print nothing or take it as false.
 *
 * The language is small on purpose: `{{name}}`, `{{#if}}`, `{{#unless}}`, `{{#each}}`, `{{#with}}`, `{{> partial}}`
 * and comments. What can be checked before anything is rendered is all there is.
 */
import Handlebars from 'handlebars';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { checkTemplate, parseTemplates } from './template-check.ts';
import type { TemplateInput } from './template-input.ts';

/**
 * Renders a template without escaping anything: what is safe to print is for the caller to say.
 *
 * @returns the text, or every problem of the template and the partials it reaches: `TEMPLATE_INVALID` for syntax,
 *   unknown partials and cycles, `TEMPLATE_UNKNOWN_NAME` with the nearest known name
 */
export function renderTemplate(input: TemplateInput): Result<string> {
  const parsed = parseTemplates(input);
  if (!parsed.ok) return parsed;
  const problems = checkTemplate(parsed.value, input);
  return problems.length > 0 ? failed(...problems) : run(input);
}

function run(input: TemplateInput): Result<string> {
  const handlebars = Handlebars.create();
  const options = { strict: true, noEscape: true, knownHelpersOnly: true };
  try {
    for (const [name, partial] of Object.entries(input.partials)) handlebars.registerPartial(name, partial.text);
    return ok(handlebars.compile(input.template.text, options)(input.context));
  } catch (error) {
    return failed(renderingProblem(input.template.path, error));
  }
}

function renderingProblem(path: string, error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'TEMPLATE_INVALID', where: path, message: `cannot be rendered: ${message}` };
}

/**
 * An audit as one self-contained HTML page: it opens from disk and makes no requests.
 *
 * Everything is in the page as it is loaded; the script adds search, filters and walking through owners.
 */
import Handlebars from 'handlebars';
import type { Several } from '../../domain/several.ts';
import { pageScript } from './script.ts';
import { pageStyles } from './styles.ts';
import { fixesTemplate, pageTemplate } from './template.ts';
import { pageView, type AuditPage } from './view.ts';

/** @returns the page; text from outside is escaped */
export function auditHtml(pages: Several<AuditPage>): string {
  const handlebars = Handlebars.create();
  handlebars.registerPartial('fixes', compact(fixesTemplate));
  const render = handlebars.compile(compact(pageTemplate), { strict: true });
  return render({ ...pageView(pages), styles: pageStyles, script: pageScript });
}

/** The template without its line ends: each would be a node, thousands of times over. */
function compact(template: string): string {
  return template.replaceAll(/\n\s*/g, '');
}

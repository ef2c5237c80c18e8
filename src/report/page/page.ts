/**
 * One self-contained HTML page of what a report has: it opens from disk and makes no requests.
 *
 * The page is drawn here, as far as a screen or two; its data is in it too, from which the script draws the rest.
 */
import { render } from 'preact-render-to-string';
import { App } from '../../browser/app.ts';
import { html } from '../../browser/html.ts';
import type { PageData } from '../../browser/page-data.ts';
import { decodePage, encodePage } from '../../browser/wire.ts';
import { showHiddenInLines } from '../../domain/text.ts';
import { pageScript } from './script.ts';
import { pageStyles } from './styles.ts';

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** @returns the page; text from outside is text in it, whatever it holds */
export function pageHtml(data: PageData): string {
  const json = encodePage(data, shown);
  const page = decodePage(json);
  const body = render(html`<${App} data=${page} isWhole=${false} />`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    render(html`<title>${page.title}</title>`),
    `<style>${pageStyles}</style>`,
    // What only a script answers is not offered without one; chips and timelines stay, for what they say.
    '<noscript><style>.search,.ghost{display:none}button.chip,.track{pointer-events:none}</style></noscript>',
    '</head>',
    '<body>',
    '<noscript><p class="noscript">Scripts are off: of long lists only the beginning is shown.</p></noscript>',
    `<div id="app">${body}</div>`,
    `<script type="application/json" id="data">${inScript(json)}</script>`,
    `<script>${pageScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Emoji are made of parts that are hidden by themselves. */
const emoji = /(\p{Extended_Pictographic}(?:\u{FE0F}|\u{200D}\p{Extended_Pictographic}|\p{Emoji_Modifier})*)/u;

/** What is not seen, or turns its neighbours around, as its number; an emoji stays whole. */
function shown(text: string): string {
  return text
    .split(emoji)
    .map((part, index) => (index % 2 === 1 ? part : showHiddenInLines(part)))
    .join('');
}

/** Inside a script element nothing may end the element or begin a comment; in JSON both are in texts alone. */
function inScript(json: string): string {
  return json.replaceAll('<', String.raw`\u003c`).replaceAll('>', String.raw`\u003e`);
}

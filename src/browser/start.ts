/** Takes the page over once it is loaded: it is all there already, and now it listens. */
import { hydrate, render } from 'preact';
import { App } from './app.ts';
import { html } from './html.ts';
import { decodePage } from './wire.ts';

const root = document.getElementById('app');
const data = document.getElementById('data')?.textContent;
if (root === null || data === undefined || data === null) throw new Error('the page is not whole');
const page = decodePage(data);

hydrate(html`<${App} data=${page} isWhole=${false} />`, root);
document.documentElement.dataset['ready'] = '';

/** What is not seen is on paper too. */
function draw(isWhole: boolean): void {
  if (root !== null) render(html`<${App} data=${page} isWhole=${isWhole} />`, root);
}
addEventListener('beforeprint', () => draw(true));
addEventListener('afterprint', () => draw(false));

addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  document.getElementById('q')?.focus();
});

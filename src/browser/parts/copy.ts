/** A button that copies a command. */
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../html.ts';

export function Copy({ text }: { readonly text: string }): VNode {
  const [said, say] = useState('Copy');
  const done = (word: string): void => {
    say(word);
    setTimeout(() => say('Copy'), 1500);
  };
  const copy = (): void => {
    // Without a secure context there is no clipboard.
    navigator.clipboard.writeText(text).then(
      () => done('Copied'),
      () => done('Select it by hand'),
    );
  };
  return html`<button type="button" class="ghost copy" onClick=${copy}>
    ${said}<span class="sr"> ${text}</span>
  </button>`;
}

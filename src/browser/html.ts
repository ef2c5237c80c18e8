/**
 * Preact's elements written as HTML. What is put into a template is text: there is no way here to put in mark-up.
 *
 * @see https://github.com/developit/htm
 */
import { html as make } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';

/** A template with one element at its top. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode {
  return make(strings, ...values);
}

export type Drawn = ComponentChildren;

/**
 * The site of these documents, built by `npm run docs:build` (https://vitepress.dev): the same files that people read on
 * GitHub, with a search. Nothing here adds text.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import type { DefaultTheme, MarkdownRenderer } from 'vitepress';
import { capital } from '../../src/report/words.ts';
import { headingId } from '../../test/support/links.ts';

const docs = fileURLToPath(new URL('../', import.meta.url));
const repository = 'https://github.com/tagwright/tagwright';
/** The list of all documents is the first page. */
const first = 'guides/README.md';

export default defineConfig({
  title: 'tagwright',
  description: 'Plans, builds, publishes and audits the complete tag set of an image that is released in a matrix.',
  // Where GitHub serves the pages of a project.
  base: '/tagwright/',
  cacheDir: '../.cache/vitepress',
  rewrites: { [first]: 'index.md' },
  // The playground, which `npm run build:playground` writes there.
  vite: { publicDir: '.vitepress/public' },
  // As GitHub makes them, so that a link to a heading leads there on both.
  markdown: { config: fitMarkdown, anchor: { slugify: headingId } },
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'First look', link: '/first-look' },
      { text: 'Commands', link: '/cli' },
      { text: 'Config', link: '/config' },
      // A page of its own, which the site's router must not look for.
      { text: 'Playground', link: '/playground.html', target: '_self' },
      { text: 'Source', link: repository },
    ],
    sidebar: sidebar(readFileSync(join(docs, first), 'utf8')),
    outline: [2, 3],
  },
});

/** A group for each heading of the list of documents, an entry for each link below it. */
function sidebar(list: string): DefaultTheme.SidebarItem[] {
  return list
    .split(/^##? /m)
    .slice(1)
    .map((section) => {
      const [title = ''] = section.split('\n', 1);
      const items = [...section.matchAll(/\[(?<text>[^\]]+)\]\((?<target>[^)#]+)\)/g)].map(({ groups }) => ({
        text: capital(groups?.['text'] ?? ''),
        link: `/${posix.join(posix.dirname(first), groups?.['target'] ?? '')}`,
      }));
      return { text: title, items };
    });
}

function fitMarkdown(markdown: MarkdownRenderer): void {
  // VitePress makes a Vue template of each page: what stands between two braces would be run.
  markdown.core.ruler.push('tagwright-braces', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (!token.content.includes('{{')) continue;
      if (token.type === 'code_inline') token.attrSet('v-pre', '');
      else if (token.type === 'text') {
        token.type = 'html_inline';
        token.content = `<span v-pre>${markdown.utils.escapeHtml(token.content)}</span>`;
      }
    }
  });
  // Before VitePress looks at them: a link leads to a page, or to a file of the repository.
  markdown.core.ruler.push('tagwright-links', ({ tokens, env }) => {
    const { path }: { readonly path: string } = env;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.type === 'link_open' ? token.attrGet('href') : null;
      if (href !== null && !/^(?:[a-z]+:|#)/.test(href)) token.attrSet('href', linkFrom(path, href));
    }
  });
}

/** @param path of the file that has the link */
function linkFrom(path: string, href: string): string {
  const { file = '', anchor = '' } = /^(?<file>[^#]*)(?<anchor>.*)$/.exec(href)?.groups ?? {};
  const source = path.startsWith(docs) && existsSync(path) ? path : join(docs, first);
  const target = posix.relative(docs, join(dirname(source), file));
  if (target === first) return `/${anchor}`;
  if (!target.startsWith('..') && target.endsWith('.md')) return `/${target}${anchor}`;
  return `${repository}/blob/main/${posix.join('docs', target)}${anchor}`;
}

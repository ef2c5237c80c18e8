/**
 * zod compiles each schema to code with its first use, which takes longer than what a command reads with most of them.
 * Has to be loaded before a schema is made: whoever makes the large ones imports it first.
 *
 * @see https://zod.dev/packages/core#configuration
 */
import { z } from 'zod';

z.config({ jitless: true });

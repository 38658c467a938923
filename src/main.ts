import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// First of all, for it covers only what is loaded after it: bytecode and stripped types of the start before save a third
// of the time to listening, and the memory of the type stripper. As trusted as the packages it lies with; where it
// cannot be written, there is none.
enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/compile'));

const { serve } = await import('./serve.ts');
await serve();

import type { Vendor } from '../vendor.ts';
import { github } from './github.ts';

/** Every vendor of whose description a slice is made. */
export const vendors: readonly Vendor[] = [github];

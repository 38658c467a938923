import type { Vendor } from '../vendor.ts';
import { asana } from './asana.ts';
import { github } from './github.ts';
import { gmail } from './gmail.ts';
import { googleCalendar } from './google_calendar.ts';
import { googleDrive } from './google_drive.ts';
import { googleSheets } from './google_sheets.ts';
import { jira } from './jira.ts';
import { linear } from './linear.ts';
import { notion } from './notion.ts';
import { twilio } from './twilio.ts';

/** Every vendor of whose description a slice is made. */
export const vendors: readonly Vendor[] = [
  github,
  linear,
  jira,
  googleSheets,
  asana,
  notion,
  gmail,
  googleDrive,
  googleCalendar,
  twilio,
];

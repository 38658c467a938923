/** The group under which a provider is listed. */
export type Category =
  | 'Code and DevOps'
  | 'Sales & CRM'
  | 'Issue Tracking'
  | 'Productivity'
  | 'Messaging'
  | 'Social Media'
  | 'Email'
  | 'Actions'
  | 'Web and Data'
  | 'Storage'
  | 'Environments'
  | 'Models and AI'
  | 'Other';

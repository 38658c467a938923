import type { ReactNode } from 'react';

/** Drawn on a 16 px grid with the text's colour; decoration beside a label, so hidden from readers. */
function Icon({ children, size }: { readonly children: ReactNode; readonly size: number }) {
  return (
    <svg
      aria-hidden="true"
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  );
}

/** A component of one path. */
function path(d: string): (props: { readonly size?: number }) => ReactNode {
  return ({ size = 16 }) => (
    <Icon size={size}>
      <path d={d} />
    </Icon>
  );
}

export const PlugIcon = path('M5.5 1.5v3m5-3v3M3.500 4.500h9V7a4.500 4.500 0 0 1-9 0zM8 11.500v3');
export const ActivityIcon = path('M1.500 8h3l2-5 3 10 2-5h3');
export const QuestionIcon = path(
  'M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM6.200 6.200A1.900 1.900 0 1 1 8 8.700v.6M8 11.500v.05',
);
export const PickIcon = path('M2 3.500h12M2 8h7M2 12.500h5M11 11l1.500 1.500L15 10');
export const AuditIcon = path(
  'M8 1.500 2.500 3.700v4c0 3.200 2.300 5.700 5.500 6.800 3.200-1.100 5.500-3.600 5.500-6.800v-4zM5.700 8l1.600 1.600 3-3.200',
);
export const ChevronDown = path('m4 6 4 4 4-4');
export const ChevronRight = path('m6 4 4 4-4 4');
export const CheckIcon = path('m3 8.500 3.200 3.200L13 4.500');
export const CloseIcon = path('m4 4 8 8m0-8-8 8');
export const SearchIcon = path('M7 12.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11zM11 11l3.500 3.500');
export const SunIcon = path(
  'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1.100 1.100M11.900 11.900 13 13M3 13l1.100-1.100M11.900 4.100 13 3',
);
export const MoonIcon = path('M13.500 9.700A6 6 0 0 1 6.300 2.500a6 6 0 1 0 7.200 7.200z');
export const ScreenIcon = path('M2 2.500h12v8.500H2zM6 14h4M8 11v3');
export const ExitIcon = path('M6.500 14H3V2h3.500M10.500 11.500 14 8l-3.500-3.500M14 8H6.500');
export const CopyIcon = path('M5.500 5.500h8.500V14H5.500zM10.500 5.500V2H2v8.500h3.500');
export const WarnIcon = path('M8 2 1.500 13.500h13zM8 6.500v3.200M8 11.700v.05');
export const InfoIcon = path('M8 14.500a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM8 7.500v3.700M8 4.900v.05');
export const RefreshIcon = path('M13.500 6A6 6 0 0 0 2.700 5M2.500 2v3h3M2.500 10a6 6 0 0 0 10.800 1M13.500 14v-3h-3');
export const SendIcon = path('M14 2 7 9M14 2 9.500 14 7 9 2 6.500z');
export const ExternalIcon = path('M9.500 2H14v4.500M14 2 7.500 8.500M12 9.500V14H2V4h4.500');
export const EmptyIcon = path('M2 9.500 4 3h8l2 6.500V13H2zM2 9.500h3.500l1 2h3l1-2H14');

/** The product's sign. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" className="mark" width={size} height={size} viewBox="0 0 32 32">
      <rect width="32" height="32" rx="8" />
      <path d="M16 16c-2.400-3.200-4.300-4.800-6.300-4.800a4.800 4.800 0 0 0 0 9.600c2 0 3.900-1.600 6.300-4.800s4.300-4.800 6.300-4.800a4.800 4.800 0 0 1 0 9.600c-2 0-3.900-1.600-6.300-4.800z" />
    </svg>
  );
}

import { ChevronDown } from './icons.tsx';

export type Option<T extends string> = { readonly value: T; readonly label: string };

/** One of a few, with the label before the value, so that filters can stand in a row. The browser's own list. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  wide = false,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly wide?: boolean;
}) {
  return (
    <label className={`choice ${wide ? 'wide' : ''}`}>
      <span className="choice-label">{label}</span>
      <select className="choice-value" value={value} onChange={event => onChange(event.target.value as T)}>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} />
    </label>
  );
}

import { useId } from 'react';
import { ChevronDown } from './icons.tsx';

export type Option<T extends string> = { readonly value: T; readonly label: string };

/** One of a few, with the label before the value, so that filters can stand in a row. The browser's own list. */
export function Choice<T extends string>({
  label,
  value,
  options,
  onChange,
  wide = false,
  above = false,
}: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly Option<T>[];
  readonly onChange: (value: T) => void;
  readonly wide?: boolean;
  /** In forms: the label over the control, as at other fields. */
  readonly above?: boolean;
}) {
  const id = useId();
  const box = (
    <div className={`choice ${wide || above ? 'wide' : ''}`}>
      {!above && (
        <label className="choice-label" htmlFor={id}>
          {label}
        </label>
      )}
      <select id={id} className="choice-value" value={value} onChange={event => onChange(event.target.value as T)}>
        {options.map(option => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown size={14} />
    </div>
  );
  if (!above) return box;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {box}
    </div>
  );
}

import { Field } from '@base-ui/react/field';
import { type ComponentProps, type ReactNode, useId } from 'react';
import { SearchIcon } from './icons.tsx';

/** A labelled input with its explanation and what is wrong with it. */
export function TextField({
  label,
  about,
  error,
  optional = false,
  multiline = false,
  ...input
}: Omit<ComponentProps<'input'>, 'size' | 'defaultValue' | 'value'> & {
  readonly label: ReactNode;
  readonly about?: ReactNode;
  /** From the service; the input's own rules are told by the browser. */
  readonly error?: string | undefined;
  readonly optional?: boolean;
  readonly multiline?: boolean;
  readonly value?: string;
}) {
  return (
    <Field.Root className="field" name={input.name ?? ''} invalid={error !== undefined || undefined}>
      <Field.Label className="field-label">
        {label}
        {optional && <span className="faint"> optional</span>}
      </Field.Label>
      <Field.Control
        {...input}
        className={`input ${multiline ? 'multiline' : ''}`}
        {...(multiline && { render: <textarea rows={4} /> })}
      />
      {about !== undefined && <Field.Description className="field-about">{about}</Field.Description>}
      {error === undefined ? (
        <Field.Error className="field-error" />
      ) : (
        <Field.Error className="field-error" match>
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}

/** Filters as one types. */
export function SearchField({
  label,
  value,
  onChange,
  ...input
}: Omit<ComponentProps<'input'>, 'onChange' | 'value'> & {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className="search">
      <label htmlFor={id} className="unseen">
        {label}
      </label>
      <SearchIcon />
      <input
        {...input}
        id={id}
        type="search"
        className="input"
        placeholder={label}
        value={value}
        onChange={event => onChange(event.target.value)}
      />
    </div>
  );
}

import { Combobox } from '@base-ui/react/combobox';
import { CheckIcon, ChevronDown, CloseIcon } from './icons.tsx';
// The two look alike.
import '../../picker/reference_picker.css';

/** One of many, found by typing. An empty value is none. */
export function Suggest({
  label,
  value,
  options,
  onChange,
  placeholder = 'Any',
  about,
  inline = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** The second line of an option. */
  readonly about?: (option: string) => string | undefined;
  /** In filters: the label in the box, before the value. */
  readonly inline?: boolean;
}) {
  return (
    <Combobox.Root<string>
      items={options as string[]}
      value={value === '' ? null : value}
      onValueChange={next => onChange(next ?? '')}
      autoHighlight
    >
      <div className="field">
        {!inline && <Combobox.Label className="field-label">{label}</Combobox.Label>}
        <div className="picker-group">
          {inline && <Combobox.Label className="choice-label">{label}</Combobox.Label>}
          <Combobox.Trigger className="picker-trigger">
            <span className={value === '' ? 'picker-none' : 'picker-chosen'}>{value || placeholder}</span>
            <ChevronDown size={14} />
          </Combobox.Trigger>
          {value !== '' && (
            <Combobox.Clear className="picker-button" aria-label={`Clear ${label}`}>
              <CloseIcon size={14} />
            </Combobox.Clear>
          )}
        </div>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner className="picker-place" sideOffset={4} align="start">
          <Combobox.Popup className="picker-popup" aria-label={label}>
            <Combobox.Input className="picker-search" placeholder="Search" aria-label={`Search: ${label}`} />
            <Combobox.Empty>
              <div className="picker-status">Nothing matches</div>
            </Combobox.Empty>
            <Combobox.List className="picker-list">
              {(option: string) => (
                <Combobox.Item key={option} value={option} className="picker-item">
                  <span className="picker-name">{option}</span>
                  <Combobox.ItemIndicator>
                    <CheckIcon size={14} />
                  </Combobox.ItemIndicator>
                  {about?.(option) !== undefined && <span className="picker-about">{about(option)}</span>}
                </Combobox.Item>
              )}
            </Combobox.List>
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}

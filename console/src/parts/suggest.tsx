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
  disabled = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  /** The second line of an option. */
  readonly about?: (option: string) => string | undefined;
  readonly disabled?: boolean;
}) {
  return (
    <Combobox.Root<string>
      items={options as string[]}
      value={value === '' ? null : value}
      onValueChange={next => onChange(next ?? '')}
      disabled={disabled}
      autoHighlight
    >
      <div className="field">
        <Combobox.Label className="field-label">{label}</Combobox.Label>
        <Combobox.InputGroup className="picker-group">
          <Combobox.Input className="picker-input" placeholder={placeholder} />
          <Combobox.Clear className="picker-button" aria-label={`Clear ${label}`}>
            <CloseIcon size={14} />
          </Combobox.Clear>
          <Combobox.Trigger className="picker-button" aria-label={`Open ${label}`}>
            <ChevronDown size={14} />
          </Combobox.Trigger>
        </Combobox.InputGroup>
      </div>
      <Combobox.Portal>
        <Combobox.Positioner className="picker-place" sideOffset={4}>
          <Combobox.Popup className="picker-popup">
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

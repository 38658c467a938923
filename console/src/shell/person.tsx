import { Menu } from '@base-ui/react/menu';
import { useQuery } from '@tanstack/react-query';
import { CheckIcon, ChevronDown, ExitIcon, MoonIcon, ScreenIcon, SunIcon } from '../parts/icons.tsx';
import { Time } from '../parts/time.tsx';
import { sessionQuery, signOut } from '../session/session.ts';
import { type Theme, useTheme } from './theme.ts';

const themes = [
  { value: 'system', text: 'As the system', icon: ScreenIcon },
  { value: 'light', text: 'Light', icon: SunIcon },
  { value: 'dark', text: 'Dark', icon: MoonIcon },
] as const;

/** Who is signed in, the theme, and the way out. */
export function Person() {
  const { data } = useQuery(sessionQuery());
  const [theme, setTheme] = useTheme();
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className="person">
        <span className="face" aria-hidden="true">
          {data?.name.charAt(0)}
        </span>
        <span className="person-name">
          <span>{data?.name}</span>
          <span className="faint">{data?.identity}</span>
        </span>
        <ChevronDown size={14} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="float" sideOffset={6} align="start">
          <Menu.Popup className="menu wide">
            <p className="menu-note">
              Session ends <Time at={data?.expireTime} />
            </p>
            <Menu.RadioGroup value={theme} onValueChange={(next: Theme) => setTheme(next)}>
              {themes.map(({ value, text, icon: Icon }) => (
                <Menu.RadioItem key={value} value={value} className="menu-item" closeOnClick={false}>
                  <Icon />
                  <span>{text}</span>
                  <Menu.RadioItemIndicator className="menu-check">
                    <CheckIcon size={14} />
                  </Menu.RadioItemIndicator>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={() => void signOut()}>
              <ExitIcon />
              <span>Sign out</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

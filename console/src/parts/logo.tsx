import { useState } from 'react';

/** A provider's logo; its first letter where it does not come. Decoration beside the name. */
export function Logo({
  provider,
  name,
  size = 32,
}: {
  readonly provider: string;
  readonly name: string;
  readonly size?: number;
}) {
  const [missing, setMissing] = useState(false);
  return missing ? (
    <span className="logo-letter" aria-hidden="true" style={{ width: size, height: size, fontSize: size * 0.46 }}>
      {name.charAt(0).toUpperCase()}
    </span>
  ) : (
    <img
      className="logo"
      src={`/v1/providers/${encodeURIComponent(provider)}/logo.svg`}
      alt=""
      width={size}
      height={size}
      onError={() => setMissing(true)}
    />
  );
}

import { useState } from 'react';

/** A provider's logo; its first letter where there is none. Decoration beside the name. */
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
  return (
    <span className="logo" aria-hidden="true" style={{ width: size, height: size, fontSize: size * 0.46 }}>
      {missing ? (
        name.charAt(0).toUpperCase()
      ) : (
        <img
          src={`/v1/providers/${encodeURIComponent(provider)}/logo.svg`}
          alt=""
          width={size * 0.625}
          height={size * 0.625}
          onError={() => setMissing(true)}
        />
      )}
    </span>
  );
}

/** Loads a package that only some installations need; `npm ci --omit=optional` leaves it out. */
export async function loadOptional<Package>(name: string, scheme: string): Promise<Package> {
  try {
    return (await import(name)) as Package;
  } catch (cause) {
    throw new Error(
      `a ${scheme} keyring needs the optional package ${name}; npm ci without --omit=optional installs it`,
      {
        cause,
      },
    );
  }
}

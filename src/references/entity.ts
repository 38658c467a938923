import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A reference that a platform service published. A put with an older version than the stored one changes nothing. */
export const PublishedReferenceEntity = defineEntity({
  name: 'PublishedReference',
  tableName: 'published_references',
  properties: {
    project: p.text().primary(),
    referenceType: p.text().primary(),
    value: p.text().primary(),
    label: p.text(),
    description: p.text().nullable(),
    metadata: p.json<Record<string, string>>(),
    parent: p.text().nullable(),
    archived: p.boolean(),
    version: p.bigint('number'),
    /** Set: removed; the row stays so that an older put cannot bring it back. */
    removeTime: p.datetime().nullable(),
    updateTime: p.datetime(),
  },
});
export type PublishedReference = InferEntity<typeof PublishedReferenceEntity>;

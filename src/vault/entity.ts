import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A project's data key, wrapped by a key of the keyring. Without `wrapped` nothing it sealed opens again. */
export const DataKeyEntity = defineEntity({
  name: 'DataKey',
  tableName: 'data_keys',
  properties: {
    project: p.text().primary(),
    id: p.integer().primary(),
    keyringKey: p.text(),
    /** Null once the project was shredded: the row stays to say so. */
    wrapped: p.blob().nullable(),
    createTime: p.datetime(),
    shredTime: p.datetime().nullable(),
  },
});
export type DataKey = InferEntity<typeof DataKeyEntity>;

import { defineEntity, type InferEntity, p } from '@mikro-orm/postgresql';

/** A project's data key, wrapped by a key of the keyring. Without this row nothing of the project opens again. */
export const DataKeyEntity = defineEntity({
  name: 'DataKey',
  tableName: 'data_keys',
  properties: {
    project: p.text().primary(),
    id: p.integer().primary(),
    keyringKey: p.text(),
    wrapped: p.blob(),
    createTime: p.datetime(),
  },
});
export type DataKey = InferEntity<typeof DataKeyEntity>;

import type * as Notion from '@notionhq/client';
import type { eventTypes } from '../../src/providers/notion/events.ts';
import type { Held, Without } from './held.ts';

type Typed = { readonly type: string };

/** Types of webhook events. */
export type EventName = Extract<
  | Notion.PageCreatedWebhookPayload
  | Notion.PageDeletedWebhookPayload
  | Notion.PageUndeletedWebhookPayload
  | Notion.PageMovedWebhookPayload
  | Notion.PageContentUpdatedWebhookPayload
  | Notion.PagePropertiesUpdatedWebhookPayload
  | Notion.PageLockedWebhookPayload
  | Notion.PageUnlockedWebhookPayload
  | Notion.PageTranscriptionBlockTranscriptDeletedWebhookPayload
  | Notion.DatabaseCreatedWebhookPayload
  | Notion.DatabaseDeletedWebhookPayload
  | Notion.DatabaseUndeletedWebhookPayload
  | Notion.DatabaseMovedWebhookPayload
  | Notion.DatabaseContentUpdatedWebhookPayload
  | Notion.DatabaseSchemaUpdatedWebhookPayload
  | Notion.DataSourceCreatedWebhookPayload
  | Notion.DataSourceDeletedWebhookPayload
  | Notion.DataSourceUndeletedWebhookPayload
  | Notion.DataSourceMovedWebhookPayload
  | Notion.DataSourceContentUpdatedWebhookPayload
  | Notion.DataSourceSchemaUpdatedWebhookPayload
  | Notion.CommentCreatedWebhookPayload
  | Notion.CommentUpdatedWebhookPayload
  | Notion.CommentDeletedWebhookPayload
  | Notion.ViewCreatedWebhookPayload
  | Notion.ViewUpdatedWebhookPayload
  | Notion.ViewDeletedWebhookPayload
  | Notion.FileUploadCreatedWebhookPayload
  | Notion.FileUploadCompletedWebhookPayload
  | Notion.FileUploadExpiredWebhookPayload
  | Notion.FileUploadUploadFailedWebhookPayload,
  Typed
>['type'];

export type Ours = Held<Without<'notion', (typeof eventTypes)[number]['name']>, EventName>;

// @ts-expect-error There is no such event.
export type Wrong = Held<'page.shouted', EventName>;

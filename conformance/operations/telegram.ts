import type { ApiMethods } from '@grammyjs/types';
import type { Entries } from './entry.ts';

/** Methods of the Bot API. */
export type Operation = keyof ApiMethods<never>;

export const operations = {
  'message.send': 'sendMessage',
  'message.edit': 'editMessageText',
  'message.delete': 'deleteMessage',
  'message.forward': 'forwardMessage',
  'message.copy': 'copyMessage',
  'message.pin': 'pinChatMessage',
  'message.unpin': 'unpinChatMessage',
  'reaction.set': 'setMessageReaction',
  'photo.send': 'sendPhoto',
  'document.send': 'sendDocument',
  'video.send': 'sendVideo',
  'audio.send': 'sendAudio',
  'voice.send': 'sendVoice',
  'animation.send': 'sendAnimation',
  'location.send': 'sendLocation',
  'poll.send': 'sendPoll',
  'poll.stop': 'stopPoll',
  'chat_action.send': 'sendChatAction',
  'callback_query.answer': 'answerCallbackQuery',
  'chat.get': 'getChat',
  'chat.list_administrators': 'getChatAdministrators',
  'chat.get_member': 'getChatMember',
  'chat.count_members': 'getChatMemberCount',
  'chat.ban_member': 'banChatMember',
  'chat.unban_member': 'unbanChatMember',
  'chat.restrict_member': 'restrictChatMember',
  'chat.set_title': 'setChatTitle',
  'chat.set_description': 'setChatDescription',
  'chat.create_invite_link': 'createChatInviteLink',
  'chat.approve_join_request': 'approveChatJoinRequest',
  'chat.decline_join_request': 'declineChatJoinRequest',
  'chat.set_administrator_title': 'setChatAdministratorCustomTitle',
  'chat.leave': 'leaveChat',
  'file.get': 'getFile',
  'command.list': 'getMyCommands',
  'command.set': 'setMyCommands',
  'command.remove': 'deleteMyCommands',
} as const satisfies Entries<Operation>;

// @ts-expect-error There is no such operation.
'shout' satisfies Operation;

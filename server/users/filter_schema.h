// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace aksono::users {

/// The rules of a filter's parts as Synapse shows them to whoever breaks them: clients see these
/// texts, so they are a format.
inline constexpr std::string_view kEventsSchema =
    "{'additionalProperties': True,\n"
    "     'type': 'object',\n"
    "     'properties': {'limit': {'type': 'number'},\n"
    "                    'senders': {'$ref': '#/definitions/user_id_array'},\n"
    "                    'not_senders': {'$ref': '#/definitions/user_id_array'},\n"
    "                    'types': {'type': 'array', 'items': {'type': 'string'}},\n"
    "                    'not_types': {'type': 'array',\n"
    "                                  'items': {'type': 'string'}},\n"
    "                    'org.matrix.msc3874.rel_types': {'type': 'array',\n"
    "                                                     'items': {'type': 'string'}},\n"
    "                    'org.matrix.msc3874.not_rel_types': {'type': 'array',\n"
    "                                                         'items': {'type': 'string'}}}}";

inline constexpr std::string_view kRoomEventsSchema =
    "{'additionalProperties': True,\n"
    "     'type': 'object',\n"
    "     'properties': {'limit': {'type': 'number'},\n"
    "                    'senders': {'$ref': '#/definitions/user_id_array'},\n"
    "                    'not_senders': {'$ref': '#/definitions/user_id_array'},\n"
    "                    'types': {'type': 'array', 'items': {'type': 'string'}},\n"
    "                    'not_types': {'type': 'array',\n"
    "                                  'items': {'type': 'string'}},\n"
    "                    'rooms': {'$ref': '#/definitions/room_id_array'},\n"
    "                    'not_rooms': {'$ref': '#/definitions/room_id_array'},\n"
    "                    'contains_url': {'type': 'boolean'},\n"
    "                    'lazy_load_members': {'type': 'boolean'},\n"
    "                    'include_redundant_members': {'type': 'boolean'},\n"
    "                    'unread_thread_notifications': {'type': 'boolean'},\n"
    "                    'org.matrix.msc3773.unread_thread_notifications': {'type': 'boolean'},\n"
    "                    'org.matrix.labels': {'type': 'array',\n"
    "                                          'items': {'type': 'string'}},\n"
    "                    'org.matrix.not_labels': {'type': 'array',\n"
    "                                              'items': {'type': 'string'}},\n"
    "                    'related_by_senders': {'type': 'array',\n"
    "                                           'items': {'type': 'string'}},\n"
    "                    'related_by_rel_types': {'type': 'array',\n"
    "                                             'items': {'type': 'string'}}}}";

inline constexpr std::string_view kRoomSchema =
    "{'additionalProperties': True,\n"
    "     'type': 'object',\n"
    "     'properties': {'not_rooms': {'$ref': '#/definitions/room_id_array'},\n"
    "                    'rooms': {'$ref': '#/definitions/room_id_array'},\n"
    "                    'ephemeral': {'$ref': '#/definitions/room_event_filter'},\n"
    "                    'include_leave': {'type': 'boolean'},\n"
    "                    'state': {'$ref': '#/definitions/room_event_filter'},\n"
    "                    'timeline': {'$ref': '#/definitions/room_event_filter'},\n"
    "                    'account_data': {'$ref': '#/definitions/room_event_filter'}}}";

}  // namespace aksono::users

// SPDX-License-Identifier: Apache-2.0
#include "datacheck/kinds.h"

namespace aksono::datacheck {

namespace {
using synschema::Severity;
constexpr auto kError = Severity::error;
constexpr auto kWarning = Severity::warning;
constexpr auto kInfo = Severity::info;
constexpr const char* kBackup = "get the events from a backup";
}  // namespace

std::vector<Kind> kinds_of_config() {
    return {
        {"signing-key-unknown",
         {kError, kWarning},
         "events of this server are signed by keys that are not configured",
         "If all are: this is not the signing key that the database was used with, and other "
         "servers take it for somebody else. If some are: who does not know the old key cannot "
         "check them.",
         "put the signing key back; name older ones in old_signing_keys"},
        {"signature-wrong",
         {kError},
         "events of this server do not have the signature of the key that they name",
         "Another key is configured under the same id, or the events were changed: other servers "
         "refuse them.",
         "put the right signing key back; if it is, get the events from a backup"},
        {"event-unsigned",
         {kWarning},
         "events of this server are not signed by it",
         "Other servers refuse them.",
         kBackup},
        {"event-id-wrong",
         {kError},
         "events have another id than their content",
         "The content was changed, or is that of another event: other servers refuse it.",
         kBackup},
        {"event-changed",
         {kWarning},
         "events were changed after they were made",
         "Their hash says so. Other servers show them as redacted.",
         kBackup},
        {"auth-provider-unknown",
         {kWarning},
         "users log in through a provider that is not configured",
         "They cannot log in any more, unless they have a password.",
         "configure the provider under the same idp_id, or move the identities to another"},
        {"appservice-users-unknown",
         {kInfo},
         "users are of an application service that is not configured",
         "A bridge was taken away, or its id changed; nobody can act as its users.",
         "deactivate them through the admin API if it is gone"},
        {"appservice-queue-unknown",
         {kInfo},
         "transactions wait for an application service that is not configured",
         "They take room; they would be sent if it came back.",
         "run the statements that the finding prints"},
        {"password-users",
         {kInfo},
         "users have a password and no other way to log in, and passwords are switched off",
         "password_config does not let them in.",
         "give them an identity of a provider through the admin API"},
        {"media-store-missing",
         {kWarning},
         "media_store_path cannot be read here",
         "Whether the files of media are there was not looked at.",
         "run the check where the media store is, or mind media_store_path"},
        {"media-file-missing",
         {kWarning, kInfo},
         "uploaded files are not in the media store",
         "Whoever asks for one gets 404. With media_storage_providers they may be elsewhere.",
         "get them back from a backup of media_store_path"},
        {"remote-media-file-missing",
         {kInfo},
         "files of other servers are not in the media store",
         "They cannot be shown, and are not fetched again as long as their rows are there.",
         "POST /_synapse/admin/v1/purge_media_cache takes such rows away"},
        {"thumbnail-file-missing",
         {kInfo},
         "thumbnails are not in the media store",
         "Each is made anew from the file when somebody asks for it.",
         "nothing needs to be done"},
        {"preview-file-missing",
         {kInfo},
         "files of URL previews are not in the media store",
         "The picture of the preview cannot be shown until its row expires.",
         "nothing needs to be done: such rows are deleted after some days"},
        {"media-file-left",
         {kInfo},
         "files of the media store have no row",
         "They take room; nobody can ask for them.",
         "move them away, and delete them when nobody has missed them"},
    };
}

}  // namespace aksono::datacheck

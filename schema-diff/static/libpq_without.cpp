// SPDX-License-Identifier: Apache-2.0
//
// What Debian's libpq.a asks of Kerberos (RFC 2744) and LDAP, for the program that is linked
// without them: there are no credentials, so libpq goes on to the other ways of logging in, and a
// service file that names an LDAP server finds none.

#include <cstddef>
#include <cstdint>

namespace {
constexpr std::uint32_t kFailure = 13u << 16;  // GSS_S_FAILURE
constexpr int kNoServer = -1;                  // LDAP_SERVER_DOWN
}  // namespace

extern "C" {

void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;

#define AKSONO_NO_GSS(name) \
    std::uint32_t name() {  \
        return kFailure;    \
    }
AKSONO_NO_GSS(gss_acquire_cred)
AKSONO_NO_GSS(gss_delete_sec_context)
AKSONO_NO_GSS(gss_display_status)
AKSONO_NO_GSS(gss_import_name)
AKSONO_NO_GSS(gss_init_sec_context)
AKSONO_NO_GSS(gss_release_buffer)
AKSONO_NO_GSS(gss_release_cred)
AKSONO_NO_GSS(gss_release_name)
AKSONO_NO_GSS(gss_unwrap)
AKSONO_NO_GSS(gss_wrap)
AKSONO_NO_GSS(gss_wrap_size_limit)
#undef AKSONO_NO_GSS

void* ldap_init() {
    return nullptr;
}
void* ldap_first_entry() {
    return nullptr;
}
void* ldap_get_values_len() {
    return nullptr;
}
const char* ldap_err2string() {
    return "this program is built without LDAP";
}
int ldap_count_entries() {
    return kNoServer;
}
int ldap_result() {
    return kNoServer;
}
int ldap_search_st() {
    return kNoServer;
}
int ldap_set_option() {
    return kNoServer;
}
int ldap_simple_bind() {
    return kNoServer;
}
int ldap_unbind() {
    return 0;
}
int ldap_msgfree() {
    return 0;
}
void ldap_value_free_len() {}
}

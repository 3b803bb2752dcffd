# aksono-schema-diff-static: the same program in one file that needs no shared library, for servers
# that have neither Boost nor libpqxx. Not part of `all`; scripts/build-static makes it.
#
# Debian's libpq.a wants parts of PostgreSQL that come with its server's headers, and Kerberos and
# LDAP, of which there are no static libraries: static/libpq_without.cpp says that there are none.
set(AKSONO_PGCOMMON_DIR "/usr/lib/postgresql/15/lib" CACHE PATH
    "Where libpgcommon_shlib.a and libpgport_shlib.a are (Debian: postgresql-server-dev-15)")

set(aksono_static_parts aksono_schema_diff aksono_audit aksono_cli aksono_datacheck aksono_synschema aksono_config
    aksono_pg aksono_crypto aksono_base)
set(aksono_static_files
    libpqxx.a libpq.a libssl.a libcrypto.a libboost_program_options.a libyaml-cpp.a libsodium.a
    libcrypt.a libz.a)

foreach(file ${aksono_static_files})
    find_library(AKSONO_STATIC_${file} ${file})
    if(NOT AKSONO_STATIC_${file})
        message(STATUS "no ${file}: there is no target aksono-schema-diff-static")
        return()
    endif()
    list(APPEND aksono_static_found ${AKSONO_STATIC_${file}})
endforeach()

add_executable(aksono-schema-diff-static EXCLUDE_FROM_ALL
    $<TARGET_OBJECTS:aksono-schema-diff> static/fmt.cpp static/libpq_without.cpp)
add_dependencies(aksono-schema-diff-static ${aksono_static_parts})
target_link_options(aksono-schema-diff-static PRIVATE -static)
foreach(part ${aksono_static_parts})
    list(APPEND aksono_static_archives $<TARGET_FILE:${part}>)
endforeach()
target_link_libraries(aksono-schema-diff-static PRIVATE
    -Wl,--start-group ${aksono_static_archives} ${aksono_static_found}
    ${AKSONO_PGCOMMON_DIR}/libpgcommon_shlib.a ${AKSONO_PGCOMMON_DIR}/libpgport_shlib.a
    -Wl,--end-group)

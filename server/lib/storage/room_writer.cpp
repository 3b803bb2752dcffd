// SPDX-License-Identifier: Apache-2.0
#include "storage/room_writer.h"

#include <array>
#include <cstddef>

#include <sodium.h>

namespace aksono::storage {

const std::string& writer_of_room(const std::vector<std::string>& writers,
                                  std::string_view room_id) {
    if (writers.size() == 1) return writers.front();
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(room_id.data()),
                       room_id.size());
    std::size_t remainder = 0;
    for (auto byte = hash.rbegin(); byte != hash.rend(); ++byte)
        remainder = (remainder * 256 + *byte) % writers.size();
    return writers[remainder];
}

}  // namespace aksono::storage

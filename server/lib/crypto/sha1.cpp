// SPDX-License-Identifier: Apache-2.0
#include "crypto/sha1.h"

#include <stdexcept>

#include <openssl/evp.h>

namespace aksono::crypto {

std::string sha1(std::string_view bytes) {
    std::string out(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &size,
                   EVP_sha1(), nullptr) != 1) {
        throw std::runtime_error("SHA-1 failed");
    }
    out.resize(size);
    return out;
}

}  // namespace aksono::crypto

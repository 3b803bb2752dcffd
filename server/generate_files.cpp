// SPDX-License-Identifier: Apache-2.0
#include "generate_files.h"

#include "config/config.h"
#include "config/error.h"
#include "config/generate.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <ostream>
#include <stdexcept>
#include <unistd.h>

namespace aksono {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(std::string sentence, std::string file, std::string advice) {
    throw config::ConfigError({.sentence = std::move(sentence),
                               .file = std::move(file),
                               .option = {},
                               .advice = std::move(advice),
                               .path = {}});
}

/// Never over a file that is there.
void write_new(const std::string& path, const std::string& text, int mode) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) throw std::runtime_error("cannot make " + path + ": " + std::strerror(errno));
    const auto written = ::write(fd, text.data(), text.size());
    const bool whole = written == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
    ::close(fd);
    if (!whole) {
        ::unlink(path.c_str());
        throw std::runtime_error("cannot write " + path);
    }
}

std::string absolute(const std::string& path) {
    return fs::absolute(path).lexically_normal().string();
}

std::string absolute_directory(const std::string& given, const std::string& fallback) {
    std::string path = absolute(given.empty() ? fallback : given);
    while (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    return path;
}

void make_log_config(const config::GenerateSettings& settings, const std::string& path,
                     std::ostream& out) {
    if (fs::exists(path)) return;
    write_new(path, config::generate_log_config(settings), 0644);
    out << "Generating log config file " << path << " which will log to " << settings.data_directory
        << "/homeserver.log\n";
}

void make_signing_key(const std::string& path, std::ostream& out) {
    if (fs::exists(path)) return;
    write_new(path, config::generate_signing_key(), 0640);
    out << "Generating signing key file " << path << "\n";
}

}  // namespace

void generate_config_files(const Options& options, std::ostream& out) {
    if (options.config_paths.size() != 1) {
        refuse("Must supply a config file.", "", "name the one file to make with -c");
    }
    const std::string path = absolute(options.config_paths.front());
    if (fs::exists(path)) {
        out << "Config file '" << options.config_paths.front()
            << "' already exists. Generating any missing config files.\n";
        return generate_missing_files(options, out);
    }
    if (!options.server_name) {
        refuse("Must specify a server_name to a generate config for. Pass -H server.name.", "",
               "give the name that ends this server's user ids");
    }
    if (!options.report_stats) {
        refuse("Please specify either --report-stats=yes or --report-stats=no", "",
               "either will do: Aksono reports to nobody");
    }
    config::GenerateSettings settings;
    settings.server_name = *options.server_name;
    settings.report_stats = *options.report_stats;
    settings.config_directory =
        absolute_directory(options.config_directory, fs::path(path).parent_path().string());
    settings.data_directory = absolute_directory(options.data_directory, ".");
    fs::create_directories(settings.data_directory);
    write_new(path, config::generate_homeserver_yaml(settings), 0640);
    out << "Generating config file " << options.config_paths.front() << "\n";
    make_log_config(settings, config::log_config_path(settings), out);
    make_signing_key(config::new_signing_key_path(settings), out);
    out << "A config file has been generated in '" << options.config_paths.front()
        << "' for server name '" << settings.server_name
        << "'. Please review this file and customise it to your needs.\n";
}

void generate_missing_files(const Options& options, std::ostream& out) {
    const auto document = config::read_documents(options.config_paths);
    const config::Section root(document);
    config::GenerateSettings settings;
    settings.server_name = root.text("server_name", "");
    settings.data_directory = absolute_directory(options.data_directory, ".");
    if (const auto log = root.maybe_text("log_config")) make_log_config(settings, *log, out);
    if (const auto key = config::signing_key_path(root); !key.empty()) make_signing_key(key, out);
}

}  // namespace aksono

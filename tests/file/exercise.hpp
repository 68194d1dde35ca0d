#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "keraunos/error.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/hdf5.hpp"
#include "runtime/file/json.hpp"
#include "runtime/file/npy.hpp"
#include "runtime/file/zip.hpp"

// What the fuzzers and the tests with damaged files do: ask for everything, and expect a result or
// an Error each time. Any other exception, and whatever a sanitizer finds, is a failure.

namespace keraunos::file::testing {

template <typename Work>
void allow_error(Work&& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

inline void exercise_attributes(const H5Object& object) {
  for (const std::string& name : object.attribute_names()) {
    allow_error([&] { object.strings_attribute(name); });
    allow_error([&] { object.string_attribute(name); });
  }
}

inline void exercise_dataset(const H5Dataset& dataset) {
  exercise_attributes(dataset);
  allow_error([&] { dataset.dims(); });
  allow_error([&] { dataset.dtype(); });
  allow_error([&] {
    // Touches every byte, so that a span that leaves its memory is noticed.
    std::uint64_t sum = 0;
    for (const std::byte byte : dataset.read().span) sum += std::to_integer<unsigned>(byte);
    if (sum == UINT64_MAX) throw std::logic_error("no file has that many bytes");
  });
  allow_error([&] { dataset.read_strings(); });
}

/// Visits at most `max_objects` objects of a file, which may link a group below itself.
inline void exercise_hdf5(const Bytes& bytes, std::size_t max_objects = 200) {
  allow_error([&] {
    std::vector<H5Group> groups = {H5File(bytes).root()};
    for (std::size_t next = 0; next < groups.size(); ++next) {
      const H5Group group = groups[next];
      exercise_attributes(group);
      for (const std::string& name : group.names()) {
        if (groups.size() >= max_objects) return;
        allow_error([&] { groups.push_back(group.group(name)); });
        allow_error([&] { exercise_dataset(group.dataset(name)); });
      }
    }
  });
}

inline void exercise_zip(const Bytes& bytes) {
  allow_error([&] {
    const ZipArchive archive(bytes);
    for (const ZipMember& member : archive.members()) {
      allow_error([&] { archive.read(member); });
      allow_error([&] { archive.verify(member); });
    }
  });
}

inline void exercise_npy(const Bytes& bytes) {
  allow_error([&] { parse_npy(bytes.span); });
}

inline void exercise_json(const Bytes& bytes) {
  allow_error([&] {
    const Json json = Json::parse(as_text(bytes.span));
    json.dump(1000);
    std::vector<Json> open = {json};
    while (!open.empty()) {
      const Json value = open.back();
      open.pop_back();
      allow_error([&] { value.as_int64(); });
      allow_error([&] { value.as_double(); });
      allow_error([&] { value.as_string(); });
      allow_error([&] { value.at("name"); });
      if (value.is_array()) {
        for (const Json element : value.elements()) open.push_back(element);
      } else if (value.is_object()) {
        for (const auto& [name, member] : value.members()) open.push_back(member);
      }
    }
  });
}

}  // namespace keraunos::file::testing

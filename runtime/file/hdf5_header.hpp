#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "runtime/file/hdf5_image.hpp"

namespace keraunos::file::hdf5 {

enum class MessageType : std::uint16_t {
  nil = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  old_fill_value = 0x04,
  fill_value = 0x05,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  group_info = 0x0a,
  filters = 0x0b,
  attribute = 0x0c,
  continuation = 0x10,
  symbol_table = 0x11,
  attribute_info = 0x15,
  last_known = 0x17,
};

/// One message of an object header, in place.
struct Message {
  MessageType type{};
  std::span<const std::byte> body;
};

using Messages = std::vector<Message>;

/// All messages of the object header at an address, of version 1 or 2, with its continuations.
Messages read_object_header(const Image& image, std::uint64_t address, Budget& budget);

/// The first message of that type, or null.
const Message* find_message(const Messages& messages, MessageType type);

/// A reader of the message, which must exist.
ByteReader read_message(const Messages& messages, MessageType type, std::string_view what);

}  // namespace keraunos::file::hdf5

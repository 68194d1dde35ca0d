#include "runtime/file/hdf5_object.hpp"

#include <algorithm>

namespace keraunos::file::hdf5 {
namespace {

bool is_group(const Messages& messages) {
  return std::ranges::any_of(messages, [](const Message& message) {
    return message.type == MessageType::symbol_table || message.type == MessageType::link_info ||
           message.type == MessageType::link || message.type == MessageType::group_info;
  });
}

std::span<const std::byte> parse_fill_value(ByteReader in) {
  const std::uint8_t version = in.u8();
  if (version < 1 || version > 3) {
    fail(ErrorCode::unsupported, "HDF5 fill value version {} is not supported", version);
  }
  bool defined = true;
  if (version == 3) {
    defined = (in.u8() >> 5 & 1U) != 0;
  } else {
    in.skip(2);  // when to allocate, when to fill
    defined = in.u8() != 0 || version == 1;
  }
  if (!defined) return {};
  return in.take(in.u32());
}

std::span<const std::byte> find_fill_value(const Messages& messages) {
  if (const Message* const message = find_message(messages, MessageType::fill_value)) {
    return parse_fill_value(ByteReader(message->body, "an HDF5 fill value"));
  }
  if (const Message* const message = find_message(messages, MessageType::old_fill_value)) {
    ByteReader in(message->body, "an HDF5 fill value");
    return in.take(in.u32());
  }
  return {};
}

}  // namespace

DatasetInfo read_dataset_info(const Image& image, const Messages& messages) {
  if (find_message(messages, MessageType::external_files) != nullptr) {
    fail(ErrorCode::unsupported, "external storage is not supported: other files are not read");
  }
  DatasetInfo info;
  info.space = parse_dataspace(
      image, read_message(messages, MessageType::dataspace, "the extent of an HDF5 dataset"));
  info.type =
      parse_datatype(read_message(messages, MessageType::datatype, "the type of an HDF5 dataset"));
  info.layout = parse_layout(
      image, read_message(messages, MessageType::layout, "the layout of an HDF5 dataset"),
      info.type.size);
  if (const Message* const message = find_message(messages, MessageType::filters)) {
    info.filters = parse_filters(ByteReader(message->body, "an HDF5 filter pipeline"));
  }
  info.fill_value = find_fill_value(messages);
  if (!info.fill_value.empty() && info.fill_value.size() != info.type.size) {
    fail(ErrorCode::malformed_file, "an HDF5 fill value of {} bytes for elements of {}",
         info.fill_value.size(), info.type.size);
  }
  return info;
}

std::shared_ptr<const Object> read_object(std::shared_ptr<const Image> image,
                                          std::uint64_t address) {
  Budget budget(*image);
  const Messages messages = read_object_header(*image, address, budget);
  auto object = std::make_shared<Object>();
  object->image = image;
  object->address = address;
  object->attributes = read_attributes(*image, messages, budget);
  if (is_group(messages)) {
    object->links = read_links(*image, messages, budget);
  } else if (find_message(messages, MessageType::layout) != nullptr) {
    object->dataset = read_dataset_info(*image, messages);
  }
  return object;
}

}  // namespace keraunos::file::hdf5

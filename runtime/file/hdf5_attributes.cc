#include <algorithm>

#include "runtime/base/checked.hpp"
#include "runtime/file/hdf5_btree.hpp"
#include "runtime/file/hdf5_heap.hpp"
#include "runtime/file/hdf5_object.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view what = "an HDF5 attribute";

std::string_view without_terminator(std::string_view name) {
  return name.substr(0, name.find('\0'));
}

void read_attribute(ByteReader in, ByName<Attribute>& attributes) {
  const std::uint8_t version = in.u8();
  if (version < 1 || version > 3) {
    fail(ErrorCode::unsupported, "{} of version {} is not supported", what, version);
  }
  Attribute attribute;
  const std::uint8_t flags = in.u8();
  if (version > 1) attribute.shared_flags = flags;
  const std::uint16_t name_size = in.u16();
  const std::uint16_t type_size = in.u16();
  const std::uint16_t space_size = in.u16();
  if (version == 3) in.skip(1);  // character set of the name
  // Version 1 pads its parts to multiples of 8 bytes.
  const auto part = [&](std::uint16_t size) {
    const auto taken = in.take(size);
    if (version == 1) in.skip((8 - size % 8) % 8);
    return taken;
  };
  const std::string_view name = without_terminator(as_text(part(name_size)));
  attribute.type = part(type_size);
  attribute.space = part(space_size);
  attribute.data = in.take(in.remaining());
  if (!attributes.emplace(name, attribute).second) {
    fail(ErrorCode::malformed_file, "the HDF5 object has two attributes named '{}'",
         printable(name));
  }
}

// An object with many attributes keeps them in a fractal heap.
void read_attribute_info(const Image& image, ByteReader in, Budget& budget,
                         ByName<Attribute>& attributes) {
  in.skip(1);  // version
  const std::uint8_t flags = in.u8();
  constexpr std::uint8_t tracks_creation_order = 1U << 0;
  if (flags & tracks_creation_order) in.skip(2);
  const auto heap_address = image.read_address(in);
  const auto tree = image.read_address(in);
  if (!heap_address || !tree) return;
  const FractalHeap heap(image, *heap_address, budget);
  const auto visit = [&](std::span<const std::byte> record) {
    constexpr std::size_t id_size = 8;
    ByteReader fields(record, "an HDF5 attribute record");
    const auto id = fields.take(id_size);
    constexpr std::uint8_t shared = 1U << 1;
    if (fields.u8() & shared) {
      fail(ErrorCode::unsupported, "shared HDF5 attributes are not supported");
    }
    const auto message = heap.object(id);
    budget.spend(message.size(), what);
    read_attribute(ByteReader(message, what), attributes);
  };
  visit_tree(image, *tree, TreeKind::attributes_by_name, budget, visit);
}

std::string_view without_padding(std::string_view text, StringPadding padding) {
  if (padding == StringPadding::null_terminated) return without_terminator(text);
  const char pad = padding == StringPadding::space_padded ? ' ' : '\0';
  const std::size_t last = text.find_last_not_of(pad);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

}  // namespace

ByName<Attribute> read_attributes(const Image& image, const Messages& messages, Budget& budget) {
  ByName<Attribute> attributes;
  for (const Message& message : messages) {
    if (message.type == MessageType::attribute) {
      read_attribute(ByteReader(message.body, what), attributes);
    } else if (message.type == MessageType::attribute_info) {
      read_attribute_info(image, ByteReader(message.body, "an HDF5 attribute info message"), budget,
                          attributes);
    }
  }
  return attributes;
}

std::vector<std::string> decode_strings(const Image& image, const Datatype& type,
                                        std::uint64_t count, std::span<const std::byte> elements) {
  if (count == 0) return {};
  if (type.kind != TypeKind::fixed_string && type.kind != TypeKind::variable_string) {
    fail(ErrorCode::unsupported, "strings wanted, found {}", type.description);
  }
  if (try_multiply<std::uint64_t>(count, type.size).value_or(UINT64_MAX) > elements.size()) {
    fail(ErrorCode::malformed_file, "{} strings of {} bytes do not fit the {} bytes stored", count,
         type.size, elements.size());
  }
  GlobalHeap heap(image);
  ByteReader in(elements, "the elements");
  std::vector<std::string> strings;
  strings.reserve(static_cast<std::size_t>(count));
  for (std::uint64_t i = 0; i < count; ++i) {
    if (type.kind == TypeKind::fixed_string) {
      strings.emplace_back(without_padding(in.text(type.size), type.padding));
    } else {
      ByteReader reference(in.take(type.size), "a reference to an HDF5 string");
      strings.emplace_back(without_terminator(heap.read_string(reference)));
    }
  }
  return strings;
}

}  // namespace keraunos::file::hdf5

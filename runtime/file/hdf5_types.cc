#include "runtime/file/hdf5_types.hpp"

#include <array>

#include "runtime/base/checked.hpp"

namespace keraunos::file::hdf5 {
namespace {

// Bytes 1 to 3 of a datatype message, whose meaning depends on the class.
using ClassBits = std::uint32_t;

struct TypeHead {
  unsigned type_class;
  unsigned version;
  ClassBits bits;
  std::uint32_t size;
};

TypeHead read_head(ByteReader& in) {
  const std::uint8_t class_and_version = in.u8();
  TypeHead head{};
  head.type_class = class_and_version & 0xfU;
  head.version = class_and_version >> 4;
  head.bits = static_cast<ClassBits>(in.uint(3));
  head.size = in.u32();
  if (head.version < 1 || head.version > 5) {
    fail(ErrorCode::unsupported, "HDF5 datatype version {} is not supported", head.version);
  }
  if (head.size == 0) fail(ErrorCode::malformed_file, "an HDF5 datatype has elements of 0 bytes");
  return head;
}

Datatype parse_fixed_point(const TypeHead& head, ByteReader& in) {
  Datatype type;
  type.big_endian = (head.bits & 1U) != 0;
  const bool is_signed = (head.bits >> 3 & 1U) != 0;
  const std::uint16_t bit_offset = in.u16();
  const std::uint16_t precision = in.u16();
  type.description = fmt::format("{}signed integers of {} bits in {} bytes", is_signed ? "" : "un",
                                 precision, head.size);
  if (bit_offset != 0 || precision != 8 * static_cast<std::uint64_t>(head.size)) return type;
  type.kind = TypeKind::numeric;
  switch (head.size) {
    case 1: type.dtype = is_signed ? DType::int8 : DType::uint8; break;
    case 2: type.dtype = is_signed ? DType::int16 : DType::uint16; break;
    case 4: type.dtype = is_signed ? DType::int32 : DType::uint32; break;
    case 8: type.dtype = is_signed ? DType::int64 : DType::uint64; break;
    default: type.kind = TypeKind::unsupported;
  }
  return type;
}

Datatype parse_float(const TypeHead& head, ByteReader& in) {
  struct Format {
    std::uint32_t size;
    std::array<std::uint8_t, 4> fields;  // exponent position, its bits, mantissa position, its bits
    std::uint32_t bias;
    DType dtype;
  };
  constexpr std::array<Format, 4> formats = {{
      {2, {10, 5, 0, 10}, 15, DType::float16},
      {2, {7, 8, 0, 7}, 127, DType::bfloat16},
      {4, {23, 8, 0, 23}, 127, DType::float32},
      {8, {52, 11, 0, 52}, 1023, DType::float64},
  }};
  const std::uint16_t bit_offset = in.u16();
  const std::uint16_t precision = in.u16();
  std::array<std::uint8_t, 4> fields{};
  for (std::uint8_t& field : fields) field = in.u8();
  const std::uint32_t bias = in.u32();

  Datatype type;
  type.description = fmt::format("floats of {} bits in {} bytes", precision, head.size);
  const bool vax_order = (head.bits >> 6 & 1U) != 0;
  type.big_endian = (head.bits & 1U) != 0;
  if (vax_order || bit_offset != 0) return type;
  for (const Format& format : formats) {
    if (format.size != head.size || precision != 8 * head.size || format.fields != fields ||
        format.bias != bias) {
      continue;
    }
    type.kind = TypeKind::numeric;
    type.dtype = format.dtype;
  }
  return type;
}

Datatype parse_string(const TypeHead& head) {
  Datatype type;
  const unsigned padding = head.bits & 0xfU;
  if (padding > 2) {
    fail(ErrorCode::malformed_file, "an HDF5 string type has the unknown padding {}", padding);
  }
  type.kind = TypeKind::fixed_string;
  type.padding = static_cast<StringPadding>(padding);
  type.description = "fixed-length strings";
  return type;
}

Datatype parse_variable_length(const TypeHead& head) {
  Datatype type;
  type.description = "variable-length sequences";
  constexpr unsigned of_characters = 1;
  if ((head.bits & 0xfU) == of_characters) {
    type.kind = TypeKind::variable_string;
    type.description = "variable-length strings";
  }
  return type;
}

// h5py stores bool as an enumeration of int8 with the members FALSE = 0 and TRUE = 1.
Datatype parse_enumeration(const TypeHead& head, ByteReader& in) {
  Datatype type;
  type.description = "an enumeration";
  constexpr unsigned fixed_point = 0;
  const TypeHead base = read_head(in);
  if (base.type_class != fixed_point || base.size != 1 || (head.bits & 0xffffU) != 2) return type;
  in.skip(4);  // bit offset and precision of the base
  for (const std::string_view name : {"FALSE", "TRUE"}) {
    // Before version 3 names are padded with zeros to a multiple of 8 bytes.
    const std::size_t length = head.version < 3 ? 8 : name.size() + 1;
    if (in.text(length).substr(0, name.size() + 1) != std::string(name) + '\0') return type;
  }
  if (in.u8() != 0 || in.u8() != 1) return type;
  type.kind = TypeKind::numeric;
  type.dtype = DType::boolean;
  return type;
}

Datatype parse_class(const TypeHead& head, ByteReader& in) {
  constexpr std::array<std::string_view, 11> names = {
      "integers",       "floats",      "a time type",     "strings",
      "bit fields",     "opaque data", "a compound type", "references",
      "an enumeration", "sequences",   "an array type",
  };
  Datatype type;
  switch (head.type_class) {
    case 0: return parse_fixed_point(head, in);
    case 1: return parse_float(head, in);
    case 3: return parse_string(head);
    case 8: return parse_enumeration(head, in);
    case 9: return parse_variable_length(head);
    case 5: type.kind = TypeKind::opaque; break;
    default: break;
  }
  type.description = head.type_class < names.size()
                         ? std::string(names[head.type_class])
                         : fmt::format("the unknown HDF5 type class {}", head.type_class);
  return type;
}

}  // namespace

std::uint64_t Dataspace::count() const {
  return null ? 0 : static_cast<std::uint64_t>(element_count(dims));
}

Dataspace parse_dataspace(const Image& image, ByteReader in) {
  const std::uint8_t version = in.u8();
  if (version != 1 && version != 2) {
    fail(ErrorCode::unsupported, "HDF5 dataspace version {} is not supported", version);
  }
  const unsigned rank = in.u8();
  const bool has_max_dims = (in.u8() & 1U) != 0;
  const unsigned type = in.u8();
  if (version == 1) in.skip(4);
  if (rank > max_rank) {
    fail(ErrorCode::malformed_file, "an HDF5 dataspace has {} dimensions; the limit is {}", rank,
         max_rank);
  }
  Dataspace space;
  constexpr unsigned null_type = 2;
  space.null = version == 2 && type == null_type;
  for (unsigned i = 0; i < rank; ++i) {
    const std::uint64_t size = image.read_length(in);
    if (size > INT64_MAX) {
      fail(ErrorCode::malformed_file, "an HDF5 dimension of {} does not fit 63 bits", size);
    }
    space.dims.push_back(static_cast<std::int64_t>(size));
    space.max_dims.push_back(size);
  }
  for (unsigned i = 0; has_max_dims && i < rank; ++i) {
    const std::uint64_t size = image.read_length(in);
    space.max_dims[i] = size == image.unlimited_length() ? Dataspace::unlimited : size;
  }
  element_count(space.dims);
  return space;
}

Datatype parse_datatype(ByteReader in) {
  const TypeHead head = read_head(in);
  Datatype type = parse_class(head, in);
  type.size = head.size;
  return type;
}

}  // namespace keraunos::file::hdf5

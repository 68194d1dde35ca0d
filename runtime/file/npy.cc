#include "runtime/file/npy.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "runtime/base/checked.hpp"
#include "runtime/file/byte_order.hpp"
#include "runtime/file/byte_reader.hpp"
#include "runtime/file/npy_header.hpp"
#include "runtime/file/npy_strings.hpp"

namespace keraunos::file {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are used as they are stored");

constexpr std::string_view magic = "\x93NUMPY";

// Copies column-major elements of `dims` to row-major order.
void copy_column_major(const std::byte* from, std::byte* to, std::span<const std::int64_t> dims,
                       std::size_t element_size) {
  std::array<std::size_t, max_npy_rank> strides{};
  std::size_t count = 1;
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    strides[axis] = count * element_size;
    count *= static_cast<std::size_t>(dims[axis]);
  }
  std::array<std::int64_t, max_npy_rank> index{};
  std::size_t offset = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::memcpy(to + i * element_size, from + offset, element_size);
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++index[axis] < dims[axis]) break;
      offset -= strides[axis] * static_cast<std::size_t>(dims[axis]);
      index[axis] = 0;
    }
  }
}

NpyHeader read_header(ByteReader& in) {
  if (!is_npy(in.take(std::min(in.remaining(), magic.size())))) {
    fail(ErrorCode::malformed_file, "not a .npy file: its signature is missing");
  }
  const std::uint8_t version = in.u8();
  in.skip(1);  // minor version
  if (version < 1 || version > 3) {
    fail(ErrorCode::unsupported, ".npy format version {} is not supported: only 1 to 3 are",
         version);
  }
  const std::uint32_t length = version == 1 ? in.u16() : in.u32();
  return parse_npy_header(in.text(length));
}

// Only 0 and 1 are bools to the rest of the program.
void normalise_booleans(Tensor& tensor) {
  for (std::uint8_t& value : tensor.as<std::uint8_t>()) value = value != 0 ? 1 : 0;
}

}  // namespace

bool is_npy(std::span<const std::byte> file) { return as_text(file).starts_with(magic); }

Tensor parse_npy(std::span<const std::byte> file) {
  ByteReader in(file, "the .npy file");
  const NpyHeader header = read_header(in);
  const std::size_t element_size = header.element_size;
  const auto count = static_cast<std::size_t>(element_count(header.dims));
  if (try_multiply(count, element_size) != in.remaining()) {
    fail(ErrorCode::malformed_file,
         "the header promises {} elements of {} bytes, shape {}, but {} bytes follow", count,
         element_size, to_string(header.dims), in.remaining());
  }
  const auto stored = in.take(in.remaining());
  const bool is_string = header.dtype == DType::string;
  if (is_string && element_size == 0 && count > 0) {
    fail(ErrorCode::unsupported, "{} strings of no size are not supported", count);
  }
  Tensor tensor(is_string ? DType::uint8 : header.dtype,
                is_string ? Dims{static_cast<std::int64_t>(stored.size())} : header.dims);
  const std::span<std::byte> elements(static_cast<std::byte*>(tensor.data()), stored.size());
  if (!header.fortran_order) {
    std::ranges::copy(stored, elements.begin());
  } else if (count > 0) {
    copy_column_major(stored.data(), elements.data(), header.dims, element_size);
  }
  if (is_string) {
    if (header.big_endian) reverse_bytes(elements, sizeof(char32_t));
    return strings_of(elements, header);
  }
  if (header.big_endian) reverse_bytes(elements, element_size);
  if (header.dtype == DType::boolean) normalise_booleans(tensor);
  return tensor;
}

namespace {

std::string header_with(std::string_view descr, std::span<const std::int64_t> dims) {
  std::string text = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", descr,
                                 to_string(dims));
  constexpr std::size_t prefix = magic.size() + 2 + 2;
  const std::size_t size = round_up(prefix + text.size() + 1, 64);  // the elements are aligned
  text.resize(size - prefix - 1, ' ');
  text += '\n';
  std::string header(magic);
  header += {'\1', '\0'};
  header += static_cast<char>(text.size() & 0xffU);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace

std::string npy_header(DType dtype, std::span<const std::int64_t> dims) {
  return header_with(npy_descr(dtype), dims);
}

std::string npy_of_strings(const Tensor& tensor) {
  const CodePoints points = code_points_of(tensor);
  std::string file = header_with(fmt::format("<U{}", points.length), tensor.dims());
  const std::size_t start = file.size();
  file.resize(start + points.values.size() * sizeof(char32_t));
  if (!points.values.empty()) {
    std::memcpy(file.data() + start, points.values.data(), file.size() - start);
  }
  return file;
}

}  // namespace keraunos::file

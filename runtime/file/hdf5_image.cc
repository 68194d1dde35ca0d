#include "runtime/file/hdf5_image.hpp"

#include <algorithm>
#include <bit>

#include "runtime/base/checked.hpp"

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

// The superblock stands at 0 or, behind a user block, at 512, 1024, 2048, ...
std::size_t find_superblock(std::span<const std::byte> file) {
  for (std::size_t at = 0; at < file.size(); at = at == 0 ? 512 : 2 * at) {
    if (as_text(file).substr(at).starts_with(signature)) return at;
  }
  fail(ErrorCode::malformed_file, "not an HDF5 file: no signature in {} bytes", file.size());
}

struct Lookup3 {
  std::uint32_t a, b, c;

  void mix() {
    const auto step = [](std::uint32_t& x, std::uint32_t& y, std::uint32_t& z, int bits) {
      x -= z;
      x ^= std::rotl(z, bits);
      z += y;
    };
    step(a, b, c, 4), step(b, c, a, 6), step(c, a, b, 8);
    step(a, b, c, 16), step(b, c, a, 19), step(c, a, b, 4);
  }

  void finish() {
    const auto step = [](std::uint32_t& x, std::uint32_t& y, int bits) {
      x ^= y;
      x -= std::rotl(y, bits);
    };
    step(c, b, 14), step(a, c, 11), step(b, a, 25), step(c, b, 16);
    step(a, c, 4), step(b, a, 14), step(c, b, 24);
  }
};

}  // namespace

std::uint32_t metadata_checksum(std::span<const std::byte> bytes) {
  const std::uint32_t start = 0xdeadbeefU + static_cast<std::uint32_t>(bytes.size());
  Lookup3 state{start, start, start};
  if (bytes.empty()) return state.c;
  ByteReader in(bytes, "the checksummed bytes");
  while (true) {
    // The last block, of 1 to 12 bytes, is padded with zeros and mixed differently.
    const bool last = in.remaining() <= 12;
    for (std::uint32_t* word : {&state.a, &state.b, &state.c}) {
      const auto count = static_cast<unsigned>(std::min<std::size_t>(in.remaining(), 4));
      *word += static_cast<std::uint32_t>(in.uint(count));
    }
    if (last) break;
    state.mix();
  }
  state.finish();
  return state.c;
}

std::span<const std::byte> without_checksum(std::span<const std::byte> structure,
                                            std::string_view what) {
  if (structure.size() < 4) fail(ErrorCode::malformed_file, "{} has no checksum", what);
  const auto content = structure.first(structure.size() - 4);
  ByteReader in(structure.last(4), what);
  const std::uint32_t stored = in.u32();
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  const std::uint32_t computed = stored;  // a fuzzer would never get past
#else
  const std::uint32_t computed = metadata_checksum(content);
#endif
  if (stored != computed) {
    fail(ErrorCode::malformed_file, "the checksum of {} is {:08x}, the file promises {:08x}", what,
         computed, stored);
  }
  return content;
}

Image::Image(Bytes file, std::shared_ptr<LoadBudget> budget)
    : bytes_(std::move(file)), budget_(std::move(budget)) {
  // Addresses count from where the superblock was found, whatever base address it states: tools
  // that put a user block before a finished file do not update the latter.
  bytes_.span = bytes_.span.subspan(find_superblock(bytes_.span));
  ByteReader in(bytes_.span, "the HDF5 superblock");
  in.expect(signature);
  const std::uint8_t version = in.u8();
  if (version > 3) {
    fail(ErrorCode::unsupported, "HDF5 superblock version {} is not supported: only 0 to 3 are",
         version);
  }
  if (version < 2) {
    read_old_superblock(in, version);
  } else {
    read_new_superblock(in);
  }
}

void Image::set_widths(unsigned offset_size, unsigned length_size) {
  for (const unsigned size : {offset_size, length_size}) {
    if (size != 2 && size != 4 && size != 8) {
      fail(ErrorCode::malformed_file,
           "HDF5 offsets of {} and lengths of {} bytes: 2, 4 or 8 wanted", offset_size,
           length_size);
    }
  }
  offset_size_ = offset_size;
  length_size_ = length_size;
}

void Image::check_end(std::uint64_t declared_base, std::uint64_t declared_end) const {
  if (declared_end >= declared_base && declared_end - declared_base <= bytes_.size()) return;
  fail(ErrorCode::malformed_file, "the HDF5 file is truncated: {} bytes promised, {} found",
       declared_end - declared_base, bytes_.size());
}

void Image::read_old_superblock(ByteReader& in, std::uint8_t version) {
  in.skip(4);  // versions of the free space, the root group and shared headers; reserved
  const unsigned offset_size = in.u8();
  set_widths(offset_size, in.u8());
  in.skip(1 + 2 + 2 + 4);            // reserved, B-tree ranks, flags
  if (version == 1) in.skip(2 + 2);  // rank of chunk B-trees, reserved
  const std::uint64_t base = read_defined_address(in);
  read_address(in);  // free space
  const std::uint64_t end = read_defined_address(in);
  read_address(in);       // driver information
  in.skip(offset_size_);  // root entry: offset of its name
  root_address_ = read_defined_address(in);
  check_end(base, end);
}

void Image::read_new_superblock(ByteReader& in) {
  const unsigned offset_size = in.u8();
  set_widths(offset_size, in.u8());
  in.skip(1);  // consistency flags
  const std::uint64_t base = read_defined_address(in);
  read_address(in);  // superblock extension
  const std::uint64_t end = read_defined_address(in);
  root_address_ = read_defined_address(in);
  without_checksum(at(0, in.position() + 4, in.what()), in.what());
  check_end(base, end);
}

std::span<const std::byte> Image::at(std::uint64_t address, std::uint64_t size,
                                     std::string_view what) const {
  const auto end = try_add(address, size);
  if (!end || *end > bytes_.size()) {
    fail(ErrorCode::malformed_file, "{} ({} bytes at address {}) leaves the file of {} bytes", what,
         size, address, bytes_.size());
  }
  return bytes_.span.subspan(static_cast<std::size_t>(address), static_cast<std::size_t>(size));
}

ByteReader Image::reader(std::uint64_t address, std::string_view what) const {
  at(address, 0, what);
  return ByteReader(bytes_.span.subspan(static_cast<std::size_t>(address)), what);
}

std::optional<std::uint64_t> Image::read_address(ByteReader& in) const {
  const std::uint64_t undefined = ~std::uint64_t{0} >> (64 - 8 * offset_size_);
  const std::uint64_t address = in.uint(offset_size_);
  if (address == undefined) return std::nullopt;
  return address;
}

std::uint64_t Image::read_defined_address(ByteReader& in) const {
  if (const auto address = read_address(in)) return *address;
  fail(ErrorCode::malformed_file, "{} holds an undefined address", in.what());
}

}  // namespace keraunos::file::hdf5

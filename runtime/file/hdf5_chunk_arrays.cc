#include <algorithm>
#include <bit>

#include "runtime/base/checked.hpp"
#include "runtime/file/hdf5_chunk_index.hpp"

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view fixed_array = "an HDF5 fixed array";
constexpr std::string_view extensible_array = "an HDF5 extensible array";
constexpr std::size_t checksum_size = 4;

// Signature, version and class begin every block of both arrays.
void expect_head(ByteReader& in, std::string_view signature, const ChunkCollector& chunks) {
  in.expect(signature);
  const std::uint8_t version = in.u8();
  const std::uint8_t array_class = in.u8();
  if (version != 0) {
    fail(ErrorCode::unsupported, "{} of version {} is not supported", in.what(), version);
  }
  if (array_class != chunks.array_class()) {
    fail(ErrorCode::malformed_file, "{} is of class {}, {} wanted", in.what(), array_class,
         chunks.array_class());
  }
}

bool bit_at(std::span<const std::byte> bits, std::uint64_t index) {
  const auto byte = std::to_integer<unsigned>(bits[static_cast<std::size_t>(index / 8)]);
  return (byte >> (7 - index % 8) & 1U) != 0;
}

std::uint64_t page_elements(unsigned bits, std::string_view what) {
  constexpr unsigned max_page_bits = 32;
  if (bits > max_page_bits) fail(ErrorCode::malformed_file, "{} has pages of 2^{}", what, bits);
  return std::uint64_t{1} << bits;
}

// Elements that stand in pages, each with a checksum; only pages whose bit is set are in use.
struct Pages {
  std::uint64_t address;
  std::uint64_t first_index;
  std::uint64_t elements;  // in all pages
  std::uint64_t page_elements;
  unsigned element_size;
  std::span<const std::byte> used;
  std::uint64_t first_bit;
};

void read_pages(const Image& image, const Pages& pages, std::string_view what, Budget& budget,
                ChunkCollector& chunks) {
  const std::uint64_t page_bytes =
      checked_add(checked_multiply<std::uint64_t>(pages.page_elements, pages.element_size),
                  std::uint64_t{checksum_size});
  std::uint64_t page = 0;
  for (std::uint64_t done = 0; done < pages.elements; done += pages.page_elements, ++page) {
    if (!bit_at(pages.used, pages.first_bit + page)) continue;
    const std::uint64_t count = std::min(pages.page_elements, pages.elements - done);
    const std::uint64_t size = count * pages.element_size + checksum_size;
    const std::uint64_t address = checked_add(pages.address, checked_multiply(page, page_bytes));
    budget.spend(size, what);
    ByteReader in(without_checksum(image.at(address, size, what), what), what);
    chunks.add_elements(in, pages.first_index + done, count, pages.element_size);
  }
}

class ExtensibleArray {
 public:
  ExtensibleArray(const Image& image, Budget& budget, ChunkCollector& chunks)
      : image_(image), budget_(budget), chunks_(chunks) {}

  void read(std::uint64_t address) {
    const auto index_block = read_header(address);
    if (index_block) read_index_block(*index_block);
  }

 private:
  // Super block u stands for 2^(u/2) data blocks of 2^((u+1)/2) times the smallest size.
  struct SuperBlock {
    std::uint64_t blocks;
    std::uint64_t block_elements;
  };

  SuperBlock super_block(unsigned u) const {
    return {std::uint64_t{1} << u / 2, min_elements_ << (u + 1) / 2};
  }

  std::optional<std::uint64_t> read_header(std::uint64_t address) {
    ByteReader in = image_.reader(address, extensible_array);
    expect_head(in, "EAHD", chunks_);
    element_size_ = in.u8();
    const unsigned max_bits = in.u8();
    index_elements_ = in.u8();
    min_elements_ = in.u8();
    const std::uint64_t min_pointers = in.u8();
    page_elements_ = page_elements(in.u8(), extensible_array);
    image_.skip_lengths(in, 4);  // counts and sizes of the blocks
    used_elements_ = image_.read_length(in);
    image_.skip_lengths(in, 1);  // elements with room
    const auto index_block = image_.read_address(in);
    without_checksum(image_.at(address, in.position() + checksum_size, extensible_array),
                     extensible_array);

    constexpr unsigned bits_limit = 56;
    if (max_bits == 0 || max_bits > bits_limit || !std::has_single_bit(min_elements_) ||
        !std::has_single_bit(min_pointers) || min_pointers < 2 || element_size_ == 0) {
      fail(ErrorCode::malformed_file, "{} has impossible sizes", extensible_array);
    }
    const auto min_bits = static_cast<unsigned>(std::countr_zero(min_elements_));
    offset_bytes_ = (max_bits + 7) / 8;
    super_blocks_ = max_bits > min_bits ? 1 + max_bits - min_bits : 1;
    direct_super_blocks_ =
        std::min(2 * static_cast<unsigned>(std::countr_zero(min_pointers)), super_blocks_);
    direct_pointers_ = 2 * (min_pointers - 1);
    return index_block;
  }

  // The first elements, then pointers to the data blocks of the first super blocks, then pointers
  // to the other super blocks.
  void read_index_block(std::uint64_t address) {
    const std::uint64_t pointers = direct_pointers_ + (super_blocks_ - direct_super_blocks_);
    const std::uint64_t size = 4 + 1 + 1 + image_.offset_size() + index_elements_ * element_size_ +
                               pointers * image_.offset_size() + checksum_size;
    ByteReader in = open_block(address, size, "EAIB");
    chunks_.add_elements(in, 0, index_elements_, element_size_);
    std::uint64_t index = index_elements_;
    for (unsigned u = 0; u < super_blocks_ && index < used_elements_; ++u) {
      const SuperBlock shape = super_block(u);
      if (u < direct_super_blocks_) {
        for (std::uint64_t i = 0; i < shape.blocks; ++i) {
          const auto block = image_.read_address(in);
          if (block) read_data_block(*block, index, shape.block_elements);
          index += shape.block_elements;
        }
      } else {
        const auto block = image_.read_address(in);
        if (block) read_super_block(*block, index, shape);
        index += shape.blocks * shape.block_elements;
      }
    }
  }

  void read_super_block(std::uint64_t address, std::uint64_t index, const SuperBlock& shape) {
    const bool paged = shape.block_elements > page_elements_;
    const std::uint64_t pages = paged ? shape.block_elements / page_elements_ : 0;
    const std::uint64_t bitmap = shape.blocks * ((pages + 7) / 8);
    const std::uint64_t size = prefix_size() + bitmap + shape.blocks * image_.offset_size();
    ByteReader in = open_block(address, size + checksum_size, "EASB");
    in.skip(offset_bytes_);
    const auto used_pages = in.take(bitmap);
    for (std::uint64_t i = 0; i < shape.blocks && index < used_elements_; ++i) {
      const auto block = image_.read_address(in);
      if (block && paged) {
        open_block(*block, prefix_size() + checksum_size, "EADB");
        read_pages(image_,
                   {*block + prefix_size() + checksum_size, index, shape.block_elements,
                    page_elements_, element_size_, used_pages, i * pages},
                   extensible_array, budget_, chunks_);
      } else if (block) {
        read_data_block(*block, index, shape.block_elements);
      }
      index += shape.block_elements;
    }
  }

  void read_data_block(std::uint64_t address, std::uint64_t index, std::uint64_t elements) {
    if (elements > page_elements_) {
      fail(ErrorCode::unsupported, "{} with pages in its first blocks is not supported",
           extensible_array);
    }
    const std::uint64_t size = prefix_size() + elements * element_size_ + checksum_size;
    ByteReader in = open_block(address, size, "EADB");
    in.skip(offset_bytes_);
    chunks_.add_elements(in, index, elements, element_size_);
  }

  // Of super blocks and data blocks: signature, version, class, header address, own offset.
  std::uint64_t prefix_size() const { return 4 + 1 + 1 + image_.offset_size() + offset_bytes_; }

  // Leaves the cursor behind the address of the header.
  ByteReader open_block(std::uint64_t address, std::uint64_t size, std::string_view signature) {
    budget_.spend(size, extensible_array);
    const auto block = image_.at(address, size, extensible_array);
    ByteReader in(without_checksum(block, extensible_array), extensible_array);
    expect_head(in, signature, chunks_);
    in.skip(image_.offset_size());
    return in;
  }

  const Image& image_;
  Budget& budget_;
  ChunkCollector& chunks_;
  unsigned element_size_ = 0;
  std::uint64_t index_elements_ = 0;  // that stand in the index block
  std::uint64_t min_elements_ = 0;    // of a data block
  std::uint64_t page_elements_ = 0;
  std::uint64_t used_elements_ = 0;
  unsigned offset_bytes_ = 0;
  unsigned super_blocks_ = 0;
  unsigned direct_super_blocks_ = 0;  // whose data blocks the index block points to
  std::uint64_t direct_pointers_ = 0;
};

}  // namespace

void read_fixed_array(const Image& image, std::uint64_t address, Budget& budget,
                      ChunkCollector& chunks) {
  ByteReader header = image.reader(address, fixed_array);
  expect_head(header, "FAHD", chunks);
  const unsigned element_size = header.u8();
  const std::uint64_t per_page = page_elements(header.u8(), fixed_array);
  const std::uint64_t elements = image.read_length(header);
  const auto block = image.read_address(header);
  without_checksum(image.at(address, header.position() + checksum_size, fixed_array), fixed_array);
  if (!block) return;

  const std::uint64_t prefix = 4 + 1 + 1 + image.offset_size();
  const bool paged = elements > per_page;
  const std::uint64_t pages = paged ? elements / per_page + (elements % per_page != 0) : 0;
  const std::uint64_t bitmap = pages / 8 + (pages % 8 != 0);
  const std::uint64_t content =
      paged ? bitmap : checked_multiply<std::uint64_t>(elements, element_size);
  const std::uint64_t size = checked_add(content, prefix + checksum_size);
  budget.spend(size, fixed_array);
  ByteReader in(without_checksum(image.at(*block, size, fixed_array), fixed_array), fixed_array);
  expect_head(in, "FADB", chunks);
  in.skip(image.offset_size());
  if (paged) {
    read_pages(image, {*block + size, 0, elements, per_page, element_size, in.take(bitmap), 0},
               fixed_array, budget, chunks);
  } else {
    chunks.add_elements(in, 0, elements, element_size);
  }
}

void read_extensible_array(const Image& image, std::uint64_t address, Budget& budget,
                           ChunkCollector& chunks) {
  ExtensibleArray(image, budget, chunks).read(address);
}

}  // namespace keraunos::file::hdf5

#include "runtime/file/inflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "runtime/base/fail.hpp"

namespace keraunos::file {
namespace {

// zlib counts in 32 bits: feed and drain it in pieces.
constexpr std::size_t max_piece = std::numeric_limits<uInt>::max();

class InflateStream {
 public:
  explicit InflateStream(DeflateFormat format) {
    const int window_bits = format == DeflateFormat::raw ? -MAX_WBITS : MAX_WBITS;
    if (inflateInit2(&stream_, window_bits) != Z_OK) {
      fail(ErrorCode::out_of_memory, "zlib has no memory to inflate with");
    }
  }
  InflateStream(const InflateStream&) = delete;
  InflateStream& operator=(const InflateStream&) = delete;
  ~InflateStream() { inflateEnd(&stream_); }

  // Moves both spans past what was consumed and produced.
  int step(std::span<const std::byte>& in, std::span<std::byte>& out) {
    const auto in_piece = static_cast<uInt>(std::min(in.size(), max_piece));
    const auto out_piece = static_cast<uInt>(std::min(out.size(), max_piece));
    // zlib does not write through next_in; its type predates const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(in.data()));
    stream_.avail_in = in_piece;
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = out_piece;
    const int status = ::inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(in_piece - stream_.avail_in);
    out = out.subspan(out_piece - stream_.avail_out);
    return status;
  }

  const char* message() const { return stream_.msg != nullptr ? stream_.msg : "unknown reason"; }

 private:
  z_stream stream_{};
};

}  // namespace

void inflate(std::span<const std::byte> compressed, std::span<std::byte> content,
             DeflateFormat format) {
  InflateStream stream(format);
  std::span<const std::byte> in = compressed;
  std::span<std::byte> out = content;
  std::byte overflow{};  // where a byte beyond the promised size would land
  while (true) {
    const bool full = out.empty();
    std::span<std::byte> spill(&overflow, 1);
    const int status = stream.step(in, full ? spill : out);
    if (full && spill.empty()) {
      fail(ErrorCode::malformed_file, "the deflated data holds more than the {} bytes promised",
           content.size());
    }
    if (status == Z_STREAM_END) break;
    if (status == Z_BUF_ERROR) {  // no progress: the input is used up
      fail(ErrorCode::malformed_file, "the deflated data ends early: {} bytes promised, {} found",
           content.size(), content.size() - out.size());
    }
    if (status != Z_OK) {
      fail(ErrorCode::malformed_file, "the deflated data is damaged: {}", stream.message());
    }
  }
  if (!out.empty()) {
    fail(ErrorCode::malformed_file, "the deflated data holds {} bytes, {} were promised",
         content.size() - out.size(), content.size());
  }
}

}  // namespace keraunos::file

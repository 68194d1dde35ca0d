#include "runtime/file/hdf5_header.hpp"

#include <algorithm>

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view what = "the HDF5 object header";

constexpr std::uint8_t flag_shared = 1U << 1;
constexpr std::uint8_t flag_fail_if_unknown = 1U << 7;

// Version 2 headers state in their flags which optional fields they have.
constexpr std::uint8_t flag_creation_order = 1U << 2;
constexpr std::uint8_t flag_attribute_thresholds = 1U << 4;
constexpr std::uint8_t flag_times = 1U << 5;

class HeaderReader {
 public:
  HeaderReader(const Image& image, Budget& budget) : image_(image), budget_(budget) {}

  Messages read(std::uint64_t address) {
    if (as_text(image_.at(address, 4, what)) == "OHDR") {
      start_version_2(address);
    } else {
      start_version_1(address);
    }
    // A queue, because a continuation may announce several more.
    for (std::size_t next = 0; next < continuations_.size(); ++next) {
      read_continuation(continuations_[next]);
    }
    return std::move(messages_);
  }

 private:
  struct Continuation {
    std::uint64_t address;
    std::uint64_t size;
  };

  void start_version_1(std::uint64_t address) {
    ByteReader in = image_.reader(address, what);
    const std::uint8_t version = in.u8();
    if (version != 1) {
      fail(ErrorCode::malformed_file, "no HDF5 object header at address {}: version {} found",
           address, version);
    }
    in.skip(1 + 2 + 4);  // reserved, number of messages, reference count
    const std::uint32_t size = in.u32();
    in.skip(4);  // padding
    read_messages(in.take(size));
  }

  void start_version_2(std::uint64_t address) {
    version_2_ = true;
    ByteReader in = image_.reader(address, what);
    in.expect("OHDR");
    const std::uint8_t version = in.u8();
    if (version != 2) {
      fail(ErrorCode::unsupported, "HDF5 object header version {} is not supported", version);
    }
    flags_ = in.u8();
    if (flags_ & flag_times) in.skip(4 * 4);
    if (flags_ & flag_attribute_thresholds) in.skip(2 * 2);
    const std::uint64_t size = in.uint(1U << (flags_ & 3U));
    const auto block = in.take(size);
    in.skip(4);
    without_checksum(image_.at(address, in.position(), what), what);
    read_messages(block);
  }

  void read_continuation(const Continuation& continuation) {
    constexpr std::size_t overhead = 4 + 4;  // signature, checksum
    auto block = image_.at(continuation.address, continuation.size, "an HDF5 header continuation");
    if (version_2_) {
      ByteReader in(without_checksum(block, "an HDF5 header continuation"),
                    "an HDF5 header continuation");
      in.expect("OCHK");
      block = in.take(block.size() - overhead);
    }
    read_messages(block);
  }

  void read_messages(std::span<const std::byte> block) {
    budget_.spend(block.size(), what);
    const std::size_t prefix =
        version_2_ ? 4 + (flags_ & flag_creation_order ? 2 : 0) : std::size_t{8};
    ByteReader in(block, what);
    while (in.remaining() >= prefix) {
      const std::uint16_t type = version_2_ ? in.u8() : in.u16();
      const std::uint16_t size = in.u16();
      const std::uint8_t flags = in.u8();
      in.skip(prefix - (version_2_ ? 4 : 5));
      add(type, flags, in.take(size));
    }
  }

  void add(std::uint16_t type, std::uint8_t flags, std::span<const std::byte> body) {
    if (type > static_cast<std::uint16_t>(MessageType::last_known)) {
      if (flags & flag_fail_if_unknown) {
        fail(ErrorCode::unsupported, "{} needs message type {}, which is unknown", what, type);
      }
      return;
    }
    const Message message{static_cast<MessageType>(type), body};
    if (message.type == MessageType::nil) return;
    if (flags & flag_shared) {
      fail(ErrorCode::unsupported,
           "shared header messages (committed datatypes) are not supported: message type {}", type);
    }
    if (message.type == MessageType::continuation) {
      ByteReader in(body, "an HDF5 continuation message");
      const std::uint64_t address = image_.read_defined_address(in);
      continuations_.push_back({address, image_.read_length(in)});
      return;
    }
    messages_.push_back(message);
  }

  const Image& image_;
  Budget& budget_;
  bool version_2_ = false;
  std::uint8_t flags_ = 0;
  std::vector<Continuation> continuations_;
  Messages messages_;
};

}  // namespace

Messages read_object_header(const Image& image, std::uint64_t address, Budget& budget) {
  return HeaderReader(image, budget).read(address);
}

const Message* find_message(const Messages& messages, MessageType type) {
  const auto found = std::ranges::find(messages, type, &Message::type);
  return found == messages.end() ? nullptr : &*found;
}

ByteReader read_message(const Messages& messages, MessageType type, std::string_view name) {
  const Message* const message = find_message(messages, type);
  if (message == nullptr) fail(ErrorCode::malformed_file, "{} is missing", name);
  return ByteReader(message->body, name);
}

}  // namespace keraunos::file::hdf5

#include "runtime/file/hdf5_btree.hpp"
#include "runtime/file/hdf5_heap.hpp"
#include "runtime/file/hdf5_object.hpp"
#include "runtime/file/printable.hpp"

namespace keraunos::file::hdf5 {
namespace {

class LinkReader {
 public:
  LinkReader(const Image& image, Budget& budget) : image_(image), budget_(budget) {}

  ByName<Link> take() { return std::move(links_); }

  // An old-style group: a B-tree of symbol table nodes, with the names in a local heap.
  void read_symbol_table(ByteReader in) {
    const std::uint64_t tree = image_.read_defined_address(in);
    const LocalHeap names(image_, image_.read_defined_address(in));
    const auto visit = [&](std::span<const std::byte>, std::uint64_t child) {
      read_symbol_node(child, names);
    };
    visit_old_tree(image_, tree, OldTreeKind::group, image_.length_size(), budget_, visit);
  }

  // A new-style group with many links: a fractal heap of link messages.
  void read_link_info(ByteReader in) {
    in.skip(1);  // version
    const std::uint8_t flags = in.u8();
    constexpr std::uint8_t tracks_creation_order = 1U << 0;
    if (flags & tracks_creation_order) in.skip(8);
    const auto heap_address = image_.read_address(in);
    const auto tree = image_.read_address(in);
    if (!heap_address || !tree) return;
    const FractalHeap heap(image_, *heap_address, budget_);
    const auto visit = [&](std::span<const std::byte> record) {
      ByteReader fields(record, "an HDF5 link record");
      fields.skip(4);  // hash of the name
      const auto message = heap.object(fields.take(fields.remaining()));
      budget_.spend(message.size(), "an HDF5 group");
      read_link_message(ByteReader(message, "an HDF5 link message"));
    };
    visit_tree(image_, *tree, TreeKind::links_by_name, budget_, visit);
  }

  void read_link_message(ByteReader in) {
    const std::uint8_t version = in.u8();
    if (version != 1) {
      fail(ErrorCode::unsupported, "HDF5 link message version {} is not supported", version);
    }
    const std::uint8_t flags = in.u8();
    constexpr std::uint8_t has_creation_order = 1U << 2;
    constexpr std::uint8_t has_kind = 1U << 3;
    constexpr std::uint8_t has_charset = 1U << 4;
    const std::uint8_t kind = flags & has_kind ? in.u8() : std::uint8_t{0};
    if (flags & has_creation_order) in.skip(8);
    if (flags & has_charset) in.skip(1);
    const std::string_view name = in.text(in.uint(1U << (flags & 3U)));
    Link link;
    switch (kind) {
      case 0: link.address = image_.read_defined_address(in); break;
      case 1:
        link.kind = Link::Kind::soft;
        link.target = in.text(in.u16());
        break;
      case 64:
        link.kind = Link::Kind::external;
        link.target = external_target(in);
        break;
      default: link.kind = Link::Kind::user_defined;
    }
    add(name, std::move(link));
  }

 private:
  void read_symbol_node(std::uint64_t address, const LocalHeap& names) {
    ByteReader in = image_.reader(address, "an HDF5 symbol table node");
    in.expect("SNOD");
    in.skip(2);  // version, reserved
    const std::uint16_t symbols = in.u16();
    for (unsigned i = 0; i < symbols; ++i) {
      const std::string_view name = names.name(in.uint(image_.offset_size()));
      budget_.spend(name.size(), "an HDF5 group");
      const auto object = image_.read_address(in);
      const std::uint32_t cache = in.u32();
      in.skip(4);  // reserved
      ByteReader scratch(in.take(16), "an HDF5 symbol table entry");
      constexpr std::uint32_t caches_soft_link = 2;
      Link link;
      if (cache == caches_soft_link) {
        link.kind = Link::Kind::soft;
        link.target = names.name(scratch.u32());
        budget_.spend(link.target.size(), "an HDF5 group");
      } else if (object) {
        link.address = *object;
      } else {
        fail(ErrorCode::malformed_file, "the HDF5 link '{}' leads nowhere", printable(name));
      }
      add(name, std::move(link));
    }
    budget_.spend(in.position(), "an HDF5 group");
  }

  // Version and flags, then two zero-terminated strings: the file and the object in it.
  static std::string external_target(ByteReader& in) {
    ByteReader value(in.take(in.u16()), "an external HDF5 link");
    value.skip(1);
    std::string target(value.text(value.remaining()));
    const std::size_t separator = target.find('\0');
    if (separator != std::string::npos) target[separator] = ':';
    while (target.ends_with('\0')) target.pop_back();
    return target;
  }

  void add(std::string_view name, Link link) {
    if (!links_.emplace(name, std::move(link)).second) {
      fail(ErrorCode::malformed_file, "the HDF5 group has two links named '{}'", printable(name));
    }
  }

  const Image& image_;
  Budget& budget_;
  ByName<Link> links_;
};

}  // namespace

ByName<Link> read_links(const Image& image, const Messages& messages, Budget& budget) {
  LinkReader reader(image, budget);
  for (const Message& message : messages) {
    if (message.type == MessageType::symbol_table) {
      reader.read_symbol_table(ByteReader(message.body, "an HDF5 symbol table message"));
    } else if (message.type == MessageType::link_info) {
      reader.read_link_info(ByteReader(message.body, "an HDF5 link info message"));
    } else if (message.type == MessageType::link) {
      reader.read_link_message(ByteReader(message.body, "an HDF5 link message"));
    }
  }
  return reader.take();
}

void require_hard(const Link& link, const std::string& path) {
  if (link.kind == Link::Kind::hard) return;
  const std::string place = printable(path);
  switch (link.kind) {
    case Link::Kind::hard: return;
    case Link::Kind::soft:
      fail(ErrorCode::unsupported, "'{}' is a soft link to '{}': such links are not followed",
           place, printable(link.target));
    case Link::Kind::external:
      fail(ErrorCode::unsupported, "'{}' is an external link to '{}': other files are not read",
           place, printable(link.target));
    case Link::Kind::user_defined:
      fail(ErrorCode::unsupported, "'{}' is a user-defined link: such links are not followed",
           place);
  }
}

}  // namespace keraunos::file::hdf5

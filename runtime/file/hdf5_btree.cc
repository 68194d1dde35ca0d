#include "runtime/file/hdf5_btree.hpp"

#include <bit>
#include <limits>
#include <optional>
#include <vector>

namespace keraunos::file::hdf5 {
namespace {

constexpr std::string_view old_node = "an HDF5 B-tree node";
constexpr std::string_view tree_header = "an HDF5 version 2 B-tree";
constexpr std::string_view tree_node = "an HDF5 version 2 B-tree node";

// Bytes that hold any number up to `limit`.
unsigned encoded_size(std::uint64_t limit) {
  return static_cast<unsigned>(std::bit_width(limit) + 7) / 8;
}

// Sizes of the nodes at one depth, counted from the leaves.
struct Level {
  std::uint64_t max_records = 0;
  std::uint64_t max_records_below = 0;  // this node's and those of all its descendants
  unsigned total_size = 0;              // bytes of a number up to max_records_below
};

class Tree {
 public:
  Tree(const Image& image, std::uint64_t address, TreeKind kind) : image_(image), kind_(kind) {
    ByteReader in = image.reader(address, tree_header);
    in.expect("BTHD");
    check_version_and_kind(in);
    node_size_ = in.u32();
    record_size_ = in.u16();
    depth_ = in.u16();
    in.skip(2);  // split and merge percentages
    root_ = image.read_address(in);
    root_records_ = in.u16();
    image.read_length(in);  // total number of records
    without_checksum(image.at(address, in.position() + 4, tree_header), tree_header);
    if (record_size_ == 0) fail(ErrorCode::malformed_file, "{} has empty records", tree_header);
    compute_levels();
  }

  void visit(Budget& budget, const RecordVisitor& visitor) {
    if (!root_) return;
    std::vector<Node> stack = {{*root_, root_records_, depth_}};
    while (!stack.empty()) {
      const Node node = stack.back();
      stack.pop_back();
      visit_node(node, budget, visitor, stack);
    }
  }

 private:
  struct Node {
    std::uint64_t address;
    std::uint64_t records;
    std::size_t height;  // 0: a leaf
  };

  static constexpr std::size_t overhead = 4 + 1 + 1 + 4;  // signature, version, type, checksum

  void check_version_and_kind(ByteReader& in) const {
    const std::uint8_t version = in.u8();
    const std::uint8_t kind = in.u8();
    if (version != 0) {
      fail(ErrorCode::unsupported, "{} of version {} is not supported", in.what(), version);
    }
    if (kind != static_cast<std::uint8_t>(kind_)) {
      fail(ErrorCode::malformed_file, "{} is of type {}, {} wanted", in.what(), kind,
           static_cast<unsigned>(kind_));
    }
  }

  // The widths of the counts in internal nodes follow from how many records could lie below.
  void compute_levels() {
    if (node_size_ < overhead + record_size_) {
      fail(ErrorCode::malformed_file, "{} has nodes of {} bytes for records of {}", tree_header,
           node_size_, record_size_);
    }
    constexpr std::size_t max_depth = 64;
    if (depth_ > max_depth) {
      fail(ErrorCode::malformed_file, "{} is {} levels deep; the limit is {}", tree_header, depth_,
           max_depth);
    }
    const std::uint64_t leaf_records = (node_size_ - overhead) / record_size_;
    count_size_ = encoded_size(leaf_records);
    levels_.push_back({leaf_records, leaf_records, 0});
    for (std::size_t height = 1; height <= depth_; ++height) {
      const std::uint64_t pointer = pointer_size(height);
      if (node_size_ < overhead + pointer) {
        fail(ErrorCode::malformed_file, "{} has nodes of {} bytes, too few for a child",
             tree_header, node_size_);
      }
      Level level;
      level.max_records = (node_size_ - overhead - pointer) / (record_size_ + pointer);
      const std::uint64_t below = levels_.back().max_records_below;
      // Saturates where a hostile depth would overflow; such a tree holds no bytes to back it.
      const std::uint64_t children = level.max_records + 1;
      constexpr std::uint64_t limit = std::numeric_limits<std::uint64_t>::max() / 2;
      level.max_records_below =
          below > limit / children ? limit : children * below + level.max_records;
      level.total_size = encoded_size(level.max_records_below);
      levels_.push_back(level);
    }
  }

  std::uint64_t pointer_size(std::size_t height) const {
    return image_.offset_size() + count_size_ + levels_[height - 1].total_size;
  }

  void visit_node(const Node& node, Budget& budget, const RecordVisitor& visitor,
                  std::vector<Node>& stack) const {
    const Level& level = levels_[node.height];
    if (node.records > level.max_records) {
      fail(ErrorCode::malformed_file, "{} claims {} records; {} fit", tree_node, node.records,
           level.max_records);
    }
    std::uint64_t size = overhead + node.records * record_size_;
    if (node.height > 0) size += (node.records + 1) * pointer_size(node.height);
    budget.spend(size, tree_node);
    ByteReader in(without_checksum(image_.at(node.address, size, tree_node), tree_node), tree_node);
    in.expect(node.height > 0 ? "BTIN" : "BTLF");
    check_version_and_kind(in);
    for (std::uint64_t i = 0; i < node.records; ++i) visitor(in.take(record_size_));
    for (std::uint64_t i = 0; node.height > 0 && i <= node.records; ++i) {
      const std::uint64_t child = image_.read_defined_address(in);
      const std::uint64_t records = in.uint(count_size_);
      in.skip(levels_[node.height - 1].total_size);
      stack.push_back({child, records, node.height - 1});
    }
  }

  const Image& image_;
  TreeKind kind_;
  std::uint64_t node_size_ = 0;
  std::uint64_t record_size_ = 0;
  std::size_t depth_ = 0;
  std::optional<std::uint64_t> root_;
  std::uint64_t root_records_ = 0;
  unsigned count_size_ = 0;
  std::vector<Level> levels_;
};

}  // namespace

void visit_old_tree(const Image& image, std::uint64_t root, OldTreeKind kind, std::size_t key_size,
                    Budget& budget, const OldTreeVisitor& visit) {
  struct Node {
    std::uint64_t address;
    std::optional<unsigned> level;  // as the parent implies
  };
  std::vector<Node> stack = {{root, std::nullopt}};
  while (!stack.empty()) {
    const Node node = stack.back();
    stack.pop_back();
    ByteReader in = image.reader(node.address, old_node);
    in.expect("TREE");
    const std::uint8_t found_kind = in.u8();
    if (found_kind != static_cast<std::uint8_t>(kind)) {
      fail(ErrorCode::malformed_file, "{} is of type {}, {} wanted", old_node, found_kind,
           static_cast<unsigned>(kind));
    }
    const unsigned level = in.u8();
    if (node.level && *node.level != level) {
      fail(ErrorCode::malformed_file, "{} is of level {}, {} wanted", old_node, level, *node.level);
    }
    const std::uint16_t entries = in.u16();
    image.read_address(in);  // left sibling
    image.read_address(in);  // right sibling
    for (unsigned i = 0; i < entries; ++i) {
      const auto key = in.take(key_size);
      const auto child = image.read_address(in);
      if (!child) continue;
      if (level == 0) {
        visit(key, *child);
      } else {
        stack.push_back({*child, level - 1});
      }
    }
    budget.spend(in.position(), old_node);
  }
}

void visit_tree(const Image& image, std::uint64_t address, TreeKind kind, Budget& budget,
                const RecordVisitor& visit) {
  Tree(image, address, kind).visit(budget, visit);
}

}  // namespace keraunos::file::hdf5
